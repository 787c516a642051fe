"""Words that many rules share: names, limits, needs, who."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.roles import Role
from kernel.conditions import Condition, explain
from policies.facts import labels
from policies.schema import Limit, Needs, Pack
from policies.spans import span_text


@dataclass(frozen=True)
class Names:
    """Names by table and code, so that a sentence reads "区财政局" and not "finance"."""

    by_table: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, packs: Iterable[Pack], units: Mapping[str, str]) -> "Names":
        tables: dict[str, dict[str, str]] = {"units": dict(units), "facts": labels()}
        for pack in packs:
            for table, rule in pack.rules():
                tables.setdefault(table, {})[rule.key] = rule.name
        return cls(tables)

    def one(self, table: str, code: str) -> str:
        return self.by_table.get(table, {}).get(code, code)

    def many(self, table: str, codes: Iterable[str]) -> str:
        return "、".join(self.one(table, code) for code in codes)


def limit_text(limit: Limit) -> str:
    """ "力争7个工作日内", with roll-forward said where it applies."""
    text = _("力争%(span)s内") if limit.strength == "strive" else _("%(span)s内")
    text %= {"span": span_text(limit)}
    return text + (_("（末日为休息日的顺延）") if limit.roll_forward else "")


def needs_text(needs: Needs, names: Names) -> list[str]:
    """Each kind of need as one sentence; empty for no needs."""
    lines = []
    if needs.milestones:
        lines.append(_("须已完成：%(what)s") % {"what": names.many("milestones", needs.milestones)})
    if needs.fields:
        lines.append(_("须已填写：%(what)s") % {"what": names.many("facts", needs.fields)})
    if needs.documents:
        lines.append(_("须已具备材料：%(what)s") % {"what": names.many("documents", needs.documents)})
    return lines


def when_text(when: Condition) -> list[str]:
    return [_("适用：%(when)s") % {"when": explain(when, labels())}] if when != Condition() else []


def who_text(names: Names, parts: Iterable[str], units: Iterable[str] = (), roles: Iterable[str] = ()) -> str:
    """Units, parts and roles in one enumeration."""
    said = [names.one("units", code) for code in units] + [names.one("parts", code) for code in parts]
    return "、".join(said + [str(Role(role).label) for role in roles])
