"""How an author types a text with gaps: what belongs into each stands in double brackets.

`[[9810]]` is typed, `[[9810|code 9810]]` in either form; `[[#12.5±0.1]]` is a number with its tolerance;
`[[=9810~9610~9710]]` is chosen from a list, where = stands before what is right and ~ before what is not.
"""

import re
from decimal import Decimal

from app.assessment.rules.content import (
    GAP_MARK,
    Cloze,
    Format,
    Gap,
    Layout,
    Numeric,
    NumericAnswer,
    Option,
    ShortText,
    Single,
    TextAnswer,
    letter,
)
from app.assessment.rules.reading import read_number

TYPED_GAP = re.compile(r"\[\[((?:(?!\]\]).){1,2000})\]\]", re.DOTALL)
_CHOICE = re.compile(r"([=~])([^=~]+)")
# Signs that would be read as notation.
_NOTATION = re.compile(r"[|~\[\]]|^\s*[=#~]")


class GapError(ValueError):
    """What stands in the brackets cannot be read, or a gap cannot be written this way; the text says which."""


def read(text: str, format: Format) -> tuple[str, tuple[Gap, ...]]:
    """The text with its gaps as `[[1]]`, `[[2]]` …, and the gaps. Raises GapError."""
    gaps: list[Gap] = []

    def gap(found: re.Match[str]) -> str:
        key = str(len(gaps) + 1)
        gaps.append(Gap(key=key, part=_part(found[1].strip(), format)))
        return f"[[{key}]]"

    return TYPED_GAP.sub(gap, text), tuple(gaps)


def _part(typed: str, format: Format) -> Single | Numeric | ShortText:
    if typed.startswith("#"):
        value, _sign, tolerance = typed[1:].partition("±")
        numbers = read_number(value), read_number(tolerance) if tolerance else Decimal(0)
        if numbers[0] is None or numbers[1] is None:
            raise GapError(typed)
        answer = NumericAnswer(value=numbers[0], fraction=1.0, tolerance=abs(numbers[1]))
        return Numeric(text="", format=format, answers=(answer,))
    if typed.startswith(("=", "~")):
        found = [(sign, words.strip()) for sign, words in _CHOICE.findall(typed)]
        if len(found) < 2 or not any(sign == "=" for sign, _words in found) or not all(words for _, words in found):
            raise GapError(typed)
        options = tuple(
            Option(key=letter(place), text=words, fraction=float(sign == "="))
            for place, (sign, words) in enumerate(found)
        )
        return Single(text="", format=format, options=options)
    forms = [form.strip() for form in typed.split("|")]
    if not all(forms):
        raise GapError(typed)
    return ShortText(
        text="", format=format, answers=tuple(TextAnswer(text=form, fraction=1.0) for form in dict.fromkeys(forms))
    )


def written(content: Cloze) -> str:
    """The text as its author would type it. Raises GapError for a gap that the notation does not hold."""
    typed = {gap.key: _typed(gap) for gap in content.gaps}
    return GAP_MARK.sub(lambda found: f"[[{typed[found[1]]}]]" if found[1] in typed else found[0], content.text)


def _typed(gap: Gap) -> str:
    match gap.part:
        case Numeric(answers=(NumericAnswer(value=Decimal() as value, fraction=1.0, feedback="") as answer,), units=()):
            found = f"#{value:f}" + (f"±{answer.tolerance:f}" if answer.tolerance else "")
        case ShortText(answers=answers, match_case=False) if all(
            answer.fraction == 1 and not answer.feedback and not _NOTATION.search(answer.text) for answer in answers
        ):
            found = "|".join(answer.text for answer in answers)
        case Single(options=options) if all(
            option.fraction in (0, 1) and not option.feedback and not re.search(r"[=~\[\]]", option.text)
            for option in options
        ):
            found = "".join(f"{'=' if option.fraction else '~'}{option.text}" for option in options)
        case _:
            raise GapError(gap.key)
    if gap.weight != 1 or gap.layout is not Layout.DROPDOWN or _part(found, gap.part.format) != gap.part:
        raise GapError(gap.key)
    return found
