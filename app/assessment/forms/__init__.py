"""Forms of the question bank: one for each kind of question, files of questions, marking anew."""

from collections.abc import Mapping

from app.assessment.forms.drawn import CalculatedForm, HotspotForm
from app.assessment.forms.files import ImportForm, RegradeForm, TakeForm
from app.assessment.forms.gaps import ClozeForm, OrderingForm
from app.assessment.forms.questions import (
    LANGUAGES,
    LEVELS,
    EssayForm,
    FileForm,
    MarkedForm,
    MatchingForm,
    MultipleForm,
    NumericForm,
    QuestionForm,
    ShortTextForm,
    SingleForm,
    TagForm,
    TrueFalseForm,
    criteria_values,
    skill_choices,
)
from app.assessment.rules.content import Cloze, Content, Numeric, QuestionKind, ShortText
from app.assessment.rules.gap_notation import GapError, written

FORMS: dict[QuestionKind, type[QuestionForm]] = {
    QuestionKind.SINGLE: SingleForm,
    QuestionKind.MULTIPLE: MultipleForm,
    QuestionKind.TRUE_FALSE: TrueFalseForm,
    QuestionKind.NUMERIC: NumericForm,
    QuestionKind.CALCULATED: CalculatedForm,
    QuestionKind.SHORT_TEXT: ShortTextForm,
    QuestionKind.MATCHING: MatchingForm,
    QuestionKind.ORDERING: OrderingForm,
    QuestionKind.CLOZE: ClozeForm,
    QuestionKind.ESSAY: EssayForm,
    QuestionKind.FILE: FileForm,
    QuestionKind.HOTSPOT: HotspotForm,
}


def form_for(contents: Mapping[str, Content]) -> type[QuestionForm] | None:
    """The form that holds these contents without loss; None where only name, skill and level can be changed here."""
    for content in contents.values():
        match content:
            case Numeric():
                answer = content.answers[0]
                if len(content.answers) > 1 or answer.value is None or answer.fraction != 1 or len(content.units) > 1:
                    return None
            case ShortText() if any(answer.fraction != 1 for answer in content.answers):
                return None
            case Cloze():
                try:
                    written(content)
                except GapError:
                    return None
    kind = next(iter(contents.values())).kind
    form = FORMS.get(kind)
    return form if form is not None and form.holds(contents) else None


__all__ = [
    "FORMS",
    "LANGUAGES",
    "LEVELS",
    "ImportForm",
    "MarkedForm",
    "QuestionForm",
    "RegradeForm",
    "TagForm",
    "TakeForm",
    "criteria_values",
    "form_for",
    "skill_choices",
]
