"""Recognition, monthly reports, stages and guidance in a pack: checked, and put into words."""

import pytest

from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.rulebook import merge
from policies.schema import Pack, PolicyVersionRef
from policies.wording import Names, rule_lines
from tests.law import PACKS

MILESTONE, MIIT = "milestone = ", 'units = ["economy-information"]'
FULING = (PACKS / "fuling-lifecycle-2024.toml").read_text()


def pack(old: str = "", new: str = "") -> Pack:
    assert old in FULING
    return parse_pack(FULING.replace(old, new, 1), file="x.toml")


def faults(old: str, new: str) -> str:
    with pytest.raises(PackRefused) as refused:
        pack(old, new)
    return "；".join(str(error) for error in refused.value.errors)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('action = "recognise"', 'action = "issue_report"', "同时写"),
        (f'{MILESTONE}"works_completed"\ntol', f'{MILESTONE}"construction_started"\ntol', "只写一条"),
        (f"{MIIT} }},\n]", f"{MIIT}, leading = true }},\n]", "为准"),
        (', parts = ["landing", "service_body"] },\n]', " },\n]", "没有单位可以填报"),
        ('code = "completion_park"', 'code = "completion_housing"', "写了2次"),
        ('{ code = "topped_out"', '{ code = "structure"', "写了2次"),
        ('开挖基础", documents = ["start_proof"]', '开挖基础", documents = ["photo"]', "photo"),
        ('until_milestone = "in_production"', 'until_milestone = "never"', "never"),
        ("due_day = 5", "due_day = 31", "28"),
        ('along_with = ["property_registration"]', 'along_with = ["deed"]', "deed"),
        ('ceilings = ["contract", "total"]', 'ceilings = ["dreams"]', "dreams"),
    ],
)
def test_a_rule_that_does_not_hang_together_is_refused_in_words(old: str, new: str, said: str) -> None:
    assert said in faults(old, new)


def test_each_rule_says_what_it_demands() -> None:
    found = pack()
    names = Names.of([found], {"development-reform": "区发展改革委"})
    rules = (*found.recognitions, *found.progress, *found.guidance, *found.staging)
    lines = "；".join(line for rule in rules for line in rule_lines(rule, names))
    for words in (
        "具备其一即可：桩基施工或开挖基础、主体工程施工",
        "可以登记、不据以认定：场地平整、修建围墙",
        "实际开工时间（发改）由区发展改革委填报（以此为准）",
        "相差超过15天",
        "次月5日前填报",
        "协议资金、总投资",
        "自愿、无偿",
        "“竣工联合验收”可以分期申请",
        "与不动产首次登记一次申请",
    ):
        assert words in lines, words


def test_a_rulebook_finds_them_by_milestone() -> None:
    found = pack()
    rules = merge([(PolicyVersionRef(1, "x", "1", "x"), found)])
    rule = rules.recognition_of("construction_started")
    assert rule is not None and rule.leading is not None
    assert (rule.leading.code, rules.recognition_of("signed")) == ("start_development_reform", None)
    assert rules.monthly is not None and rules.monthly.place("equipment") == 4
