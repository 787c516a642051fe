"""What the portal itself hangs into the enterprise's page: what the offices asked, which it ticks."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments import origins
from assignments.models import Assignment
from kernel.numbers import whole
from service.portal import asking, slots
from service.portal.access import Speaker
from service.portal.models import Ask, EnterpriseRequest, Stage
from service.portal.requesting import RULE

SHOWN = 100


def register() -> None:
    slots.source(slots.Source("ask", _asks, _tick))
    slots.source(slots.Source("request", _to_judge))
    origins.register(RULE, _asked_by)


def _asked_by(row: Assignment) -> origins.Origin | None:
    """From the duty to the page where the enterprise is answered: what is reported there it does not read."""
    found = EnterpriseRequest.objects.filter(assignment=row).values_list("project_id", "pk").first()
    return (_("企业诉求：去答复企业"), reverse("enterprise-request", args=found)) if found else None


def _asks(speaker: Speaker) -> list[slots.Item]:
    rows = Ask.objects.filter(project=speaker.project).standing()[:SHOWN]
    return [
        slots.Item(
            key=str(row.pk), title=row.title, note=row.note, due_on=row.due_on, done_on=row.done_on,
            tickable=True,
        )
        for row in rows
    ]  # fmt: skip


def _tick(speaker: Speaker, key: str, note: str) -> Ask:
    row = Ask.objects.filter(project=speaker.project, pk=whole(key) or 0).first()
    if row is None:
        raise Http404
    return asking.tick(ask=row, by=speaker.user, on=speaker.on, note=note)


def _to_judge(speaker: Speaker) -> list[slots.Item]:
    """Answers that wait for the enterprise's word."""
    rows = EnterpriseRequest.objects.filter(project=speaker.project).open().for_list()[:SHOWN]
    return [
        slots.Item(
            key=str(row.pk), title=f"{Stage.ANSWERED.label}：{row.title}", clause=row.clause,
            url=reverse("portal-request", args=[speaker.project.pk, row.pk]),
        )
        for row in rows
        if row.stage == Stage.ANSWERED
    ]  # fmt: skip
