"""Questions of a bank as a file for other systems, with all that the file does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.assessment import queries
from app.assessment.formats import gift_out, moodle_xml_out, qti2_out
from app.assessment.formats.exports import ExportItem, LeftOut
from app.assessment.models import Question

MOST = 5_000


class ExportType(StrEnum):
    """The formats that can be written."""

    GIFT = "gift"
    MOODLE_XML = "moodle-xml"
    QTI_2 = "qti-2"


SUFFIXES = {ExportType.GIFT: "gift.txt", ExportType.MOODLE_XML: "xml", ExportType.QTI_2: "zip"}
MEDIA_TYPES = {
    ExportType.GIFT: "text/plain; charset=utf-8",
    ExportType.MOODLE_XML: "application/xml",
    ExportType.QTI_2: "application/zip",
}


@dataclass(frozen=True)
class Export:
    """A file of questions: its bytes, how many questions it holds, and what it does not hold of them."""

    content: bytes
    questions: int
    left_out: Sequence[LeftOut]


def export(found: Sequence[Question], file_type: ExportType, language: str) -> Export:
    """The newest versions of some questions as a file, in `language` where they have it, else in the other one."""
    newest = queries.newest_versions([question.id for question in found])
    items = [
        ExportItem(
            name=question.name,
            content=newest[question.id].content_in(language),
            skill=newest[question.id].skill_code,
            level=newest[question.id].level,
            tags=tuple(question.tags),
        )
        for question in found
    ]
    match file_type:
        case ExportType.GIFT:
            text, left_out = gift_out.write(items)
            content = text.encode(errors="replace")
        case ExportType.MOODLE_XML:
            text, left_out = moodle_xml_out.write(items)
            content = text.encode(errors="replace")
        case ExportType.QTI_2:
            content, left_out = qti2_out.write(items)
    return Export(content, len(items) - sum(one.whole for one in left_out), left_out)
