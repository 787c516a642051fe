"""A wrong or partial pack is refused with file, table, key and a sentence in two languages."""

import re

import pytest
from django.utils import translation

from policies.errors import PackError, PackRefused
from policies.loader import parse_pack
from tests.policies.conftest import BARE


def faults(text: str | bytes, **known) -> list[PackError]:
    with pytest.raises(PackRefused) as caught:
        parse_pack(text, file="bare.toml", **known)
    return caught.value.errors


def spoilt(old: str, new: str) -> str:
    assert old in BARE
    return BARE.replace(old, new, 1)


def guide(rest: str, of_material: str = "") -> str:
    """The step's kind, with a guide after it."""
    materials = f'materials = [{{ name = "申请表"{of_material} }}]'
    return f'kind = "review"\nguide = {{ procedure = "申请", standard = "齐全", {materials}, {rest} }}'


def proposing(
    aspect: str = "look", part: str = "handler", names: str = 'named_from = "look"\nnames_part = "handler"'
) -> str:
    """The step's kind, with whom it proposes after it."""
    rule = f'proposing = {{ aspect = "{aspect}", part = "{part}" }}'
    return spoilt('kind = "review"', f'kind = "dispatch"\n{names}\n{rule}')


def test_the_bare_pack_itself_is_sound():
    pack = parse_pack(BARE)
    assert pack.steps[0].limit
    assert pack.steps[0].limit.count == 5
    assert pack.steps[0].milestones == {"done"}


