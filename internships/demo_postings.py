"""Invented internships of the demo world: what kinds of work there are, and what they ask for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """A kind of internship: titles, duties, skills with the lowest and highest level asked, how common it is,
    and how large.

    Some kinds of work are asked for far more than the demo's courses teach them, others less: the world then holds
    shortages and surpluses, and neither is a statistic.
    """

    title_zh: str
    title_en: str
    duties_zh: tuple[str, ...]
    duties_en: tuple[str, ...]
    skills: tuple[tuple[str, int, int], ...]
    share: float
    pay: tuple[int, int]
    seats: tuple[int, int] = (1, 4)


KINDS = (
    Work(
        "跨境店铺运营实习生",
        "Cross-border store operation intern",
        ("刊登与维护商品", "处理日常订单", "每周复盘店铺健康指标"),
        ("Publish and keep listings", "Process daily orders", "Review account health every week"),
        (("ST02", 1, 2), ("ST05", 1, 2), ("ST08", 1, 2), ("XC01", 1, 2)),
        5,
        (120, 180),
    ),
    Work(
        "独立站运营实习生",
        "Independent site intern",
        ("维护独立站商品页", "设置关键词并跟踪排名", "整理转化数据"),
        ("Keep the product pages of our own site", "Place keywords and follow their rank", "Prepare conversion data"),
        (("DM01", 2, 3), ("ST02", 2, 2), ("MR06", 1, 2), ("DM08", 1, 2)),
        3,
        (140, 200),
    ),
    Work(
        "关务单证实习生",
        "Customs documents intern",
        ("为商品归类并核对申报要素", "按订单选择监管方式", "准备单证"),
        ("Classify goods and check what is declared", "Choose the customs mode of an order", "Prepare the documents"),
        (("CC01", 2, 3), ("CC02", 2, 3), ("CC04", 1, 2), ("CC08", 1, 2)),
        14,
        (150, 220),
        (3, 12),
    ),
    Work(
        "海外仓补货助理",
        "Overseas warehouse replenishment assistant",
        ("测算补货点", "跟踪头程与入仓", "处理退货去向"),
        ("Compute reorder points", "Follow first legs into the warehouse", "Decide where returns go"),
        (("LG05", 2, 3), ("ST06", 2, 2), ("LG09", 1, 2), ("LG01", 1, 2)),
        9,
        (140, 200),
        (3, 10),
    ),
    Work(
        "国际物流操作实习生",
        "International logistics intern",
        ("为订单选择物流方式", "计算运费与体积重", "跟进异常包裹"),
        ("Choose the mode for an order", "Compute freight and volumetric weight", "Follow up parcels that go wrong"),
        (("LG01", 1, 2), ("LG02", 2, 2), ("LG04", 1, 2)),
        4,
        (120, 170),
    ),
    Work(
        "跨境直播助播",
        "Live-stream assistant",
        ("准备脚本与样品", "协助主播介绍产品", "剪辑切片"),
        ("Prepare script and samples", "Help the host present products", "Cut clips"),
        (("DM05", 1, 2), ("DM04", 1, 2), ("XC02", 1, 2)),
        3,
        (150, 240),
    ),
    Work(
        "广告投放实习生",
        "Paid advertising intern",
        ("搭建站内广告计划", "按目标调整出价", "核算广告利润"),
        ("Set up on-platform campaigns", "Adjust bids to target", "Compute profit after advertising"),
        (("DM02", 2, 3), ("DM01", 1, 2), ("MR06", 2, 2), ("DA03", 1, 2)),
        3,
        (140, 200),
    ),
    Work(
        "选品与市场调研实习生",
        "Product selection and market research intern",
        ("整理目标国市场资料", "做竞品对标表", "核算到岸成本与毛利"),
        ("Prepare a brief on a target market", "Build a benchmark of rivals", "Compute landed cost and margin"),
        (("MR01", 1, 2), ("MR04", 2, 3), ("MR06", 2, 2), ("MR02", 1, 2)),
        4,
        (130, 190),
    ),
    Work(
        "跨境收款结算助理",
        "Collection and settlement assistant",
        ("核对平台回款与订单", "计算汇兑损益", "标记风险付款"),
        ("Match payouts to orders", "Compute exchange gains and losses", "Flag risky payments"),
        (("PF01", 1, 2), ("PF02", 2, 3), ("PF04", 1, 2), ("PF05", 1, 2)),
        3,
        (130, 190),
    ),
    Work(
        "海外客服与纠纷处理实习生",
        "Service and dispute intern",
        ("用英文回复买家", "收集纠纷证据并按时提交", "整理退货原因"),
        ("Answer buyers in English", "Gather and file dispute evidence on time", "Sort reasons for returns"),
        (("CS03", 2, 3), ("XC01", 2, 2), ("CS02", 1, 2)),
        7,
        (110, 160),
        (2, 9),
    ),
    Work(
        "俄语区客服实习生",
        "Russian-market service intern",
        ("回复俄语区买家消息", "整理当地习惯与常见问题", "协助本地化详情页"),
        ("Answer buyers in Russian", "Note local habits and questions", "Help to localise pages"),
        (("XC03", 2, 3), ("CS03", 1, 2), ("XC04", 1, 2)),
        1,
        (140, 200),
    ),
    Work(
        "进口业务实习生",
        "Import operations intern",
        ("核算进口综合税", "备货保税仓", "跟进清关状态"),
        ("Compute import tax", "Stock the bonded warehouse", "Follow clearance"),
        (("CC03", 1, 2), ("LG04", 2, 2), ("PF01", 1, 2)),
        2,
        (130, 180),
    ),
)

BODY_ZH = """我们是{place}的{category}企业，产品直接卖给海外买家。这个实习岗位有导师带，做真实的工作。

## 你会做什么
{duties}

## 我们提供
- 每人一位导师，每周一次复盘
- 按约定按月以货币支付报酬，不收任何费用
- 实习责任保险由企业承担

*演示数据：本企业与岗位均为虚构。*"""

BODY_EN = """We make {category} in {place} and sell straight to buyers abroad. You get a mentor and real work.

## What you will do
{duties}

## What we offer
- a mentor of your own and a review every week
- pay in money every month as posted, and no fees of any kind
- internship liability insurance, paid by us

*Demonstration data: this enterprise and this posting are invented.*"""
