"""What a certificate says that its course asked: of the lessons as they were, never more than that."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Asked:
    """The required lessons of a version, and what completes those of them that ask for an answer.

    `accepted` are assignments whose mark has to be enough, `handed_in` those that have only to be handed in.
    `decided` of these somebody did not complete by answers: a teacher decided, in the gradebook.
    """

    lessons: int = 0
    quizzes: int = 0
    accepted: int = 0
    handed_in: int = 0
    discussions: int = 0
    decided: int = 0


def asks_answers(asked: Asked, pass_share: Decimal | None) -> bool:
    """Whether anything is answered at all: where it is not, nothing is shown, and nothing can be certified."""
    return bool(pass_share) or asked.quizzes + asked.accepted + asked.handed_in + asked.discussions > 0


def sentences(number: int, asked: Asked, pass_share: Decimal | None) -> tuple[str, str]:
    """What version `number` of a course asked, in Chinese and in English."""
    parts = [
        (asked.quizzes, "通过 {} 个测验", "{} quiz passed", "{} quizzes passed"),
        (asked.accepted, "{} 份作业达标", "{} assignment accepted", "{} assignments accepted"),
        (asked.handed_in, "提交 {} 份作业", "{} assignment handed in", "{} assignments handed in"),
        (asked.discussions, "参加 {} 次讨论", "{} discussion joined", "{} discussions joined"),
    ]
    zh = [zh.format(count) for count, zh, _one, _many in parts if count]
    en = [(one if count == 1 else many).format(count) for count, _zh, one, many in parts if count]
    if asked.decided:
        zh.append(f"其中 {asked.decided} 项由教师认定")
        en.append(f"{asked.decided} of these by a teacher’s decision")
    if pass_share:
        least = f"{(pass_share * 100).normalize():f}%"
        zh.append(f"总成绩不低于 {least}")
        en.append(f"a total of at least {least}")
    told_zh = f"：{'，'.join(zh)}。" if zh else "。"
    told_en = f": {', '.join(en)}." if en else "."
    if not asked.lessons:
        return f"完成课程第 {number} 版{told_zh}", f"Version {number} of the course{told_en}"
    if asked.lessons == 1:
        begins_en = f"The one required lesson of version {number} of the course"
    else:
        begins_en = f"All {asked.lessons} required lessons of version {number} of the course"
    return f"完成课程第 {number} 版的全部 {asked.lessons} 节必修课{told_zh}", begins_en + told_en
