"""交地即交证 (三(五)12): land and its certificate handed over as one act."""

from datetime import date

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cases.actions import record
from documents.actions import attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.refusals import Refused
from policies.schema import Milestone
from projects.actions import reach
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_running
from service.models import LandDelivery
from service.progress.permissions import require_recogniser

ACTION, CERTIFICATE = "deliver_land", "property_certificate"


@transaction.atomic
def deliver_land(
    *,
    project: Project,
    delivered_on: date,
    certificate_on: date,
    certificate_no: str,
    by: User,
    on: date,
    area: int | None = None,
    certificate: Attachment | None = None,
    upload: "File[bytes] | None" = None,
    reason: str = "",
) -> LandDelivery:
    """Record both on one day; on two days only with the ``reason``. Reaches the milestone on the later day.

    ``area`` in ㎡. Raises Refused: forbidden; invalid for a day to come, without number or certificate, or
    for two days without a reason; unmet as ``reach``; conflict when it was recorded before.
    """
    project = lock(project)
    rule = rule_for(project)
    require_recogniser(project, rule, by)
    require_running(project)
    _require_days(rule, (delivered_on, certificate_on), reason, on)
    if not certificate_no.strip():
        raise Refused.invalid("certificate_no", _("请填写不动产权证号"))
    paper = _paper(project, certificate, upload, by, certificate_on)
    row = reach(
        project=project, milestone=rule.code, by=by, on=max(delivered_on, certificate_on), today=on,
        evidence=paper, note=certificate_no.strip()[:300], produced=True,
    )  # fmt: skip
    made = LandDelivery.objects.create(
        reached=row, delivered_on=delivered_on, certificate_on=certificate_on,
        certificate_no=certificate_no.strip()[:80], area=area, certificate=paper, by=by,
        reason=reason.strip()[:300] if delivered_on != certificate_on else "",
    )  # fmt: skip
    data = {
        "delivered": str(delivered_on), "certificate": str(certificate_on), "no": made.certificate_no,
        "reason": made.reason, "clause": rule.clause,
    }  # fmt: skip
    record(case=project.case, kind="land.delivered", by=by, on=row.on, data=data)
    return made


def rule_for(project: Project) -> Milestone:
    """Raises Refused (unmet) where the plan knows nothing of it."""
    rule = rules_of(project).milestone_of_action(ACTION)
    if rule is None:
        raise Refused.because("not_in_plan", _("所适用的制度没有“交地即交证”的规定"))
    return rule


def _require_days(rule: Milestone, days: tuple[date, date], reason: str, on: date) -> None:
    for field, day in zip(("delivered_on", "certificate_on"), days, strict=True):
        if day > on:
            raise Refused.invalid(field, _("日期不能晚于今天（%(today)s）") % {"today": on})
    if days[0] != days[1] and not reason.strip():
        message = _("交地与发证应在同一日，不在同一日的须说明原因")
        raise Refused.because("not_same_day", message, clause=rule.clause, field="reason", status="invalid")


def _paper(
    project: Project, certificate: Attachment | None, upload: "File[bytes] | None", by: User, on: date
) -> Attachment:
    if upload:
        return attach(case=project.case, kind=CERTIFICATE, upload=upload, by=by, on=on)
    if certificate is None:
        raise Refused.invalid("upload", _("请附不动产权证书"), code="no_certificate")
    require_of_case(certificate, project.pk, "certificate")
    if certificate.kind != CERTIFICATE:
        raise Refused.invalid("certificate", _("“%(name)s”不是不动产权证书") % {"name": certificate.name})
    return certificate