WRONG = {
    "a missing key": ("steps", "work.name", spoilt('code = "work"\nname = "办理"', 'code = "work"')),
    "an unknown key": ("steps", "work.colour", spoilt('kind = "review"', 'kind = "review"\ncolour = "red"')),
    "an unknown table": ("colours", "", BARE + '\n[[colours]]\ncode = "red"\n'),
    "a number as text": ("steps", "work.limit.count", spoilt("count = 5", 'count = "5"')),
    "a fraction of a day": ("steps", "work.limit.count", spoilt("count = 5", "count = 5.5")),
    "a limit of no days": ("steps", "work.limit.count", spoilt("count = 5", "count = 0")),
    "an unknown unit of days": ("steps", "work.limit.unit", spoilt('"working_day"', '"fortnight"')),
    "an unknown kind of step": ("steps", "work.kind", spoilt('kind = "review"', 'kind = "party"')),
    "a date as text": ("policy", "issued_on", spoilt("issued_on = 2026-01-01", 'issued_on = "2026-01-01"')),
    "a date with a time": (
        "policy",
        "issued_on",
        spoilt("issued_on = 2026-01-01", "issued_on = 2026-01-01T00:00:00"),
    ),
    "a code with blanks": ("parts", "the handler.code", spoilt('code = "handler"', 'code = "the handler"')),
    "a text where a list belongs": (
        "milestones",
        "begun.recorded_by_parts",
        spoilt('recorded_by_parts = ["handler"]', 'recorded_by_parts = "handler"'),
    ),
    "an empty name": ("steps", "work.name", spoilt('name = "办理"', 'name = ""')),
    "no verdict": ("steps", "work.verdicts", spoilt('{ code = "yes", name = "可", reaches = ["done"] }', "")),
    "an unknown role": (
        "milestones",
        "begun.recorded_by_roles[1]",
        spoilt('recorded_by_parts = ["handler"]', 'recorded_by_roles = ["king"]'),
    ),
    "two ways of opening": (
        "steps",
        "work.opens_on",
        spoilt('{ milestone = "begun" }', '{ milestone = "begun", manual = true }'),
    ),
    "an aspect asked of nobody": ("steps", "work.aspects[1]", spoilt('asks_parts = ["handler"], ', "")),
    "a score where none is given": (
        "steps",
        "work.aspects[1]",
        spoilt('answer = "pass_or_veto"', 'answer = "pass_or_veto", score = { min = 0, max = 10 }'),
    ),
    "a weight where nothing is scored": (
        "steps",
        "work.aspects[1]",
        spoilt('answer = "pass_or_veto"', 'answer = "pass_or_veto", weight = "2"'),
    ),
    "a pass mark without scores": (
        "steps",
        "work",
        spoilt('kind = "review"', 'kind = "review"\npass_mark = 70'),
    ),
    "a transfer that proposes nobody": ("steps", "work", spoilt('kind = "review"', 'kind = "transfer"')),
    "proposals about which nobody is asked": ("steps", "work", proposing(aspect="look", part="other")),
    "proposals of whom none is named": ("steps", "work", proposing(names="")),
    "proposals in a step that opens by itself": ("steps", "work", proposing()),
    "a part that no proposed unit can play": (
        "steps",
        "work.proposing",
        proposing(part="nobody")
        .replace('asks_parts = ["handler"]', 'asks_parts = ["nobody"]')
        .replace('{ milestone = "begun" }', "{ manual = true }"),
    ),
    "a step beside one that is not there": (
        "steps",
        "work.apart_from",
        spoilt('kind = "review"', 'kind = "review"\napart_from = ["rest"]'),
    ),
    "an unreadable amount": (
        "steps",
        "work.when.at_least",
        spoilt('kind = "review"', 'kind = "review"\nwhen = { field = "total", at_least = "很多" }'),
    ),
    "two comparisons at once": (
        "steps",
        "work.when",
        spoilt(
            'kind = "review"',
            'kind = "review"\nwhen = { field = "total", at_least = "1亿元", below = "2亿元" }',
        ),
    ),
    "a comparison without a field": (
        "steps",
        "work.when",
        spoilt('kind = "review"', 'kind = "review"\nwhen = { at_least = "1亿元" }'),
    ),
    "an unknown clause": ("steps", "work.clause", spoilt('clause = "一"\nkind', 'clause = "九"\nkind')),
    "an unknown part": (
        "steps",
        "work.led_by_parts",
        spoilt('led_by_parts = ["handler"]', 'led_by_parts = ["boss"]'),
    ),
    "an unknown milestone": (
        "steps",
        "work.opens_on.milestone",
        spoilt('{ milestone = "begun" }', '{ milestone = "x" }'),
    ),
    "a verdict for an unknown milestone": (
        "steps",
        "work.yes.reaches",
        spoilt('reaches = ["done"]', 'reaches = ["x"]'),
    ),
    "an unknown document": (
        "milestones",
        "begun.documents",
        spoilt('recorded_by_parts = ["handler"]', 'recorded_by_parts = ["handler"]\ndocuments = ["paper"]'),
    ),
    "an unknown project field": (
        "milestones",
        "begun.fields",
        spoilt('recorded_by_parts = ["handler"]', 'recorded_by_parts = ["handler"]\nfields = ["colour"]'),
    ),
    "an unknown step": (
        "steps",
        "work.prerequisites",
        spoilt('kind = "review"', 'kind = "review"\nprerequisites = ["other"]'),
    ),
    "a guide that cites an unknown clause": (
        "steps",
        "work.guide.clause",
        spoilt('kind = "review"', guide('clause = "九"')),
    ),
    "a guide whose form asks for an unknown field": (
        "steps",
        "work.guide.fields",
        spoilt('kind = "review"', guide('clause = "一", fields = ["colour"]')),
    ),
    "a guide whose material comes from an unknown milestone": (
        "steps",
        "work.guide.materials",
        spoilt('kind = "review"', guide('clause = "一"', ', milestone = "x"')),
    ),
    "planning years in the wrong order": (
        "milestones",
        "begun.years_ahead",
        spoilt(
            'recorded_by_parts = ["handler"]',
            'recorded_by_parts = ["handler"]\nyears_ahead = { first = 3, last = 1 }',
        ),
    ),
    "a condition on an unknown field": (
        "steps",
        "work.when",
        spoilt('kind = "review"', 'kind = "review"\nwhen = { field = "colour", is = "red" }'),
    ),
    "a word that the field never takes": (
        "steps",
        "work.when",
        spoilt('kind = "review"', 'kind = "review"\nwhen = { field = "origin", is = "moon" }'),
    ),
    "a size of what has none": (
        "steps",
        "work.when",
        spoilt('kind = "review"', 'kind = "review"\nwhen = { field = "origin", at_least = "1亿元" }'),
    ),
    "the same code twice": (
        "parts",
        "handler",
        BARE + '\n[[parts]]\ncode = "handler"\nname = "又"\nclause = "一"\n',
    ),
    "the same clause twice": ("clauses", "一", BARE + '\n[[clauses]]\nno = "一"\ngist = "又"\n'),
    "a choice about nothing": (
        "choices",
        "steps.other",
        BARE + '\n[[choices]]\nrule = "steps.other"\nwhy = "无"\n',
    ),
    "an end before the beginning": (
        "policy",
        "effective_to",
        spoilt("effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_to = 2025-12-31"),
    ),
    "a milestone that nobody produces": (
        "milestones",
        "done.produced_by",
        spoilt('reaches = ["done"]', "reaches = []"),
    ),
    "a milestone that nobody may record": (
        "milestones",
        "begun.recorded_by_roles",
        spoilt('recorded_by_parts = ["handler"]', ""),
    ),
    "a step's milestone declared as recorded": (
        "milestones",
        "done.produced_by",
        spoilt('produced_by = "step"', 'recorded_by_parts = ["handler"]'),
    ),
    "an action without its mechanism": (
        "milestones",
        "begun.action",
        spoilt('recorded_by_parts = ["handler"]', 'produced_by = "action"'),
    ),
    "a step that nobody may open": (
        "steps",
        "work.opened_by_roles",
        spoilt('{ milestone = "begun" }', "{ manual = true }"),
    ),
    "a step that nobody concludes": (
        "steps",
        "work.led_by_units",
        spoilt('led_by_parts = ["handler"]\n', ""),
    ),
    "waiting for a limit that is not there": (
        "steps",
        "work.concludes",
        spoilt('limit = { count = 5, unit = "working_day" }\n', ""),
    ),
    "a veto that nobody can give": (
        "steps",
        "work.veto",
        spoilt('answer = "pass_or_veto"', 'answer = "words"'),
    ),
    "guards that wait for each other": (
        "milestones",
        "begun.guard",
        spoilt(
            'recorded_by_parts = ["handler"]',
            'recorded_by_parts = ["handler"]\nguard = { milestones = ["done"] }',
        ),
    ),
    "steps that wait for each other": (
        "steps",
        "work.needs",
        spoilt('kind = "review"', 'kind = "review"\nprerequisites = ["work"]'),
    ),
    "a clock that ends where it starts": (
        "limits",
        "loop.meets_on",
        BARE
        + """
        [[limits]]
        code = "loop"
        name = "空转"
        clause = "一"
        starts_on = "begun"
        meets_on = "begun"
        limit = { count = 1, unit = "month" }
        """,
    ),
    "a class that is nobody's": (
        "classes",
        "small.when",
        BARE
        + """
        [[classes]]
        code = "any"
        name = "大"
        clause = "一"
        when = { field = "total", at_least = "1亿元" }
        [[classes]]
        code = "small"
        name = "更大"
        clause = "一"
        when = { all = [{ field = "total", at_least = "2亿元" }, { field = "sector", is = "industry" }] }
        """,
    ),
    "somebody unknown to be told": (
        "escalation",
        "red.tells[1]",
        BARE
        + '\n[[escalation]]\nlevel = "red"\nname = "红"\nclause = "一"\nat = { after_due = 1 }\n'
        + 'tells = ["king"]\n',
    ),
    "a rung on both sides": (
        "escalation",
        "red.at",
        BARE
        + '\n[[escalation]]\nlevel = "red"\nname = "红"\nclause = "一"\ntells = ["handler"]\n'
        + "at = { after_due = 1, before_due = 1 }\n",
    ),
    "a factor as a float": (
        "credit",
        "funds.weights[1].factor",
        BARE
        + '\n[[credit]]\ncode = "funds"\nmeasure = "agreed_funds"\nname = "资金"\nclause = "一"\n'
        + 'weights = [{ factor = 0.2, clause = "一" }]\n',
    ),
    "shares that do not make one": (
        "credit",
        "funds.joint",
        BARE
        + '\n[[credit]]\ncode = "funds"\nmeasure = "agreed_funds"\nname = "资金"\nclause = "一"\n'
        + 'weights = [{ factor = "1", clause = "一" }]\n'
        + 'joint = { lead = "0.8", supporting = "0.3", several = "equal", clause = "一" }\n',
    ),
    "phases out of order": (
        "phases",
        "code",
        BARE
        + '\n[[phases]]\ncode = "landing"\nname = "落地"\nclause = "一"\n'
        + '[[phases]]\ncode = "planning"\nname = "谋划"\nclause = "一"\n',
    ),
    "a milestone of no phase": (
        "milestones",
        "begun.phase",
        BARE + '\n[[phases]]\ncode = "landing"\nname = "落地"\nclause = "一"\n',
    ),
    "a gate that asks for what lies behind it": (
        "phases",
        "planning.gate.milestones",
        BARE
        + '\n[[phases]]\ncode = "planning"\nname = "谋划"\nclause = "一"\n'
        + '[phases.gate]\nmilestones = ["done"]\nclause = "一"\n',
    ),
    "a first batch that is not the default": (
        "portfolio",
        "reserve.from_milestone",
        BARE + '\n[[portfolio]]\ncode = "reserve"\nname = "储备"\nclause = "一"\nfrom_milestone = "begun"\n',
    ),
}


