"""The terms of an agreement: read as people write them, kept as values, shown, and put into clauses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from approvals.agreement_models import AgreementVersion
from kernel import money
from kernel.money import show_fen
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Term
from projects.models import Project

MOST_WORDS = 1000
MOST_COMMITMENTS = 50
ABSURD = Decimal(10) ** 12
LATEST = date(2100, 1, 1)
GAP = "＿＿＿＿"
"""What stands in a clause where no value is agreed yet."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a department promises beside the terms; ``by`` is the day until which, where one is named."""

    unit: Unit
    what: str
    by: date | None = None

    def kept(self) -> dict[str, str]:
        by = self.by.isoformat() if self.by else ""
        return {"unit": self.unit.code, "unit_name": self.unit.name, "what": self.what.strip(), "by": by}


def read(rules: Rulebook, grade: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept, by code of the term; what is left blank is left out.

    Raises Refused (invalid) with one item for each term that is unknown, unreadable, or missing although
    the plan requires it for the grade; ``field`` names the term.
    """
    known = {term.code: term for term in rules.terms}
    faults = [
        Unmet("unknown_term", _("制度中没有条款项“%(code)s”") % {"code": code}, field=code)
        for code in written
        if code not in known
    ]
    values: dict[str, Any] = {}
    for term in rules.terms:
        text = str(written.get(term.code) or "").strip()
        try:
            if text:
                values[term.code] = _read(term, text)
            elif grade in term.required_for:
                message = _("“%(name)s”必须约定") % {"name": term.name}
                faults.append(Unmet(f"term:{term.code}", message, term.clause, field=term.code))
        except ValueError as error:
            message = _("%(name)s：%(fault)s") % {"name": term.name, "fault": error}
            faults.append(Unmet(f"term:{term.code}", message, term.clause, field=term.code))
    if faults:
        raise Refused(faults, "invalid")
    return values


def _read(term: Term, text: str) -> Any:
    """One value. Raises ValueError with words for people."""
    if term.kind == "money":
        return _money(text)
    if term.kind == "date":
        return _day(text).isoformat()
    if term.kind in ("number", "ratio"):
        return _number(text, most=Decimal(100) if term.kind == "ratio" else ABSURD)
    if len(text) > MOST_WORDS:
        raise ValueError(_("最多 %(most)s 字") % {"most": MOST_WORDS})
    return text


def _money(text: str) -> int:
    amount = money.parse_yuan(text)
    if amount < 0 or amount > ABSURD:
        raise ValueError(_("金额应在 0 到 1 万亿元之间：%(text)s") % {"text": text})
    return money.fen(amount)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_("日期应写作“2026-03-31”：%(text)s") % {"text": text}) from error
    if not date(2000, 1, 1) <= day < LATEST:
        raise ValueError(_("日期不合理，请核对年份：%(text)s") % {"text": text})
    return day


def _number(text: str, most: Decimal) -> str:
    plain = text.replace(",", "").replace("，", "").removesuffix("%").removesuffix("％").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(_("应为数字：%(text)s") % {"text": text}) from error
    if not number.is_finite() or not 0 <= number <= most:
        raise ValueError(_("应在 0 到 %(most)s 之间：%(text)s") % {"most": f"{most:,f}", "text": text})
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise ValueError(_("最多六位小数：%(text)s") % {"text": text})
    whole = f"{number:f}"
    return (whole.rstrip("0").rstrip(".") if "." in whole else whole) or "0"


def keep_commitments(rows: Sequence[Commitment], on: date) -> list[dict[str, str]]:
    """The commitments as they are kept. Raises Refused (invalid) for empty words, doubles, too many."""
    kept: list[dict[str, str]] = []
    for row in rows:
        if not row.what.strip():
            raise Refused.invalid("commitments", _("请填写%(unit)s的承诺内容") % {"unit": row.unit})
        if len(row.what.strip()) > 120:
            raise Refused.invalid("commitments", _("每项承诺最多 120 字，详细内容写入协议文本"))
        if row.by is not None and row.by <= on:
            message = _("%(unit)s的承诺期限应晚于版本日期 %(day)s")
            raise Refused.invalid("commitments", message % {"unit": row.unit, "day": on})
        one = row.kept()
        if one in kept:
            message = _("%(unit)s的承诺写了两次：%(what)s")
            raise Refused.invalid("commitments", message % {"unit": row.unit, "what": row.what})
        kept.append(one)
    if len(kept) > MOST_COMMITMENTS:
        raise Refused.invalid("commitments", _("部门承诺最多 %(most)s 项") % {"most": MOST_COMMITMENTS})
    return kept


def shown(term: Term, value: Any) -> str:
    """The value for people: "20亿元", "350万元/亩", "30%"; "—" for nothing."""
    if value is None or value == "":
        return "—"
    if term.kind == "money":
        return show_fen(int(value))
    if term.kind == "ratio":
        return f"{value}%"
    return f"{value}{term.measure}"


def written(term: Term, value: Any) -> str:
    """The value as it goes back into a form."""
    return (
        "" if value is None else show_fen(int(value)).replace(",", "") if term.kind == "money" else str(value)
    )


def commitment_lines(rows: Iterable[Mapping[str, str]]) -> list[str]:
    lines = []
    for row in rows:
        by = _("（%(day)s前）") % {"day": row["by"]} if row["by"] else ""
        lines.append(f"{row['unit_name']}：{row['what']}{by}")
    return lines


def grade_name(rules: Rulebook, code: str) -> str:
    return next((grade.name for grade in rules.grades if grade.code == code), code)


@dataclass(frozen=True, slots=True)
class Clause:
    name: str
    clause: str
    text: str
    missing: tuple[str, ...] = ()


def clauses(version: AgreementVersion, project: Project, rules: Rulebook) -> list[Clause]:
    """The clauses of the pack for this grade, the values put in; what has no value is a gap."""
    own = {
        "project": project.name,
        "enterprise": str(project.enterprise or "—"),
        "title": version.agreement.title,
        "grade": grade_name(rules, version.grade),
        "number": str(version.number),
        "commitments": "；".join(commitment_lines(version.commitments)),
    }
    terms = {term.code: term for term in rules.terms}
    found = []
    for template in rules.clause_templates:
        if template.grades and version.grade not in template.grades:
            continue
        filled = {place: _filled(place, own, terms.get(place), version) for place in template.places}
        missing = [terms[place].name for place, value in filled.items() if not value and place in terms]
        text = template.text.format_map({place: value or GAP for place, value in filled.items()})
        found.append(Clause(template.name, template.clause, text, tuple(missing)))
    return found


def _filled(place: str, own: Mapping[str, str], term: Term | None, version: AgreementVersion) -> str:
    """What stands at a place of a clause; "" for a gap."""
    if term is None:
        return own.get(place, "")
    value = version.values.get(place)
    return "" if value in (None, "") else shown(term, value)


def new_url(project: Project) -> str:
    return reverse("agreement-new", args=[project.pk])
