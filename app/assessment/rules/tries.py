"""Questions that answer at once: how often one may try, and what the tries earn together."""

from collections.abc import Sequence
from decimal import Decimal

from app.assessment.rules.content import Content
from app.assessment.rules.marking import MarkReason


def tries_allowed(content: Content) -> int:
    """One more than there are hints, as Moodle has it: after each wrong try but the last the next hint is shown."""
    return len(content.hints) + 1


def share_after(shares: Sequence[Decimal], penalty: float) -> Decimal:
    """What tries with these shares of the points earn: the best, each less `penalty` for every try before it."""
    cost = Decimal(str(penalty))
    return max((max(share - cost * before, Decimal(0)) for before, share in enumerate(shares)), default=Decimal(0))


def is_settled(shares: Sequence[Decimal], allowed: int) -> bool:
    """Whether no further try is taken: it is right, or the tries are used up."""
    return len(shares) >= allowed or (bool(shares) and shares[-1] >= 1)


def hint_after(shares: Sequence[Decimal], content: Content) -> str:
    """The hint that the last wrong try has earned; empty where there is none, or no further try."""
    wrong = len(shares)
    return content.hints[wrong - 1] if 0 < wrong <= len(content.hints) and shares[-1] < 1 else ""


def reason_of(share: Decimal) -> MarkReason:
    """Why tries earned what they earned."""
    return MarkReason.RIGHT if share >= 1 else MarkReason.PARTLY if share > 0 else MarkReason.WRONG
