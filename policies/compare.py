"""What changed between two versions of a pack, rule by rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from policies.bites import kind_name, unit_names
from policies.models import PolicyVersion
from policies.rulebook import pack_of
from policies.schema import Pack, Phase, Rule
from policies.wording import Names, needs_text, rule_lines


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that is new, gone or different; ``before`` and ``after`` hold only the lines that differ."""

    what: Literal["added", "removed", "changed"]
    kind: str
    code: str
    name: str
    clause: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def compare(old: PolicyVersion, new: PolicyVersion) -> list[Change]:
    """Rules and clauses that differ, in the order of the newer version, then what is gone."""
    earlier, later = pack_of(old.body), pack_of(new.body)
    units = unit_names()
    return [*_clauses(earlier, later), *_rules(earlier, later, units)]


def _clauses(earlier: Pack, later: Pack) -> list[Change]:
    old, new = ({clause.no: (clause.gist,) for clause in pack.clauses} for pack in (earlier, later))
    changed = [no for no in {**new, **old} if old.get(no) != new.get(no)]
    return [_change((_("条款"), no, no, no), old.get(no), new.get(no)) for no in changed]


def _rules(earlier: Pack, later: Pack, units: Mapping[str, str]) -> list[Change]:
    old, new = (_side(pack, Names.of([pack], units)) for pack in (earlier, later))
    changes = []
    for key in {**new, **old}:
        before, after = old.get(key), new.get(key)
        if before and after and before[0] == after[0]:
            continue
        rule = after[0] if after else old[key][0]
        label = (kind_name(key[0]), rule.key, rule.name, rule.clause)
        changes.append(_change(label, before[1] if before else None, after[1] if after else None))
    return changes


def _side(pack: Pack, names: Names) -> dict[tuple[str, str], tuple[Rule, tuple[str, ...]]]:
    """Every rule of one version by table and code, with its sentences."""
    return {(table, rule.key): (rule, _lines(rule, names)) for table, rule in pack.rules()}


def _lines(rule: Rule, names: Names) -> tuple[str, ...]:
    lines = [_("名称：%(name)s") % {"name": rule.name}, _("依据：%(clause)s") % {"clause": rule.clause}]
    gate = needs_text(rule.gate, names) if isinstance(rule, Phase) and rule.gate else []
    return (*lines, *gate, *rule_lines(rule, names))


def _change(
    label: tuple[str, str, str, str], before: tuple[str, ...] | None, after: tuple[str, ...] | None
) -> Change:
    """``label``: kind, code, name, clause."""
    if before is None:
        return Change("added", *label, after=after or ())
    if after is None:
        return Change("removed", *label, before=before)
    gone = tuple(line for line in before if line not in after)
    come = tuple(line for line in after if line not in before)
    return Change("changed", *label, before=gone, after=come)
