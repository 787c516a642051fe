"""The organisation file: every unit the plans name, loaded again and again without doubling."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Unit
from accounts.organisation import SHIPPED, load_units, read_units
from kernel.refusals import Refused
from tests import factories

pytestmark = pytest.mark.django_db
FULING = (SHIPPED / "fuling-units.toml").read_text()
HEAD = '[organisation]\ndivision_code = "500102"\nvalid_from = 2021-01-01\n'


def one(code: str, more: str = "", kind: str = "department") -> str:
    return f'\n[[units]]\ncode = "{code}"\nname = "{code}"\nkind = "{kind}"\n{more}\n'


def faults(text: str) -> set[str]:
    with pytest.raises(Refused) as caught:
        read_units(text)
    assert caught.value.status == "invalid"
    assert all(item.message for item in caught.value.unmet)
    return {item.field for item in caught.value.unmet}


def test_the_shipped_organisation_loads_once_and_then_stays():
    first = load_units(text=FULING, by=None)
    assert first.created == Unit.objects.count() > 60
    assert (first.changed, first.unchanged) == (0, 0)
    again = load_units(text=FULING, by=None)
    assert (again.created, again.changed, again.unchanged) == (0, 0, first.created)
    assert Unit.history.filter(code="investment-bureau").count() == 1


def test_the_bodies_of_2021_lead_to_their_successors():
    load_units(text=FULING, by=None)
    for code in ("fuling-new-area", "bonded-zone-2021"):
        old = Unit.objects.get(code=code)
        assert old.successor
        assert (old.successor.code, old.valid_to) == ("gaoxin-park", date(2024, 10, 31))
    in_2023 = Unit.objects.in_force(date(2023, 1, 1)).filter(kind="park")
    assert {"fuling-new-area", "baitao-park-2021", "lingang-park"} <= set(
        in_2023.values_list("code", flat=True)
    )
    today = set(Unit.objects.in_force(date(2025, 1, 1)).values_list("code", flat=True))
    assert {"gaoxin-park", "baitao-park", "transport"} <= today
    assert not {"fuling-new-area", "transport-bureau-2021"} & today


def test_what_neither_paper_tells_stays_open():
    load_units(text=FULING, by=None)
    for code in ("lingang-park", "qingxi-park", "jiangbei-tourism"):
        unit = Unit.objects.get(code=code)
        assert unit.successor is None
        assert unit.valid_to is None
        assert "未载明" in unit.note


def test_the_twelve_groups_of_2021_are_there():
    load_units(text=FULING, by=None)
    assert Unit.objects.filter(kind="office", parent__code="improvement-work-group").count() == 12


def test_a_changed_file_changes_its_units_and_leaves_others():
    load_units(text=HEAD + one("a") + one("b"), by=None)
    factories.unit("c")
    done = load_units(text=HEAD + one("a", 'parent = "c"') + one("b"), by=None)
    assert (done.created, done.changed, done.unchanged) == (0, 1, 1)
    assert Unit.objects.get(code="a", parent__code="c")
    assert Unit.objects.filter(code="c").exists()


def test_loading_is_noted_with_its_numbers():
    person = factories.user("system_admin")
    load_units(text=HEAD + one("a"), by=person)
    entry = AuditEntry.objects.get(kind="organisation.loaded")
    assert (entry.user, entry.detail["created"]) == (person, 1)
    assert Unit.history.get(code="a").history_user == person


def test_only_the_system_administrator_loads():
    with pytest.raises(Refused) as caught:
        load_units(text=HEAD + one("a"), by=factories.user("bureau_head"))
    assert caught.value.status == "forbidden"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[units", "file"),
        ("organisation = 1", "file"),
        (HEAD, "units"),
        (HEAD + one("a", kind="circus"), "units.a.kind"),
        (HEAD + one("a", 'level = "moon"'), "units.a.level"),
        (HEAD + one("a", 'colour = "red"'), "units.a.colour"),
        (HEAD + one("A"), "units.A.code"),
        (one("a"), "units.a.division_code"),
        (HEAD + one("a", 'valid_to = "2024"'), "units.a.valid_to"),
        (HEAD + one("a", "valid_to = 2020-01-01"), "units.a.valid_to"),
        (HEAD + one("a") + one("a"), "units.a.code"),
        (HEAD + one("a", 'parent = "nobody"'), "units.a.parent"),
        (HEAD + one("a", 'valid_to = 2022-01-01\nsuccessor = "nobody"'), "units.a.successor"),
        (HEAD + one("a") + one("b", 'successor = "a"'), "units.b.valid_to"),
        (HEAD + one("a", 'parent = "b"') + one("b", 'parent = "a"'), "units.a.parent"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(text, field):
    assert field in faults(text)


def test_a_wrong_file_changes_nothing():
    with pytest.raises(Refused):
        load_units(text=HEAD + one("a") + one("b", 'parent = "nobody"'), by=None)
    assert not Unit.objects.exists()


def test_the_command_knows_the_shipped_file_by_name(capsys):
    call_command("load_organisation", "fuling-units")
    assert "新增" in capsys.readouterr().out
    assert Unit.objects.filter(code="investment-bureau").exists()


def test_the_command_says_what_is_wrong_and_where(tmp_path):
    path = tmp_path / "units.toml"
    path.write_text(HEAD + one("a", kind="circus"))
    with pytest.raises(CommandError, match=r"units\.a\.kind"):
        call_command("load_organisation", str(path))
    with pytest.raises(CommandError, match="无法读取"):
        call_command("load_organisation", str(tmp_path / "nowhere.toml"))
