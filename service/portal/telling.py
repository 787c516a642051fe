"""Word to the enterprise's accounts, and from them to whoever serves the project."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Part
from documents.models import Attachment
from kernel.language import house_language
from notices import actions as notices
from projects.facts import rules_of
from projects.models import Project
from service.portal.models import Ask, EnterpriseAccount, EnterpriseRequest, RequestAnswer
from service.portal.policies.models import PolicyPush


@house_language()
def answered(row: EnterpriseRequest, made: RequestAnswer) -> None:
    text = _("您提出的“%(title)s”已答复，请查看并评价") % {"title": row.title}
    url = reverse("portal-request", args=[row.project_id, row.pk])
    key, topic = f"request:{row.pk}:{made.no}", "portal.request_answered"
    _post(row.project, made.on, key=key, topic=topic, text=text, url=url)


@house_language()
def asked(row: Ask) -> None:
    due = _("，请于 %(day)s 前完成") % {"day": row.due_on} if row.due_on else ""
    text = _("请办理：%(title)s%(due)s") % {"title": row.title, "due": due}
    url = reverse("portal-project", args=[row.project_id])
    _post(row.project, row.asked_on, key=f"ask:{row.pk}", topic="portal.asked", text=text, url=url)


@house_language()
def done(row: Ask) -> None:
    """Whoever asked hears that the enterprise has done it."""
    text = _("“%(project)s”的企业已完成：%(title)s") % {"project": row.project.name, "title": row.title}
    url = reverse("enterprise-accounts", args=[row.project_id])
    notices.post(
        key=f"ask_done:{row.pk}", topic="portal.ask_done", case=row.project.case, text=text, url=url,
        users=[row.asked_by],
    )  # fmt: skip


@house_language()
def handed_in(project: Project, paper: Attachment, on: date) -> None:
    """Who serves the project hears of papers handed in, once a day; nobody in person, once the unit."""
    portal = rules_of(project).portal
    parts = Part.objects.filter(case_id=project.pk, valid_to__isnull=True)
    held = list(parts.filter(part__in=portal.contacts if portal else ()).order_by("id"))
    users = [row.user_id for row in held if row.user_id]
    text = _("“%(project)s”的企业提交了材料：%(name)s") % {"project": project.name, "name": paper.name}
    notices.post(
        key=f"papers:{project.pk}:{on}", topic="portal.handed_in", case=project.case, text=text,
        url=reverse("project-papers", args=[project.pk]), users=users,
        units=[] if users else [row.unit_id for row in held],
    )  # fmt: skip


def speaking(project: Project, on: date) -> list[int]:
    """The users who speak for the project that day."""
    rows = EnterpriseAccount.objects.in_force(on).filter(project=project)
    return list(rows.order_by("user_id").values_list("user_id", flat=True))


@house_language()
def policies(project: Project, rows: Sequence[PolicyPush], users: Sequence[int]) -> None:
    """One word for all that was pushed at once."""
    notices.post_many(drafts=[policy_draft(project, rows, users)])


def policy_draft(project: Project, rows: Sequence[PolicyPush], users: Sequence[int]) -> notices.Draft:
    """The word itself, for whoever tells many projects at once; within ``house_language()``."""
    first, one = rows[0], len(rows) == 1
    words = {"project": project.name, "name": first.name, "n": len(rows)}
    if one:
        text = _("与“%(project)s”有关的惠企政策：%(name)s")
        url = reverse("portal-policy", args=[project.pk, first.pk])
    else:
        text = _("与“%(project)s”有关的惠企政策 %(n)s 项：%(name)s等")
        url = reverse("portal-policies", args=[project.pk])
    return notices.Draft(
        key=f"policies:{first.pk}", topic="portal.policies_pushed", case_id=project.pk, text=text % words,
        url=url, users=users,
    )  # fmt: skip


def _post(project: Project, on: date, *, key: str, topic: str, text: str, url: str) -> None:
    """To everybody who speaks for the project that day."""
    users = speaking(project, on)
    if users:
        notices.post(key=key, topic=topic, case=project.case, text=text, url=url, users=users)
