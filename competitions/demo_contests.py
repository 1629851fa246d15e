"""Invented competitions of the demo world: their tasks, rubrics, teams' names and what judges write."""

from dataclasses import dataclass
from decimal import Decimal

from app.assessment.services.work import Criterion


@dataclass(frozen=True)
class Contest:
    """A competition's words and rubric."""

    slug: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    cluster: str
    criteria: tuple[Criterion, ...]


def _criterion(
    zh: str, en: str, weight: str, skill: str, level: int, descriptor_zh: str, descriptor_en: str
) -> Criterion:
    return Criterion(zh, en, Decimal(weight), Decimal(100), skill, level, descriptor_zh, descriptor_en)


BRAZIL = Contest(
    "brazil-shoes",
    "温州女鞋进巴西：选品与到岸成本方案",
    "Women’s shoes from Wenzhou to Brazil: choice and landed cost",
    """\
温州一家年产 120 万双女鞋的工厂想进入巴西市场，首批预算 30 万元。请提交一份可以执行的方案：卖什么、卖给谁、
怎样运过去、到手成本是多少、第一季度卖多少才不亏。

## 交什么

一个文件，不超过 12 页或 20 张幻灯片，必须包括：

| 部分 | 要求 |
|------|------|
| 市场 | 至少三个公开来源，写明日期 |
| 选品 | 不超过 8 款，说明为什么是这些款 |
| 成本 | 每款的到岸成本表：货值、运费、关税与税费、平台费用 |
| 风险 | 最可能出错的三件事，以及怎么办 |

## 规则

- 每队 3 至 5 人，可以跨专业，所有队员须为在读学生。
- 评委看不到你们是谁：文件里**不要**出现姓名、学校或指导教师。
- 数据必须能查到出处；编造来源取消成绩。
- 以服务器时间为准，完整收到的最后一个版本有效。
- 总分相同名次相同，不按提交先后区分。
""",
    """\
A factory in Wenzhou that makes 1.2 million pairs of women’s shoes a year wants to enter Brazil with 300,000 yuan.
Hand in a plan that could be carried out: what to sell, to whom, how to ship it, what a pair costs on arrival, and how
many must be sold in the first quarter to lose nothing.

## What to hand in

One file of up to 12 pages or 20 slides, with:

| Part | Asked for |
|------|-----------|
| Market | at least three public sources, with their dates |
| Choice | no more than 8 models, and why these |
| Cost | a landed-cost table per model: goods, freight, duty and taxes, platform fees |
| Risk | the three things most likely to go wrong, and what then |

## Rules

- Three to five members of any major, all of them enrolled students.
- Judges do not know who you are: **no** names, universities or advisors in the file.
- Every figure has a source that can be found; an invented source ends the entry.
- The server’s clock decides; the last version wholly received counts.
- Equal totals share a place. Who handed in first makes no difference.
""",
    "WZ-SHOE",
    (
        _criterion(
            "市场分析", "Market analysis", "0.25", "MR01", 3,
            "用三个以上公开来源估算市场规模与增长，并说明结论对选品意味着什么。",
            "Sizes the market and its growth from three public sources or more, and says what follows for the choice.",
        ),
        _criterion(
            "选品与定价", "Choice and price", "0.2", "MR06", 2,
            "每款都有完整的利润表，价格在竞品区间内且能覆盖全部费用。",
            "Each model has a full margin table; prices lie within the competitors’ range and cover every cost.",
        ),
        _criterion(
            "物流与运费", "Freight", "0.2", "LG02", 3,
            "比较至少两种运输方式，按体积重计算运费，给出时效与丢损的依据。",
            "Compares two modes or more, computes freight by volumetric weight, and grounds transit time and loss.",
        ),
        _criterion(
            "关税与合规", "Duty and compliance", "0.2", "CC04", 2,
            "税号、税率和申报要求正确，并写明依据与生效日期。",
            "HS codes, rates and declarations are right, with their source and the date from which they hold.",
        ),
        _criterion(
            "表达", "Presentation", "0.15", "EN04", 2,
            "决策者十分钟内能看懂结论、依据和下一步。",
            "Within ten minutes a decision-maker sees the conclusion, its grounds and the next step.",
        ),
    ),
)  # fmt: skip
RUSSIA = Contest(
    "russia-small-goods",
    "义乌小商品进俄罗斯：平台与收款方案",
    "Small goods from Yiwu to Russia: platform and payment",
    """\
义乌一家小商品贸易公司计划在俄语区平台开店。请为它设计第一年的方案：选哪个平台、怎样收款结汇、货从哪条路走、
客服用什么语言、遇到纠纷怎么办。

## 交什么

- 一份不超过 10 页的方案，附一页预算表。
- 收款一章必须写清楚每一步由谁、在哪国、用什么币种完成，并指出合规要求。

## 规则

- 每队 3 至 5 名在读学生。
- 匿名评审：文件里不要出现姓名和学校。
- 禁止建议任何规避管制的做法；出现即取消成绩。
- 以服务器时间为准，最后一个完整版本有效。
""",
    """\
A trading company in Yiwu plans a store on a platform of the Russian-speaking market. Design its first year: which
platform, how money is collected and converted, which way the goods go, in which language customers are answered, and
what happens in a dispute.

## What to hand in

- A plan of up to 10 pages with a budget of one page.
- The chapter on payment says for each step who does it, in which country and currency, and what the law asks.

## Rules

- Three to five enrolled students a team.
- Entries are marked anonymously: no names and no universities in the file.
- Any advice to get round controls ends the entry.
- The server’s clock decides; the last complete version counts.
""",
    "YW-COMM",
    (
        _criterion(
            "平台与进入方式", "Platform and way in", "0.25", "MR07", 3,
            "比较三个以上平台的规则、费用和门槛，选择有依据。",
            "Compares rules, fees and thresholds of three platforms or more; the choice follows from them.",
        ),
        _criterion(
            "收款与结汇", "Collection and conversion", "0.25", "PF03", 2,
            "资金路径完整、合规，并估算每一步的费用和时间。",
            "The path of the money is complete and lawful, with cost and time of each step.",
        ),
        _criterion(
            "头程与通关", "First leg and customs", "0.2", "LG06", 2,
            "给出两条线路的成本和时效，并说明监管方式。",
            "Cost and time of two routes, with the supervision mode of each.",
        ),
        _criterion(
            "售后与纠纷", "After-sale and disputes", "0.15", "CS03", 2,
            "有响应时限、升级流程和赔付上限。",
            "Names response times, escalation and the most that is paid.",
        ),
        _criterion(
            "跨文化沟通", "Communication across cultures", "0.15", "XC04", 2,
            "商品文案和客服用语贴合当地习惯，并说明理由。",
            "Product texts and answers fit local habits, and say why.",
        ),
    ),
)  # fmt: skip
REPLENISH = Contest(
    "appliances-replenishment",
    "慈溪小家电：海外仓补货挑战",
    "Small appliances from Cixi: the overseas-warehouse challenge",
    """\
慈溪一家小家电企业在德国和波兰各租了一个海外仓，去年旺季断货 19 天，淡季却压了四个月的库存。
请根据附件口径设计补货方案：何时补、补多少、走海运还是空运，现金流能否承受。

## 交什么

- 一份不超过 8 页的方案，以及一张可以重新计算的表格。
- 表格必须能改动三个参数：日均销量、补货提前期、资金上限。

## 规则

- 每队 3 至 5 名在读学生，先报名，队长把加入链接发给队员。
- 匿名评审：文件里不要出现姓名和学校。
- 截止前可以多次提交，最后一个完整版本有效；以服务器时间为准。
""",
    """\
A maker of small appliances in Cixi rents a warehouse each in Germany and Poland. Last season it was out of stock for 19
days, then sat on four months of stock. Design its replenishment: when, how much, by sea or by air, and whether the
cash lasts.

## What to hand in

- A plan of up to 8 pages, and a sheet that can be computed again.
- Three parameters of the sheet can be changed: daily sales, lead time, and the limit of cash.

## Rules

- Three to five enrolled students a team. Enter first; the captain sends the join link to the others.
- Entries are marked anonymously: no names and no universities in the file.
- Hand in as often as you like before the deadline; the last complete version counts, by the server’s clock.
""",
    "CX-APP",
    (
        _criterion(
            "海外仓运营", "Overseas warehouse", "0.3", "LG05", 3,
            "两仓分工明确，入仓、调拨和退货都有规则。",
            "The two warehouses have their parts; inbound, transfer and returns have rules.",
        ),
        _criterion(
            "补货策略", "Replenishment", "0.3", "ST06", 2,
            "安全库存和补货点有计算过程，参数可调。",
            "Safety stock and reorder points are computed, and their parameters can be changed.",
        ),
        _criterion(
            "预测", "Forecast", "0.2", "DA05", 3,
            "预测有误差估计，并与去年的实际数据比较过。",
            "The forecast has an error and was compared with last year’s figures.",
        ),
        _criterion(
            "现金流", "Cash", "0.2", "EN02", 2,
            "每月现金余额清楚，资金上限之内方案仍成立。",
            "Cash is shown month by month, and the plan holds within its limit.",
        ),
    ),
)  # fmt: skip
TEAM_FIRST = ("远帆", "逐浪", "海风", "破晓", "北纬", "拾光", "青木", "知行", "启明", "蓝鲸", "丝路", "万象")
TEAM_SECOND = ("小队", "工作室", "先锋", "七号", "计划", "同学会", "出海组", "实验室", "联盟")
COMMENTS = (
    "思路清楚，数据来源写得规范；如果再给出一个悲观情形会更有说服力。",
    "成本表完整，但汇率用的是哪一天的没有说明。",
    "结论与前面的数据对得上，风险部分可以更具体。",
    "图表太多，关键的一张反而不显眼。",
    "比较了两条线路，时效依据充分。",
    "有几处数字前后不一致，请核对附表。",
)
PLAN = """\
# {title}

第 {number} 号作品

## 结论

建议首批选 {models} 款，每款 {pairs} 件，首季度目标 {target} 件，盈亏平衡点约 {even} 件。

## 依据

1. 公开数据显示目标品类近两年年均增长约 {growth} %。
2. 两种运输方式比较：海运每件 {sea} 元、{sea_days} 天；空运每件 {air} 元、{air_days} 天。
3. 税费合计约占货值的 {duty} %，依据附表列明。

## 风险

- 汇率波动超过 {fx} % 时毛利转负：对收款金额的一半锁定汇率。
- 旺季仓位不足：提前 {ahead} 周订舱。
- 退货率高于 {returns} %：本地处理，不退回国内。
"""
