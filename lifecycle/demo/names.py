"""Investors and people that do not exist: every name, number and company of the demo is made up."""

from random import Random

from stdnum.cn import uscc

from projects.actions import EnterpriseData

OUTSIDE = (
    ("杭州", "330100"), ("宁波", "330200"), ("苏州", "320500"), ("无锡", "320200"), ("常州", "320400"),
    ("上海", "310100"), ("深圳", "440300"), ("佛山", "440600"), ("东莞", "441900"), ("广州", "440100"),
    ("成都", "510100"), ("绵阳", "510700"), ("武汉", "420100"), ("长沙", "430100"), ("合肥", "340100"),
    ("青岛", "370200"), ("济南", "370100"), ("福州", "350100"), ("厦门", "350200"), ("西安", "610100"),
)  # fmt: skip
IN_CITY = (
    ("渝北", "500112"),
    ("九龙坡", "500107"),
    ("江北", "500105"),
    ("长寿", "500115"),
    ("璧山", "500120"),
)
OWN = (("涪陵", "500102"),)
ABROAD = (("德国", "DE"), ("新加坡", "SG"), ("日本", "JP"), ("香港", "HK"))
_FIRST, _SECOND, _THIRD = (
    "砺澄珩钧昱峤翎泓煜沣铂岫翊甄曦祺熠崟骞",
    "坤衡垣禾序拓域歌屿涵朔临言乔笠",
    "特尔源泰信迈隆",
)
_SURNAMES = "陈林黄张李王吴刘蔡杨许郑谢郭洪邱曾廖赖徐周叶苏庄江吕何罗高"
_GIVEN = "建华文博志远丽娜海燕国梁晓东雪梅永康思源家豪雨晴明哲春华立新秋实"
_TITLES = ("总经理", "董事长", "副总经理", "投资总监", "项目负责人", "总经理助理")
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Investors:
    """Makes investors, none twice. About one in ten comes from abroad, one in seven from the city itself."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.taken: set[str] = set()

    def brand(self) -> str:
        while True:
            made = "".join(self.rng.choice(chars) for chars in (_FIRST, _SECOND, _THIRD))
            if made not in self.taken:
                self.taken.add(made)
                return made

    def make(self, trade: str) -> EnterpriseData:
        """An investor in a trade ("新材料")."""
        kind = self.rng.choices(("outside", "city", "own", "abroad"), (72, 13, 7, 8))[0]
        if kind == "abroad":
            return self._foreign(trade)
        place, division = self.rng.choice({"outside": OUTSIDE, "city": IN_CITY, "own": OWN}[kind])
        form = self.rng.choice(("有限公司", "股份有限公司", "科技有限公司", "集团有限公司"))
        code = "" if self.rng.random() < 0.15 else credit_code(self.rng, division)
        return EnterpriseData(
            name=f"{place}{self.brand()}{trade}{form}",
            credit_code=code,
            no_code_reason="" if code else "项目公司尚未注册",
            division_code=division,
            contact_name=contact(self.rng),
            contact_phone=phone(self.rng),
        )

    def _foreign(self, trade: str) -> EnterpriseData:
        place, country = self.rng.choice(ABROAD)
        return EnterpriseData(
            name=f"{self.brand()}{trade}（{place}）有限公司",
            no_code_reason="境外投资者",
            country=country,
            origin_text=place,
            contact_name=contact(self.rng),
            contact_phone=phone(self.rng),
        )


def person(rng: Random) -> str:
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, 2))


def contact(rng: Random) -> str:
    return f"{person(rng)}（{rng.choice(_TITLES)}）"


def phone(rng: Random) -> str:
    """A number of the block 138 0000, which is nobody's."""
    return f"1380000{rng.randrange(10_000):04d}"


def credit_code(rng: Random, division: str) -> str:
    """A code that passes GB 32100 and belongs to nobody: the inner check character (GB 11714) is wrong."""
    subject = "MA" + "".join(rng.choices(_LETTERS, k=6))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char, 36) * weight for char, weight in zip(subject, weights, strict=True))
    right = "0123456789X0"[(11 - total % 11) % 11]
    wrong = rng.choice([char for char in "0123456789" if char != right])
    body = f"91{division}{subject}{wrong}"
    return body + uscc.calc_check_digit(body)
