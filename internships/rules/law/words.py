"""Words in both languages, and the things that facts may name."""

from enum import StrEnum
from typing import NamedTuple, Self


class Words(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The words in `language`: zh, or English for any other."""
        return self.zh if language == "zh" else self.en


class Moment(StrEnum):
    """When a rule is asked."""

    POSTING = "posting"
    ASSIGNMENT = "assignment"
    LOG = "log"


class Effect(StrEnum):
    """What a finding does: refuse the act, warn, or ask a person to attest what the machine cannot know."""

    REFUSE = "refuse"
    WARN = "warn"
    ATTEST = "attest"


class Named(StrEnum):
    """Something that facts may name by a code, with its words in both languages."""

    words: Words

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        """A member whose value is its code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.words = Words(zh, en)
        return member


class SchoolType(Named):
    """What kind of school arranges the internship."""

    SECONDARY = "secondary", "中等职业学校", "secondary vocational school"
    HIGHER = "higher", "高职专科学校", "higher vocational college"
    VOCATIONAL_BACHELOR = "vocational-bachelor", "高职本科学校", "vocational university"
    UNDERGRADUATE = "undergraduate", "普通本科高校", "ordinary university"


class Internship(Named):
    """Work in a post, or a visit to see how work is done."""

    POST = "post", "岗位实习", "post internship"
    VISIT = "visit", "认识实习", "visit"


class Venue(Named):
    """What kind of place the work is done in."""

    ORDINARY = "ordinary", "一般工作场所", "an ordinary workplace"
    BAR = "bar", "酒吧", "a bar"
    NIGHT_CLUB = "night-club", "夜总会", "a night club"
    KARAOKE = "karaoke", "歌厅", "a karaoke hall"
    BATH_CENTRE = "bath-centre", "洗浴中心", "a bath centre"
    GAME_ROOM = "game-room", "电子游戏厅", "an electronic game room"
    INTERNET_CAFE = "internet-cafe", "网吧", "an internet café"
    OTHER_ENTERTAINMENT = "other-entertainment", "其他营业性娱乐场所", "another commercial place of entertainment"


class Arranger(Named):
    """Who organises, arranges or manages the internship."""

    SCHOOL = "school", "学校", "the school"
    STUDENT = "student", "学生本人", "the student"
    ENTERPRISE = "enterprise", "实习单位", "the enterprise"
    INTERMEDIARY = "intermediary", "中介机构", "an intermediary"
    PAID_AGENT = "paid-agent", "有偿代理", "a paid agent"


class PayUnit(Named):
    """What the pay is for."""

    HOUR = "hour", "每小时", "an hour"
    DAY = "day", "每天", "a day"
    MONTH = "month", "每月", "a month"


class PayForm(Named):
    """In what the pay is given."""

    MONEY = "money", "货币", "money"
    GOODS = "goods", "物品", "goods"
    COUPONS = "coupons", "代金券", "coupons"


class PayWay(Named):
    """Through whose hands the pay goes."""

    DIRECT = "direct", "直接支付给学生", "straight to the student"
    SCHOOL = "school", "经学校转发", "through the school"
    THIRD_PARTY = "third-party", "经第三方转发", "through a third party"


class Fee(Named):
    """What an intern is asked to pay for."""

    DEPOSIT = "deposit", "押金", "a deposit"
    TRAINING = "training", "培训费", "a training fee"
    COMMISSION = "commission", "报酬提成", "a commission on the pay"
    MANAGEMENT = "management", "管理费", "a management fee"
    MATERIALS = "materials", "材料费", "a fee for materials"
    PLACEMENT = "placement", "就业服务费", "a placement fee"
    OTHER = "other", "其他费用", "another fee"


class Document(Named):
    """A document of the student that somebody may hold back."""

    IDENTITY_CARD = "identity-card", "居民身份证", "the identity card"
    STUDENT_CARD = "student-card", "学生证", "the student card"
    OTHER = "other", "其他证件", "another document"


class Hazard(Named):
    """Work with a high risk to safety."""

    HEIGHT = "height", "高空", "at a height"
    UNDERGROUND = "underground", "井下", "underground"
    RADIOACTIVE = "radioactive", "放射性", "radioactive"
    TOXIC = "toxic", "有毒", "toxic"
    FLAMMABLE = "flammable", "易燃易爆", "flammable or explosive"
    OTHER = "other", "其他较高安全风险", "another high risk"


class Exempt(Named):
    """What an arrangement filed with the authority beforehand may allow."""

    HAZARDS = "hazards", "较高安全风险的工作", "work with a high risk"
    OVERTIME = "overtime", "加班", "overtime"
    NIGHT = "night", "夜班", "night shifts"
    REST_DAYS = "rest-days", "休息日实习", "work on rest days"
    HOLIDAYS = "holidays", "法定节假日实习", "work on public holidays"


class Party(Named):
    """Who signs, names an instructor, assesses or pays."""

    SCHOOL = "school", "学校", "the school"
    ENTERPRISE = "enterprise", "实习单位", "the enterprise"
    STUDENT = "student", "学生", "the student"
    GUARDIAN = "guardian", "法定监护人（家长）", "the guardian"


class Sex(Named):
    """What the special rules on the protection of female workers ask for."""

    FEMALE = "female", "女", "female"
    MALE = "male", "男", "male"


class Aspect(Named):
    """What the assessment of a workplace on the spot looks at."""

    QUALIFICATION = "qualification", "资质", "qualification"
    HONESTY = "honesty", "诚信", "honesty"
    MANAGEMENT = "management", "管理水平", "management"
    POST = "post", "实习岗位", "post"
    HOURS = "hours", "工作时间", "hours"
    ENVIRONMENT = "environment", "工作环境", "environment"
    LIVING = "living", "生活环境", "living"
    SAFETY = "safety", "健康安全", "safety"
