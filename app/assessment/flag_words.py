"""What the flags of item analysis are called, and what to do about each, in the author's language."""

from flask_babel import lazy_gettext as _l

from app.assessment.rules.item_analysis import Flag

# Flags hold the English sentence as their value; the catalogue finds it here, since rules know no translation.
SENTENCES = (
    _l("The key may be wrong: who does well elsewhere does worse here, and chooses a wrong option"),
    _l("Who does well elsewhere does worse here"),
    _l("A wrong option draws people who do better elsewhere than those who answer right"),
    _l("Almost nobody is right, or no more people than guessing would give"),
    _l("Right and wrong answers hardly tell strong from weak"),
    _l("Almost everybody is right"),
    _l("A wrong option is chosen by almost nobody"),
)
ADVICE = {
    Flag.KEY_SUSPECT: _l("Check which option counts as right, and revise the question if it is the wrong one."),
    Flag.NEGATIVE: _l("Read it as somebody would who knows more than the lesson says: is there a second meaning?"),
    Flag.ATTRACTIVE_DISTRACTOR: _l("Is that option right in some case? If so, reword the question or the option."),
    Flag.TOO_HARD: _l("Check which answer counts as right, and whether the lesson teaches it."),
    Flag.WEAK: _l("Look for unclear words, or for a question about something that the rest of the quiz is not about."),
    Flag.TOO_EASY: _l("Good enough as a check of basics. To tell levels apart, ask for more."),
    Flag.DEAD_DISTRACTOR: _l("Put a mistake that people really make in its place."),
}


def advice(flag: Flag) -> str:
    """What to do about a flag."""
    return str(ADVICE[flag])
