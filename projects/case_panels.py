"""The panels that the project itself hangs into its case file. Each runs a fixed number of queries."""

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.roles import Can
from deadlines import wording
from deadlines.models import Deadline, Pause
from deadlines.permissions import may_stop
from deadlines.planning import stops
from deadlines.showing import light_of
from documents.actions import kinds_of
from kernel.clock import today
from kernel.phones import mask, mask_in_prose
from policies.rulebook import Rulebook
from policies.spans import span_text
from projects import coded, comparing_pair, reading
from projects.claim_panel import claims
from projects.facts import rules_of
from projects.models import Measure, Money, Project, ReachedMilestone
from projects.panels import Panel, register
from projects.permissions import may_on
from projects.rounds import first_of, later_rounds
from projects.timeline import entries_after
from projects.views.base import user_of


def _link(request: HttpRequest, what: Can, words: str, name: str, project: Project) -> list[tuple[str, str]]:
    """A link of the panel's header, for those who may."""
    return [(words, reverse(name, args=[project.pk]))] if may_on(user_of(request), what, project) else []


def facts(request: HttpRequest, project: Project) -> dict[str, Any]:
    firm = project.enterprise
    land = f"{project.land_square_metres:,} ㎡" if project.land_square_metres else project.land_text
    flags = [
        str(Project._meta.get_field(name).verbose_name)
        for name in ("green_channel", "small_low_risk", "special_fire")
        if getattr(project, name)
    ]
    rows = [
        (_("来源"), project.get_origin_display()),
        (_("项目类型"), project.get_project_type_display()),
        (_("协议类型"), project.get_agreement_grade_display()),
        (_("产业类别"), project.get_sector_display()),
        (_("行业"), " ".join(x for x in (project.industry_code, project.industry_text) if x)),
        (_("谋划年度"), project.planning_year),
        (_("用工人数"), project.jobs),
        (_("用地"), land),
        (_("用地方式"), project.get_land_mode_display()),
        (_("选址"), project.site),
        (_("标记"), "、".join(flags)),
        *_lead(project),
        (_("建档日期"), project.case.opened_on),
        (_("投资项目代码"), "、".join(reading.of(project).codes)),
    ]
    return {
        "rows": rows,
        "firm": firm,
        "phone": mask(firm.contact_phone) if firm else "",
        "versions": rules_of(project).sources,
        "panel_actions": _link(request, Can.EDIT_PROJECT, _("投资项目代码"), "project-codes", project)
        + _link(request, Can.EDIT_PROJECT, _("首个项目"), "project-first", project),
    }


def _lead(project: Project) -> list[tuple[str, str]]:
    """How the lead came and what it is marked with, in the plan's words."""
    rules = rules_of(project)
    said = {
        column: coded.said(coded.names(rules, column), getattr(project, column)) for column in coded.TABLES
    }
    rows = [(column, said[column]) for column in ("lead_channel", *coded.SEVERAL)]
    found = [(str(Project._meta.get_field(column).verbose_name), text) for column, text in rows]
    source = str(Project._meta.get_field("lead_source").verbose_name)
    return [found[0], (source, mask_in_prose(project.lead_source)), *found[1:]]


