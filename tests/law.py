"""The shipped law for tests: the organisation of Fuling, its two packs in force, the official calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection

from accounts import organisation
from accounts.models import AuditEntry, Unit, User
from deadlines.models import CalendarDay, CalendarVersion
from kernel.bulk import fetch, run, write
from policies import actions as policies
from policies.models import Policy, PolicyVersion
from policies.rulebook import Rulebook, current
from projects import actions
from projects.actions import EnterpriseData
from projects.models import Project
from tests import factories

PACKS = Path(__file__).parent.parent / "policies" / "packs"
TODAY = factories.TODAY


@dataclass(frozen=True)
class District:
    """The people and units that stories need; everything is made once per test."""

    bureau: Unit
    park: Unit
    clerk: User
    head: User
    rules: Rulebook

    def unit(self, code: str) -> Unit:
        return Unit.objects.get(code=code)

    def person(self, role: str, unit_code: str) -> User:
        return factories.user(role, unit=self.unit(unit_code))

    def project(self, name: str = "年产5万吨新材料项目", **fields: Any) -> Project:
        """A registered lead with an investor from outside the municipality."""
        investor = EnterpriseData(f"{name}投资公司", no_code_reason="尚未注册", division_code="330100")
        on = fields.pop("on", TODAY)
        return actions.register(
            by=fields.pop("by", self.clerk), on=on, name=name, enterprise=investor, fields=fields
        )


Rewording = tuple[str, str]
"""A line of a pack's TOML and what stands there instead."""


def open_district(
    on: date = TODAY, packs: Sequence[str] = (), reworded: Sequence[Rewording] = ()
) -> District:
    """``packs``: names of packs to put in force instead of those that are shipped for Fuling; ``reworded``:
    what another locality would write in them."""
    _lay_down(on, tuple(packs), tuple(reworded))
    bureau = Unit.objects.get(code="investment-bureau")
    clerk, head = factories.user("bureau_clerk", unit=bureau), factories.user("bureau_head", unit=bureau)
    park = Unit.objects.filter(kind="park").in_force(on).order_by("code")[0]
    return District(bureau, park, clerk, head, current(on)[1])


_LAID: dict[
    tuple[date, tuple[str, ...], tuple[Rewording, ...]], list[tuple[str, list[str], list[tuple[Any, ...]]]]
] = {}
_MODELS = (Unit, Unit.history.model, Policy, PolicyVersion, CalendarVersion, CalendarDay, AuditEntry)


def _lay_down(on: date, packs: tuple[str, ...], reworded: tuple[Rewording, ...]) -> None:
    """Organisation, packs and calendar as the product loads them; from the second test on, the same rows."""
    if (on, packs, reworded) in _LAID and not Unit.objects.exists():
        for table, columns, rows in _LAID[on, packs, reworded]:
            write(table, columns, rows)
        for sql in connection.ops.sequence_reset_sql(no_style(), list(_MODELS)):
            run(sql)  # the rows brought their keys along: the next ones come after them
        return
    organisation.load_units(text=(organisation.SHIPPED / "fuling-units.toml").read_text(), by=None)
    call_command("seed_calendar", verbosity=0)
    unmet = {old for old, _new in reworded}
    for pack in [PACKS / f"{name}.toml" for name in packs] or sorted(PACKS.glob("*.toml")):
        text = pack.read_text()
        for old, new in reworded:
            unmet -= {old} if old in text else set()
            text = text.replace(old, new)
        version = policies.load(text=text, by=None, on=on)
        policies.publish(version=version, by=None, on=on)
    assert not unmet, f"not in any pack: {unmet}"
    _LAID[on, packs, reworded] = [
        _rows_of(model._meta.db_table, [str(f.column) for f in model._meta.concrete_fields])
        for model in _MODELS
    ]


def _rows_of(table: str, columns: list[str]) -> tuple[str, list[str], list[tuple[Any, ...]]]:
    names = ", ".join(f'"{column}"' for column in columns)
    return table, columns, fetch(f'SELECT {names} FROM "{table}" ORDER BY 1')


def before(rules: Rulebook, code: str) -> list[str]:
    """The milestones that a milestone rests on, deepest first."""
    found: list[str] = []
    for needed in rules.milestone(code).guard.milestones:
        found += [*before(rules, needed), needed]
    return list(dict.fromkeys(found))
