"""Invented names, put together from parts. No real person, university or enterprise is meant."""

from collections.abc import Iterator
from random import Random

FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤"
)
GIVEN_FIRST = "子雨思嘉欣梓浩佳晓文志海明俊宇晨诗若书景安永润秋冬春夏云星月雪霜岚青蓝知语清泽沐亦一以"
GIVEN_SECOND = "涵轩怡瑶琪萱妍彤宁悦然辰阳航帆宸睿博瀚杰豪鑫楠桐林森淼溪洋涛波澜静雯霖露菲芸茜莹玥瑾瑜琳"

# Place of a university: region, city, and a river, lake or hill of the neighbourhood that lends it its name.
UNIVERSITIES = (
    ("CN-GD", "珠澜职业学院", "Zhulan Vocational College"),
    ("CN-GD", "鹏湾经贸学院", "Pengwan College of Trade"),
    ("CN-ZJ", "稠江工商职业学院", "Choujiang Business Vocational College"),
    ("CN-JS", "吴淞商务职业学院", "Wusong Business Vocational College"),
    ("CN-SD", "岱麓学院", "Dailu College"),
    ("CN-HE", "滹沱职业技术学院", "Hutuo Vocational College"),
    ("CN-HA", "嵩洛经济学院", "Songluo College of Economics"),
    ("CN-JX", "赣源应用技术学院", "Ganyuan College of Applied Technology"),
    ("CN-SC", "锦江外贸学院", "Jinjiang College of Foreign Trade"),
    ("CN-HN", "资水职业学院", "Zishui Vocational College"),
)
MAJORS = ("跨境电子商务", "国际经济与贸易", "电子商务", "商务英语", "国际商务", "物流管理", "市场营销", "俄语")
BRAND_FIRST = (
    ("瑞", "Rui"), ("恒", "Heng"), ("鑫", "Xin"), ("华", "Hua"), ("盛", "Sheng"), ("远", "Yuan"), ("嘉", "Jia"),
    ("博", "Bo"), ("宏", "Hong"), ("万", "Wan"), ("海", "Hai"), ("凯", "Kai"), ("飞", "Fei"), ("通", "Tong"),
)  # fmt: skip
BRAND_SECOND = (
    ("步", "bu"), ("联", "lian"), ("达", "da"), ("尚", "shang"), ("拓", "tuo"), ("帆", "fan"), ("云", "yun"),
    ("诚", "cheng"), ("禾", "he"), ("美", "mei"), ("信", "xin"), ("川", "chuan"), ("驰", "chi"), ("越", "yue"),
)  # fmt: skip


def person_names(rng: Random) -> Iterator[str]:
    """Invented personal names, without end."""
    while True:
        given = rng.choice(GIVEN_FIRST) + (rng.choice(GIVEN_SECOND) if rng.random() < 0.8 else "")
        yield rng.choice(FAMILY) + given


def brand_names(rng: Random) -> Iterator[tuple[str, str]]:
    """Invented brand names in Chinese and English, each once, until the parts are used up."""
    pairs = [(a[0] + b[0], a[1] + b[1]) for a in BRAND_FIRST for b in BRAND_SECOND]
    rng.shuffle(pairs)
    yield from pairs
