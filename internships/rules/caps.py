"""Caps on how many students of a university or a programme a posting takes: which ones leave a stable matching.

Within one posting, caps whose groups are nested keep the posting's choice substitutable, so that a stable matching
exists and the best one for students is found (Hatfield & Milgrom 2005). A cap over several postings together makes
them one another's concern, and a stable matching may not exist (Kamada & Kojima 2015, example 1); groups that overlap
without one lying in the other have the same fault within one posting (Huang 2010).
"""

from collections.abc import Sequence
from enum import StrEnum


class Span(StrEnum):
    """What a cap counts over."""

    EACH_POSTING = "each_posting"
    ALL_TOGETHER = "all_together"


class Grouping(StrEnum):
    """Whom a cap counts together; a programme is a major of one university, so that it lies within it."""

    PROGRAMME = "programme"
    UNIVERSITY = "university"
    MAJOR_ANYWHERE = "major_anywhere"


class Fault(StrEnum):
    """Why caps are refused."""

    ACROSS_POSTINGS = "across_postings"
    NOT_NESTED = "not_nested"


NESTED = (Grouping.PROGRAMME, Grouping.UNIVERSITY)
"""From the innermost outwards."""


def fault(caps: Sequence[tuple[Grouping, Span]]) -> Fault | None:
    """Why a stable matching might not exist under `caps` of one posting; None if it always does."""
    if any(span is Span.ALL_TOGETHER for _grouping, span in caps):
        return Fault.ACROSS_POSTINGS
    groupings = {grouping for grouping, _span in caps}
    if Grouping.MAJOR_ANYWHERE in groupings and Grouping.UNIVERSITY in groupings:
        return Fault.NOT_NESTED
    return None
