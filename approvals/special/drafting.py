"""A report's words and figures from the case: what is known already is asked of nobody again.

What is drafted goes into the files, so it is put together in the deployment's language.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import Opinion, Step
from documents.official import Block, Heading, Official, Table, blocks_of, day_in_words
from kernel.language import house_language
from kernel.money import show_fen
from kernel.phones import mask_in_prose
from policies.facts import FACTS, Fact
from policies.schema import ReportRule, ReportSection
from projects.facts import facts_of
from projects.models import ContactRecord, Project

LABEL_MM, VALUE_MM = 40, 116
_NAMED = {"enterprise", "introducing_unit", "landing_unit"}
_LABELLED = {"project_type", "agreement_grade", "land_mode"}

Rows = list[list[str]]
"""Pairs of label and value, as they are stored with an issued report."""


@house_language()
def title_for(rule: ReportRule, project: Project) -> str:
    firm = project.enterprise.name if project.enterprise else ""
    return rule.title.format(project=project.name, enterprise=firm)[:200]


@house_language()
def body_for(rule: ReportRule, project: Project) -> list[dict[str, Any]]:
    """The sections as a draft begins: with what the case says, then the plan's own words."""
    return [
        {"code": section.code, "heading": section.heading, "text": _text(section, project)}
        for section in rule.sections
    ]


def _text(section: ReportSection, project: Project) -> str:
    lines = _assessment(project, section.step) if section.step else []
    lines += _talks(project, section.contacts) if section.contacts else []
    return "\n".join([*lines, section.text] if section.text else lines)


def _assessment(project: Project, code: str) -> list[str]:
    """The verdict of the latest round that was concluded, and what each unit said."""
    rounds = Step.objects.filter(case_id=project.pk, code=code, concluded_on__isnull=False)
    step = rounds.select_related("lead_unit").order_by("-round").first()
    if step is None or step.concluded_on is None:
        return []
    data = {"day": day_in_words(step.concluded_on), "unit": step.lead_unit or "—"}
    data |= {"name": step.name, "verdict": step.verdict_name}
    lines = [_("%(day)s，%(unit)s作出%(name)s结论：%(verdict)s。") % data]
    lines += [mask_in_prose(step.concluded_reason)] if step.concluded_reason else []
    given = step.opinions.filter(in_force=True, given_on__isnull=False).select_related("unit").order_by("id")
    return lines + [_opinion(number, row) for number, row in enumerate(given, 1)]


def _opinion(number: int, row: Opinion) -> str:
    said = mask_in_prose(" ".join(row.words.split())) or str(row.get_answer_display())
    score = _("（评分%(score)s）") % {"score": row.score} if row.score is not None else ""
    data = {"n": number, "aspect": row.aspect_name, "unit": row.unit.name, "said": said, "score": score}
    return _("%(n)s. %(aspect)s（%(unit)s）：%(said)s%(score)s") % data


def _talks(project: Project, most: int) -> list[str]:
    """The latest contacts, oldest first."""
    found = list(ContactRecord.objects.filter(project=project).order_by("-on", "-id")[:most])
    return [_contact(row) for row in reversed(found)]


def _contact(row: ContactRecord) -> str:
    where = f"（{row.place}）" if row.place else ""
    data = {
        "day": day_in_words(row.on),
        "how": f"{row.get_channel_display()}{where}",
        "whom": row.with_whom,
        "matter": " ".join(row.matter.split()),
    }
    text = _("%(day)s，%(how)s，与%(whom)s洽谈：%(matter)s") % data
    return mask_in_prose("；".join([text, " ".join(row.outcome.split())]) if row.outcome.strip() else text)


@house_language()
def rows_for(section: ReportSection | None, project: Project) -> Rows:
    """The figures of a section as the case has them now; what is not known is left out."""
    facts = facts_of(project)
    found = [(FACTS[code], _shown(FACTS[code], facts.get(code), project)) for code in _codes(section)]
    return [[str(fact.name), value] for fact, value in found if value]


def _codes(section: ReportSection | None) -> Iterable[str]:
    return section.facts if section else ()


def _shown(fact: Fact, value: Any, project: Project) -> str:
    """A fact as people write it; "" where it is not known."""
    if fact.code == "land":
        return f"{value:,} ㎡" if value else project.land_text
    if value in (None, ""):
        return ""
    if fact.code in _NAMED:
        return str(getattr(project, fact.code).name)
    if fact.code in _LABELLED:
        return str(getattr(project, f"get_{fact.code}_display")())
    return _plain(fact, value, project)


def _plain(fact: Fact, value: Any, project: Project) -> str:
    if fact.kind == "money":
        return show_fen(value)
    if fact.kind == "flag":
        return _("是") if value else _("否")
    if fact.code == "industry_code":
        return f"{value} {project.industry_text}".strip()
    return str(fact.words.get(value, value))


def sections_of(
    body: list[dict[str, Any]], rule: ReportRule | None, project: Project
) -> list[dict[str, Any]]:
    """A body with the figures beside the words: as frozen when issued, else the case's own of today."""
    return [
        {**one, "rows": one["rows"] if "rows" in one else _live(rule, one["code"], project)} for one in body
    ]


def _live(rule: ReportRule | None, code: str, project: Project) -> Rows:
    return rows_for(rule.section(code) if rule else None, project)


def official(
    *, title: str, number: str, addressee: str, unit: str, on: Any, sections: list[dict[str, Any]]
) -> Official:
    """The report as a document to be rendered; ``sections`` with their rows."""
    blocks: list[Block] = []
    for section in sections:
        blocks.append(Heading(section["heading"]))
        if section["rows"]:
            rows = tuple((label, value) for label, value in section["rows"])
            blocks.append(Table(rows, (LABEL_MM, VALUE_MM)))
        blocks += blocks_of(section["text"])
    return Official(title, number, addressee, unit, on, tuple(blocks))
