"""What the reasons and notes of rules and readers are called, in the reader's language.

The rules hold the English sentence as their value; the catalogue finds it here, since rules know no translation.
"""

from enum import StrEnum

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.assessment.rules.content import QuestionKind

SENTENCES = (
    # Reason
    _l("longer than %(limit)s characters"),
    _l("more than %(limit)s answers"),
    _l("more than %(limit)s files"),
    _l("type %(type)s is not supported yet"),
    _l("a { is never closed"),
    _l("a second { before the }: write \\{ for the sign itself"),
    _l("a } without its {: write \\} for the sign itself"),
    _l("a second pair of braces: leave a blank line between questions"),
    _l("full-width braces ｛｝: write { and }"),
    _l("in the braces, text before the first = or ~: %(text)s"),
    _l("not a number: %(text)s"),
    _l("a range that ends before it begins: %(text)s"),
    _l("a pair without ->: %(text)s"),
    _l("nothing after ->: %(text)s"),
    _l("a weight beyond 100 %%: %(text)s"),
    _l("no options follow"),
    _l("no ANSWER line follows"),
    _l("write the answer as “ANSWER: B”: %(text)s"),
    _l("the answer %(text)s is not among the options"),
    _l("option %(text)s is out of order"),
    _l("among the options, a line that is none: %(text)s"),
    _l("no question stands before this"),
    _l("a gap of unknown type %(type)s"),
    _l("a gap is never closed"),
    _l("the text holds [[number]], which marks a gap"),
    _l("an essay handed in as a file is not supported yet"),
    _l("just one of true and false must be right"),
    # Note
    _l("left out after the closing brace: %(text)s"),
    _l("no blank line before this question"),
    _l("the name was cut to %(limit)s characters"),
    _l("skill %(skill)s is not in the taxonomy"),
    _l("a question tests one skill; left out: %(skill)s"),
    _l("not a level from 1 to 4: %(text)s"),
    _l("hints left out: %(count)s"),
    _l("file left out, it cannot be read: %(name)s"),
    _l("file renamed, two have the same name: %(name)s"),
    _l("markup inside a text was left out"),
    _l("a text beside the question is shown in the format of the question"),
    # Reason and Note of Word, Excel and plain text
    _l("no answer is given: write 答案：… below the question"),
    _l("the answer names %(text)s twice"),
    _l("two answers: in brackets %(name)s, below the question %(text)s"),
    _l("several answers in brackets: write 答案：… below the question"),
    _l("a second answer: %(text)s"),
    _l("the blanks are %(limit)s, the answers %(count)s: write ； between blanks, / between accepted forms"),
    _l("the answer of a blank is empty"),
    _l("an order names every option once: %(text)s"),
    _l("write what is matched as ①… and A.… on lines of their own, and the answer as ①-C ②-A"),
    _l("write 对 or 错 as the answer: %(text)s"),
    _l("in the list of answers, %(text)s does not give one answer to each question"),
    _l("the list of answers does not tell which question %(text)s is meant"),
    _l("the list of answers has %(text)s, which is no question here"),
    _l("a picture or object cannot be an answer that is typed"),
    _l("the sheet has no header row with 题干 and 答案: %(name)s"),
    _l("two columns have the same meaning: %(text)s"),
    _l("not “%(text)s”, as its heading says: the answer decides the type"),
    _l("neither heading nor blank tells the type: read as short text"),
    _l("neither heading nor blank tells the type: read as an essay"),
    _l("the answer comes from the list of answers"),
    _l("the answer was taken out of the brackets in the text"),
    _l("left out: %(text)s"),
    _l("left out before the question: %(text)s"),
    _l("a line that is no option was added to option %(text)s"),
    _l("read as part of this item and not as question %(text)s"),
    _l("read as accepted forms of one answer: %(text)s"),
    _l("the answers of the blanks were separated at “%(text)s”"),
    _l("the two options were read as true and false"),
    _l("the answer was found by the words of option %(text)s"),
    _l("what follows the answer was added to the explanation: %(text)s"),
    _l("no model answer is given"),
    _l("read as a set, since no heading says 排序题: %(text)s"),
    _l("no skill code, kept as a tag: %(text)s"),
    _l("not a number of points: %(text)s"),
    _l("the answer is the option set apart by %(type)s: %(text)s"),
    _l("a formula is kept as it would be typed: %(text)s"),
    _l("a picture was left out, its kind is not shown in pages: %(name)s"),
    _l("something that is not text was left out: %(type)s"),
    _l("a sign of a symbol font was left out"),
    # Problem
    _l("the question has no text"),
    _l("there are fewer than two options"),
    _l("an option is empty"),
    _l("two options have the same key"),
    _l("no option is right"),
    _l("a weight lies beyond 100 %"),
    _l("no answer is accepted"),
    _l("an accepted answer is empty"),
    _l("a tolerance is negative"),
    _l("there is nothing to match"),
    _l("there are fewer than two choices to match"),
    _l("a row belongs to no choice"),
    _l("a row is empty"),
    _l("there are fewer than two items to put in order"),
    _l("two items to put in order read the same"),
    _l("the text has no gap"),
    _l("the gaps do not fit the marks in the text"),
    _l("no gap has a weight"),
    _l("two options read the same"),
    _l("full marks cannot be reached"),
    _l("choosing every option gives full marks"),
    _l("anything at all gives full marks"),
    # MarkReason
    _l("right"),
    _l("partly right"),
    _l("wrong"),
    _l("not answered"),
    _l("not a possible answer"),
    _l("needs a person"),
    _l("nothing is asked"),
)
KINDS = {
    QuestionKind.SINGLE: _l("Single choice"),
    QuestionKind.MULTIPLE: _l("Multiple choice"),
    QuestionKind.TRUE_FALSE: _l("True or false"),
    QuestionKind.NUMERIC: _l("Number"),
    QuestionKind.CALCULATED: _l("Calculated"),
    QuestionKind.MATCHING: _l("Matching"),
    QuestionKind.ORDERING: _l("Ordering"),
    QuestionKind.CLOZE: _l("Text with gaps"),
    QuestionKind.SHORT_TEXT: _l("Short text"),
    QuestionKind.ESSAY: _l("Essay"),
    QuestionKind.FILE: _l("File"),
    QuestionKind.HOTSPOT: _l("Place in a picture"),
    QuestionKind.DESCRIPTION: _l("Text without a question"),
}


def word(code: StrEnum | str, values: dict[str, str] | None = None) -> str:
    """The sentence for a reason, note, problem or reason of a mark."""
    sentence = gettext(str(code))
    return sentence % values if values else sentence


def kind_word(kind: QuestionKind) -> str:
    """The name of a question type."""
    return str(KINDS[QuestionKind(kind)])