@pytest.mark.parametrize(("table", "key", "text"), WRONG.values(), ids=WRONG)
def test_a_fault_is_told_with_table_key_and_two_sentences(table, key, text):
    found = faults(text)
    fault = next((f for f in found if (f.table, f.key) == (table, key)), None)
    assert fault, [str(f) for f in found]
    assert fault.file == "bare.toml"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in fault.message_zh)
    assert re.search(r"[a-z]{2,} [a-z]{2,}|required|unknown key", fault.message_en)
    assert "%(" not in fault.message_zh + fault.message_en


def test_every_fault_is_told_at_once():
    text = spoilt("count = 5", "count = 0").replace('kind = "review"', 'kind = "party"')
    assert {fault.key for fault in faults(text)} == {"work.limit.count", "work.kind"}


def test_a_fault_points_at_the_line_where_its_row_begins():
    fault = faults(spoilt('kind = "review"', 'kind = "party"'))[0]
    assert BARE.splitlines()[fault.line - 1] == "[[steps]]"
    assert fault.where.startswith(f"bare.toml:{fault.line}")


def test_a_fault_of_reference_points_at_its_line_too():
    fault = faults(spoilt('led_by_parts = ["handler"]', 'led_by_parts = ["boss"]'))[0]
    assert BARE.splitlines()[fault.line - 1] == "[[steps]]"


