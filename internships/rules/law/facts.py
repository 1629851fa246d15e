"""The facts that the law asks of a posting, an assignment and a week's log, and how they are read from plain values.

A fact that nobody has stated is None; an empty list states that there is nothing. Each field names its reader and how
it is called.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_args

from internships.rules.law.readers import (
    DAYS_A_WEEK,
    PROVINCE,
    Malformed,
    each,
    listed,
    matching,
    one_of,
    read_amount,
    read_boolean,
    read_born,
    read_day,
    read_days,
    read_from_one,
    read_grade,
    read_hours,
    read_name,
    read_names,
    read_week_hours,
    read_whole,
    show,
    some_of,
)
from internships.rules.law.words import (
    Arranger,
    Aspect,
    Document,
    Exempt,
    Fee,
    Hazard,
    Internship,
    Moment,
    Party,
    PayForm,
    PayUnit,
    PayWay,
    SchoolType,
    Sex,
    Venue,
    Words,
)

SATURDAY = 5
NO_WORDS = Words("", "")
Facts = TypeVar("Facts", bound="Stated")


@dataclass(frozen=True)
class Insurance:
    """Internship liability insurance: its first and last day, and who pays the premium."""

    starts_on: Annotated[date | None, read_day, NO_WORDS] = None
    ends_on: Annotated[date | None, read_day, NO_WORDS] = None
    paid_by: Annotated[tuple[Party, ...] | None, some_of(Party), NO_WORDS] = None


@dataclass(frozen=True)
class SiteVisit:
    """The assessment of a workplace on the spot: its day, whether a report was written, what was looked at."""

    on: Annotated[date | None, read_day, NO_WORDS] = None
    report: Annotated[bool | None, read_boolean, NO_WORDS] = None
    aspects: Annotated[tuple[Aspect, ...] | None, some_of(Aspect), NO_WORDS] = None


@dataclass(frozen=True)
class Workday:
    """One day of a log: hours in all, and those of them at night."""

    on: Annotated[date, read_day, NO_WORDS]
    hours: Annotated[Decimal, read_hours, NO_WORDS]
    night_hours: Annotated[Decimal | None, read_hours, NO_WORDS] = None


def parts_of(kind: type[Any], value: Any, place: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parts of an object that states the fields of `kind`, each read by its reader."""
    if not isinstance(value, dict):
        raise Malformed(place or "top level", f"{show(value)} is not an object")
    known = {one.name: get_args(one.type)[1] for one in fields(kind)}
    found = {}
    for key, one in value.items():
        where = f"{place}.{key}" if place else str(key)
        if key not in known:
            raise Malformed(where, "is not a known field")
        if one is not None:
            found[key] = known[key](one, where)
    for key in required:
        if key not in found:
            raise Malformed(f"{place}.{key}" if place else key, "is missing")
    return found


def read_insurance(value: Any, place: str) -> Insurance:
    """Insurance as stated; it does not end before it begins."""
    found = Insurance(**parts_of(Insurance, value, place))
    _in_order(found.starts_on, found.ends_on, f"{place}.ends_on")
    return found


def read_site_visit(value: Any, place: str) -> SiteVisit:
    """The assessment of a workplace as stated."""
    return SiteVisit(**parts_of(SiteVisit, value, place))


def read_workdays(value: Any, place: str) -> tuple[Workday, ...]:
    """The days of one week, each once."""
    found: list[Workday] = []
    for n, one in enumerate(listed(value, place)):
        where = f"{place}[{n}]"
        workday = Workday(**parts_of(Workday, one, where, required=("on", "hours")))
        if workday.night_hours is not None and workday.night_hours > workday.hours:
            raise Malformed(f"{where}.night_hours", f"{workday.night_hours} is more than the hours of the day")
        if any(other.on == workday.on for other in found):
            raise Malformed(f"{where}.on", f"{workday.on} is stated twice")
        found.append(workday)
    return tuple(found)