def clocks(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Open ones by due day, and the latest closed; the arithmetic of each is unfolded on the page."""
    read = reading.of(project)
    found: list[Any] = list(read.clocks)
    prefetch_related_objects([row for row in found if row.was_stopped], "pauses")  # few clocks ever are
    found.sort(key=lambda row: (not row.is_open, row.due_on.toordinal() if row.is_open else -row.pk))
    calendar, day, user = read.calendar, today(), user_of(request)
    pauses = {row.pk: list(row.pauses.all()) if row.was_stopped else [] for row in found}
    lines = [
        {
            "row": row,
            "light": light_of(row, day),
            "limit": span_text(row),
            "pauses": pauses[row.pk],
            "sum": _sum(calendar, row, pauses[row.pk]),
            "may_stop": may_stop(user, row),
        }
        for row in found
    ]
    running = [line for line in lines if line["row"].is_open]
    return {
        "running": running,
        "closed": lines[len(running) :],
        "panel_count": len(running) or "",
        "may_approve": may_on(user, Can.APPROVE_PAUSE, project),
    }


def _sum(calendar: Any, row: Deadline, pauses: list[Pause]) -> list[str]:
    return wording.lines(calendar.explain(row.started_on, row, stops(pauses)))


def milestones(request: HttpRequest, project: Project) -> dict[str, Any]:
    """All milestones of the plan by phase, each with what was recorded."""
    rules = rules_of(project)
    reached: dict[str, list[ReachedMilestone]] = defaultdict(list)
    for row in reading.of(project).milestones:
        reached[row.code].append(row)
    groups: list[dict[str, Any]] = [
        {
            "phase": phase,
            "rows": [_milestone(rule, reached.get(rule.code, [])) for rule in _of(phase.code, rules)],
        }
        for phase in rules.phases
    ]
    for group in groups:
        group["done"] = sum(line["whole"] for line in group["rows"])
        group["open"] = group["phase"].code == project.phase
    total = sum(len(group["rows"]) for group in groups)
    return {"groups": groups, "panel_count": f"{sum(group['done'] for group in groups)}/{total}"}


def _of(phase: str, rules: Rulebook) -> list[Any]:
    return [rule for rule in rules.milestones.values() if rule.phase == phase]


def _milestone(rule: Any, rows: list[ReachedMilestone]) -> dict[str, Any]:
    total = max((row.parts_total for row in rows), default=1)
    return {
        "rule": rule,
        "rows": rows,
        "last": rows[-1] if rows else None,
        "whole": bool(rows) and len(rows) >= total,
        "part": f"{len(rows)}/{total}" if total > 1 else "",
        "outstanding": any(row.evidence_outstanding for row in rows),
    }


def team(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Each part on one line, in the plan's order, with everybody who plays it."""
    rules, parts = rules_of(project), reading.of(project).parts
    order = {code: place for place, code in enumerate(rules.parts)}
    lines: dict[str, dict[str, Any]] = {}
    for part in sorted(parts, key=lambda part: (order.get(part.part, len(order)), part.pk)):
        rule = rules.parts.get(part.part)
        line = lines.setdefault(part.part, {"name": rule.name if rule else part.part, "who": []})
        line["who"].append(" ".join(str(x) for x in (part.unit, part.user) if x))
    links = _link(request, Can.ASSIGN_PARTS, _("管理"), "project-parts", project)
    return {"lines": list(lines.values()), "panel_count": len(parts) or "", "panel_actions": links}


def contacts(request: HttpRequest, project: Project) -> dict[str, Any]:
    rows = reading.of(project).contacts
    links = _link(request, Can.RECORD_CONTACT, _("登记对接"), "project-contact", project)
    shown = reading.with_details(project, rows[: reading.CONTACTS])
    return {"rows": shown, "more": len(rows) > reading.CONTACTS, "panel_actions": links}


def money(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The figure in force of each measure; what it replaced stands on the page of all figures."""
    rows = Money.objects.filter(project=project, superseded_by__isnull=True).select_related("evidence")
    found: dict[str, list[Money]] = defaultdict(list)
    for row in rows.order_by("-on", "-id")[:200]:
        found[row.measure].append(row)
    lines = [
        {
            "label": measure.label,
            "fen": getattr(project, f"{measure}_fen"),
            "rows": found[measure.value],
            "measure": measure.value,
        }
        for measure in Measure
        if found[measure.value]
    ]
    links = _link(request, Can.RECORD_MONEY, _("登记资金"), "project-money-new", project)
    return {"lines": lines, "panel_actions": links}


def attachments(request: HttpRequest, project: Project) -> dict[str, Any]:
    rows, kinds = reading.of(project).papers, kinds_of(project.case)
    lines = [{"row": row, "kind": kinds.get(row.kind, row.kind)} for row in rows[: reading.PAPERS]]
    links = _link(request, Can.ATTACH, _("上传材料"), "project-attach", project)
    return {"lines": lines, "more": len(rows) > reading.PAPERS, "panel_actions": links}


def absorbed(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {"lines": comparing_pair.absorbed(project)}


def rounds(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The first project and the later ones, both ways; two queries at most."""
    links = _link(request, Can.EDIT_PROJECT, _("管理"), "project-first", project)
    return {
        "first": first_of(project, user_of(request)),
        "later": later_rounds(project, user_of(request)),
        "panel_actions": links,
    }


def _rounds_of_it() -> dict[str, Any]:
    return {"has_rounds": Exists(Project.objects.filter(Q(first_project=OuterRef("pk"))))}


def _has_rounds(user: User, project: Project) -> bool:
    return project.first_project_id is not None or bool(getattr(project, "has_rounds", False))


def explanations(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {"explanations": list(project.explanations.select_related("by", "unit"))}


def _explained(user: User, project: Project) -> bool:
    """Only where something was ever said of a standstill: the page asks no statement for that."""
    return project.explained_until is not None


def _merged_into_it() -> dict[str, Any]:
    return {"holds_others": Exists(Project.objects.filter(merged_into=OuterRef("pk")))}


def _holds_others(user: User, project: Project) -> bool:
    return bool(getattr(project, "holds_others", False))


def _always(user: User, project: Project) -> bool:
    """What few come for stays folded."""
    return True


def _claimed(user: User, project: Project) -> bool:
    """While the plan still asks who was first; afterwards the timeline tells."""
    return any(project.phase in rule.phases for rule in rules_of(project).claiming)


def timeline(request: HttpRequest, project: Project) -> dict[str, Any]:
    return entries_after(project)


def register_all() -> None:
    """Called once, when the app is ready."""
    for code, title, context, order, column in (
        ("clocks", gettext_lazy("办理期限"), clocks, 20, "main"),
        ("milestones", pgettext_lazy("panel", "里程碑"), milestones, 40, "main"),
        ("contacts", gettext_lazy("对接记录"), contacts, 60, "main"),
        ("attachments", gettext_lazy("材料"), attachments, 70, "main"),
        ("timeline", gettext_lazy("大事记"), timeline, 90, "main"),
        ("facts", gettext_lazy("基本情况"), facts, 10, "side"),
        ("money", gettext_lazy("资金"), money, 20, "side"),
        ("team", gettext_lazy("参与单位"), team, 30, "side"),
    ):
        register(Panel(code, title, f"projects/panels/{code}.html", context, order, column))
    title = gettext_lazy("首接认领")
    register(Panel("claim", title, "projects/panels/claim.html", claims, 55, "main", _claimed))
    title, template = gettext_lazy("停滞说明"), "projects/panels/stillness.html"
    register(Panel("stillness", title, template, explanations, 65, "main", _explained, _always))
    title, template = gettext_lazy("二次投资"), "projects/panels/rounds.html"
    register(Panel("rounds", title, template, rounds, 45, "side", _has_rounds, _always, _rounds_of_it))
    title, template = gettext_lazy("并入的项目"), "projects/panels/absorbed.html"
    register(
        Panel("absorbed", title, template, absorbed, 80, "main", _holds_others, _always, _merged_into_it)
    )