def test_broken_toml_is_told_with_its_line():
    fault = faults(BARE + "\n[[steps]\n")[0]
    assert fault.line == BARE.count("\n") + 2
    assert "TOML" in fault.message_zh
    assert "TOML" in fault.message_en


def test_a_file_in_another_encoding_is_told_with_its_line():
    fault = faults(BARE.encode("gb18030"))[0]
    assert "UTF-8" in fault.message_zh
    assert fault.line > 0


def test_a_file_without_end_is_refused_before_it_is_read():
    assert "2MB" in faults(b"#" * 2_000_001)[0].message_zh


def test_an_empty_file_lacks_its_head():
    assert [(fault.table, fault.message_zh) for fault in faults("")] == [("policy", "缺少必填的键")]


def test_nesting_without_end_is_refused():
    assert faults("a = " + "[" * 100_000)[0].message_en == "nested too deeply"


def test_units_are_checked_against_the_organisation_when_it_is_known():
    text = spoilt('led_by_parts = ["handler"]', 'led_by_units = ["nobody"]')
    assert parse_pack(text).steps[0].led_by_units == ("nobody",)
    assert [fault.key for fault in faults(text, units={"somebody"})] == ["work.led_by_units"]


def test_a_pack_may_lean_on_one_that_it_extends():
    text = spoilt('version = "1"', 'version = "1"\nextends = ["base"]')
    text = text.replace('opens_on = { milestone = "begun" }', 'opens_on = { milestone = "asked" }')
    base = parse_pack(BARE.replace('"bare"', '"base"').replace('"begun"', '"asked"'))
    assert parse_pack(text, beside=[base]).steps[0].opens_on.milestone == "asked"
    assert [fault.key for fault in faults(text)] == ["work.opens_on.milestone"]


def test_a_fault_speaks_the_language_of_the_reader():
    fault = faults(spoilt('kind = "review"', 'kind = "party"'))[0]
    assert fault.message == fault.message_zh
    with translation.override("en"):
        assert fault.message == fault.message_en


def test_a_loaded_pack_cannot_be_changed():
    pack = parse_pack(BARE)
    with pytest.raises(ValueError, match="frozen"):
        pack.steps[0].name = "别的"  # type: ignore[misc]