def _in_order(first: date | None, last: date | None, place: str) -> None:
    if first is not None and last is not None and last < first:
        raise Malformed(place, f"{last} is before {first}")


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What is stated at every moment. `province` is that of the school, which arranges and is bound by its rules."""

    school_type: Annotated[SchoolType | None, one_of(SchoolType), Words("学校类型", "the kind of school")] = None
    province: Annotated[
        str | None,
        matching(PROVINCE, "a province such as CN-JS or 320000"),
        Words("学校所在省份", "the school's province"),
    ] = None
    internship: Annotated[
        Internship | None, one_of(Internship), Words("实习类型", "post (岗位实习) or visit (认识实习)")
    ] = None
    exceptions: Annotated[
        Mapping[Exempt, date] | None,
        each(Exempt, read_day),
        Words("事先备案的例外", "what was filed with the authority beforehand, and when"),
    ] = None

    @property
    def first_day(self) -> date | None:
        """The first day that the facts speak of."""
        return None

    def allows(self, what: Exempt) -> bool:
        """Whether `what` was filed by the first day."""
        filed = (self.exceptions or {}).get(what)
        return filed is not None and (self.first_day is None or filed <= self.first_day)


@dataclass(frozen=True, kw_only=True)
class PostingFacts(Stated):
    """The terms of an internship as offered. Sums are yuan; pay and the wages beside it are for the same unit."""

    starts_on: Annotated[date | None, read_day, Words("开始日期", "the first day")] = None
    ends_on: Annotated[date | None, read_day, Words("结束日期", "the last day")] = None
    venue: Annotated[Venue | None, one_of(Venue), Words("实习场所", "the kind of place")] = None
    arranged_by: Annotated[
        Arranger | None, one_of(Arranger), Words("组织安排者", "who organises, arranges or manages it")
    ] = None
    pay: Annotated[Decimal | None, read_amount, Words("报酬", "the pay in yuan per pay_per")] = None
    pay_per: Annotated[PayUnit | None, one_of(PayUnit), Words("报酬计算单位", "what pay and wages are for")] = None
    wage_same_post: Annotated[
        Decimal | None, read_amount, Words("相同岗位工资", "the unit's wage for the same post")
    ] = None
    lowest_grade: Annotated[Decimal | None, read_amount, Words("最低档工资", "the unit's lowest wage grade")] = None
    hourly_minimum: Annotated[
        Decimal | None, read_amount, Words("当地小时最低工资", "the local minimum wage an hour")
    ] = None
    works_independently: Annotated[
        bool | None, read_boolean, Words("是否相对独立参与工作", "whether the intern works relatively independently")
    ] = None
    paid_every_days: Annotated[
        int | None, read_from_one, Words("支付周期（天）", "the longest time between payments")
    ] = None
    paid_in: Annotated[tuple[PayForm, ...] | None, some_of(PayForm), Words("支付形式", "in what it is paid")] = None
    paid_through: Annotated[PayWay | None, one_of(PayWay), Words("支付方式", "through whose hands the pay goes")] = None
    fees: Annotated[Mapping[Fee, Decimal] | None, each(Fee, read_amount), Words("收费", "what the intern must pay")] = (
        None
    )
    withholds: Annotated[tuple[Document, ...] | None, some_of(Document), Words("扣押证件", "documents held back")] = (
        None
    )
    guarantee: Annotated[
        bool | None, read_boolean, Words("是否要求担保", "whether a guarantee or property is asked for")
    ] = None
    physical_level: Annotated[int | None, read_grade, Words("体力劳动强度", "the grade of physical labour")] = None
    harmful: Annotated[bool | None, read_boolean, Words("是否有害身心健康", "whether it harms body or mind")] = None
    hazards: Annotated[tuple[Hazard, ...] | None, some_of(Hazard), Words("安全风险", "high risks")] = None
    hours_a_day: Annotated[Decimal | None, read_hours, Words("每天工时", "the planned hours a day")] = None
    hours_a_week: Annotated[Decimal | None, read_week_hours, Words("每周工时", "the planned hours a week")] = None
    night_shift: Annotated[bool | None, read_boolean, Words("是否有夜班", "whether there are night shifts")] = None
    rest_day_work: Annotated[
        bool | None, read_boolean, Words("是否休息日实习", "whether there is work on rest days")
    ] = None
    holiday_work: Annotated[
        bool | None, read_boolean, Words("是否法定节假日实习", "whether there is work on public holidays")
    ] = None
    seats: Annotated[int | None, read_whole, Words("实习名额", "how many interns it takes")] = None
    staff: Annotated[int | None, read_whole, Words("在岗职工人数", "people employed in the unit")] = None
    post_staff: Annotated[
        int | None, read_whole, Words("同类岗位职工人数", "people employed in the same kind of post")
    ] = None
    other_interns: Annotated[int | None, read_whole, Words("单位其他实习学生", "further interns in the unit")] = None
    other_interns_in_post: Annotated[
        int | None, read_whole, Words("同岗位其他实习学生", "further interns in the post")
    ] = None
    typical_tasks: Annotated[
        bool | None, read_boolean, Words("是否覆盖典型工作任务", "whether it covers typical tasks of the major")
    ] = None
    only_simple_work: Annotated[
        bool | None, read_boolean, Words("是否仅有简单重复劳动", "whether it is simple repetitive work only")
    ] = None

    @property
    def first_day(self) -> date | None:
        """The first day of the internship."""
        return self.starts_on


@dataclass(frozen=True, kw_only=True)
class AssignmentFacts(PostingFacts):
    """A student on the way into a post: the terms, the student, the papers and the people."""

    year: Annotated[int | None, read_from_one, Words("在读年级", "the year of study on the first day")] = None
    born: Annotated[date | None, read_born, Words("出生年月", "the month or day of birth")] = None
    sex: Annotated[Sex | None, one_of(Sex), Words("性别", "the sex")] = None
    barred_juvenile_work: Annotated[
        bool | None, read_boolean, Words("是否属于未成年工禁忌劳动", "whether the work is barred for juvenile workers")
    ] = None
    barred_womens_work: Annotated[
        bool | None, read_boolean, Words("是否属于女职工禁忌劳动", "whether the work is barred for female workers")
    ] = None
    agreement: Annotated[
        Mapping[Party, date] | None,
        each(Party, read_day),
        Words("实习协议签署", "who has signed the agreement, and when"),
    ] = None
    official_template: Annotated[
        bool | None, read_boolean, Words("是否采用示范文本", "whether it follows the official model text")
    ] = None
    consents: Annotated[
        Mapping[Party, date] | None,
        each(Party, read_day),
        Words("知情同意书签署", "who has signed the informed consent, and when"),
    ] = None
    insurance: Annotated[Insurance | None, read_insurance, Words("实习责任保险", "liability insurance")] = None
    instructors: Annotated[
        tuple[Party, ...] | None, some_of(Party), Words("指导人员", "who has named an instructor")
    ] = None
    assessed_by: Annotated[tuple[Party, ...] | None, some_of(Party), Words("考核方", "who assesses the intern")] = None
    employee_rules: Annotated[
        bool | None, read_boolean, Words("是否套用员工考核", "whether rules for employees simply decide the result")
    ] = None
    site_visit: Annotated[SiteVisit | None, read_site_visit, Words("实地考察", "the assessment on the spot")] = None
    major_class: Annotated[str | None, read_name, Words("学生专业大类", "the student's class of majors")] = None
    post_major_classes: Annotated[
        tuple[str, ...] | None, read_names, Words("岗位所属专业大类", "the post's classes of majors")
    ] = None


@dataclass(frozen=True, kw_only=True)
class LogFacts(Stated):
    """One week of work. Rest days are Saturdays and Sundays unless stated; night is 22:00 to 06:00."""

    days: Annotated[
        tuple[Workday, ...] | None, read_workdays, Words("每日工时", "each day worked, within one week")
    ] = None
    rest_days: Annotated[tuple[date, ...] | None, read_days, Words("休息日", "this intern's rest days")] = None
    holidays: Annotated[tuple[date, ...] | None, read_days, Words("法定节假日", "public holidays of the week")] = None

    @property
    def first_day(self) -> date | None:
        """The first day that was worked."""
        return min((one.on for one in self.days), default=None) if self.days else None

    def is_rest_day(self, one: date) -> bool:
        """Whether `one` is a day of rest."""
        return one.weekday() >= SATURDAY if self.rest_days is None else one in self.rest_days


FACTS: dict[Moment, type[Stated]] = {
    Moment.POSTING: PostingFacts,
    Moment.ASSIGNMENT: AssignmentFacts,
    Moment.LOG: LogFacts,
}


def parse(value: object) -> tuple[Moment, Stated]:
    """The moment and the facts in `value`: `{"kind": "posting|assignment|log", …}`; null is the same as not stated.

    Raises Malformed for an unknown kind or field, a wrong type, a number or day that cannot be, days out of order, and
    days of a log that are not of one week.
    """
    if not isinstance(value, dict):
        raise Malformed("top level", f"{show(value)} is not an object")
    if "kind" not in value:
        raise Malformed("kind", "is missing")
    kind = value["kind"]
    if not isinstance(kind, str) or kind not in list(Moment):
        raise Malformed("kind", f"{show(kind)} is none of {', '.join(Moment)}")
    moment = Moment(kind)
    facts = read_facts(FACTS[moment], {key: one for key, one in value.items() if key != "kind"})
    return moment, facts


def name_of(facts: Stated, place: str) -> Words:
    """How the fact at a place such as `insurance.starts_on` is called."""
    field = type(facts).__dataclass_fields__[re.split(r"[.\[]", place)[0]]
    words: Words = get_args(field.type)[2]
    return words


def read_facts(kind: type[Facts], value: dict[Any, Any]) -> Facts:
    """The facts of `kind` in an object; see `parse`."""
    facts = kind(**parts_of(kind, value, ""))
    if isinstance(facts, PostingFacts):
        _in_order(facts.starts_on, facts.ends_on, "ends_on")
    if isinstance(facts, LogFacts) and facts.days:
        first = min(one.on for one in facts.days)
        for n, one in enumerate(facts.days):
            if one.on >= first + timedelta(days=DAYS_A_WEEK):
                raise Malformed(f"days[{n}].on", f"{one.on} is not within a week of {first}")
    return facts
