"""Names of made-up investors and projects, with what the ledger's search keeps of them.

A name is a head of four characters (a city and a brand) or two (the brand) and a tail. The heads have one
reading each, so the search words of a whole name follow from those of its tail by filling in the head: what
``projects.search.words_of`` needs a quarter of a second for a thousand times, SQL does in a few milliseconds.
A test holds the outcome against ``words_of``.
"""

from dataclasses import dataclass

from kernel.names import core, spoken
from kernel.text import bigrams, initials, readings, spelt
from projects.search import RUN, stretches

# Each has one reading only (tests/lifecycle/test_scale.py): no choice to spell out.
BRAND_LETTERS = (
    "华锐恒宏图金诚瑞丰德隆鑫源康泰凯博远腾飞伟业天成永安智汇创"
    "联科海纳正新光启星辰明润泽福临嘉禾昌邦国洲岳川象千里"
)
OUTSIDE = {
    "苏州": "320500", "南京": "320100", "上海": "310000", "北京": "110000", "成都": "510100",
    "武汉": "420100", "济南": "370100", "西安": "610100", "郑州": "410100", "天津": "120000",
    "绵阳": "510700", "宜昌": "420500",
}  # fmt: skip
AROUND = {"江津": "500116", "永川": "500118", "璧山": "500120", "渝北": "500112", "荣昌": "500153"}
OWN_PLACE = "江东"
TRADES = (
    *("新材料", "化工", "医药", "装备", "电子", "物流", "置业", "农业"),
    *("建材", "环保", "纺织", "船舶", "智造", "新材", "光电", "文旅"),
)
COMPANY = "有限公司"
PRODUCTS = {
    "铝材": "3252", "钛材": "3254", "聚氨酯": "2651", "环氧树脂": "2651", "磷酸铁": "2613", "电子化学品": "2669",  # noqa: E501
    "锂电材料": "3985", "预制菜": "1432", "榨菜": "1371", "白酒": "1512", "饲料": "1329", "茶业": "1530",
    "纺织面料": "1751", "轮胎": "2911", "绿色建材": "3021", "光伏玻璃": "3042", "船舶配套": "3734",
    "电缆": "3831", "医药原料": "2710", "环保装备": "3591", "页岩气": "0721", "冷链物流": "5990",
    "智慧物流": "5990", "数据中心": "6450", "酒店": "6110", "康养": "8514", "中药材": "0170", "花卉": "0143",
}  # fmt: skip
SUFFIXES = ("项目", "建设项目", "生产基地项目", "产业基地项目", "新建项目", "扩建项目")

MARKS = "Z", "Y", "X", "W"
"""Stand for the last letter of the head, its last two, three, four; ``L`` for its last character."""
LAST = "L"
BRAND = BRAND_LETTERS[:2]


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a name, the search words of the whole with marks where the head comes in, and how what
    remains of it in the core sounds."""

    text: str
    words: str
    spoken: str = ""


def tail(text: str, head: int) -> Tail:
    """A tail for heads of so many characters."""
    found = [LAST + text[0], *bigrams(text), text[-1]]
    letters = readings(text)
    found += stretches(letters)
    for count, mark in enumerate(MARKS[:head], 1):
        found += [mark + word for word in spelt(letters[: RUN - count])]
    return Tail(text, " ".join(dict.fromkeys(found)), spoken(core(BRAND + text)[len(BRAND) :]))


def project_tails() -> list[tuple[Tail, str, str]]:
    """Every end of a project's name with its class of GB/T 4754-2017 and what is made there."""
    return [
        (tail(product + suffix, head=2), industry, product)
        for product, industry in PRODUCTS.items()
        for suffix in SUFFIXES
    ]


def company_tails() -> list[Tail]:
    return [tail(trade + COMPANY, head=4) for trade in TRADES]


def places(own_division: str) -> list[tuple[str, str, str]]:
    """Where investors come from: name, its pinyin initials, division code."""
    named = OUTSIDE | AROUND | {OWN_PLACE: own_division}
    return [(name, initials(name), code) for name, code in named.items()]


def spoken_before(place: str) -> str:
    """How a place sounds before a name; "" where the core of the name leaves it out."""
    return spoken(place) if core(place + BRAND + TRADES[0]).startswith(place) else ""


def brands() -> list[tuple[str, str]]:
    """Two characters and their initials; no place, which the core of a name would leave out."""
    letters = {char: initials(char) for char in BRAND_LETTERS}
    pairs = [(a + b, letters[a] + letters[b]) for a in letters for b in letters]
    return [pair for pair in pairs if core(pair[0] + TRADES[0]).startswith(pair[0])]
