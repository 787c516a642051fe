"""Claims, cadences and topics are pack data: another locality's values are TOML alone."""

import pytest

from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.packs import PACKS
from policies.schema import CHANNELS
from policies.wording import Names, rule_lines
from projects.models.records import Channel

FULING = (PACKS / "fuling-lifecycle-2024.toml").read_text("utf-8")
WINDOW = 'window = { count = 6, unit = "month" }\nkept_by = "first_talk_registered"'


def with_window(text: str) -> str:
    assert WINDOW in FULING
    return FULING.replace(WINDOW, text, 1).replace(
        'rule = "claiming.first_contact.window"', 'rule = "claiming.first_contact.until"'
    )


def test_the_channels_a_pack_may_name_are_those_of_contacts() -> None:
    assert list(CHANNELS) == Channel.values


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("", "不设保护期"),
        ('until = "signed"', "保护至“"),
        ('window = { count = 2, unit = "week" }', "自认领之日起2周"),
    ],
)
def test_a_window_is_none_until_a_milestone_or_a_span(toml: str, says: str) -> None:
    pack = parse_pack(with_window(toml))
    assert any(says in line for line in rule_lines(pack.claiming[0], Names.of([pack], {})))


def test_contact_may_be_due_every_so_many_weeks_on_a_fixed_weekday() -> None:
    weekly = 'every = { count = 2, unit = "week", weekday = 5 }'
    pack = parse_pack(FULING.replace('every = { count = 1, unit = "month" }', weekly))
    every = pack.cadences[0].every
    assert every is not None
    limit = every.limit
    assert (limit.count, limit.unit, limit.weekday) == (2, "week", 5)
    assert any("每2周（逢周五截止）" in line for line in rule_lines(pack.cadences[0], Names.of([pack], {})))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (WINDOW, 'kept_by = "first_talk_registered"', "first_contact"),
        (WINDOW, 'until = "no_such"', "first_contact.until"),
        ('offered_part = "asked"', 'offered_part = "nobody"', "first_contact.part"),
        (
            'every = { count = 1, unit = "month" }',
            'every = { count = 1, unit = "year" }',
            "first_contact_call.every.unit",
        ),
        ('channels = ["visit", "reception"]', 'channels = ["pigeon"]', "construction.channels[1]"),
    ],
)
def test_what_does_not_hang_together_is_refused(old: str, new: str, key: str) -> None:
    assert old in FULING
    with pytest.raises(PackRefused) as refused:
        parse_pack(FULING.replace(old, new, 1))
    assert key in [error.key for error in refused.value.errors]
