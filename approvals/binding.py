"""A step bound to an agreement examines one version of it: which is current, and what no longer counts."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.agreement_models import AgreementVersion
from approvals.models import AGAINST, Opinion, Step
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Step as StepRule
from projects import reading
from projects.models import Project


def newest_versions(case_id: int) -> list[AgreementVersion]:
    """The newest version of each agreement of a case, the latest agreement first; one query."""
    later = AgreementVersion.objects.filter(agreement=OuterRef("agreement"), number__gt=OuterRef("number"))
    rows = AgreementVersion.objects.filter(~Exists(later), agreement__case_id=case_id)
    return list(rows.select_related("agreement", "file", "drafted_by").order_by("-agreement_id"))


def current_versions(case_id: int) -> dict[str, AgreementVersion]:
    """The newest version of the living agreement, by kind of agreement; one query."""
    return _living(newest_versions(case_id))


def shown_versions(project: Project) -> list[AgreementVersion]:
    """``newest_versions`` for a page, whose panels all ask for them: read once."""
    return reading.once(project, "agreements", lambda: newest_versions(project.pk))


def shown_current(project: Project) -> dict[str, AgreementVersion]:
    """``current_versions`` for a page."""
    return _living(shown_versions(project))


def _living(rows: list[AgreementVersion]) -> dict[str, AgreementVersion]:
    return {row.agreement.kind: row for row in rows if row.agreement.ended_on is None}


def no_version(project: Project, rule: StepRule, rules: Rulebook) -> Unmet:
    """What is missing where a step has nothing to examine."""
    kind = rules.agreements[rule.bound_to or ""]
    message = _("“%(name)s”审议的是%(kind)s的一个版本，请先登记协议文本和条款")
    url = reverse("agreement-new", args=[project.pk])
    code = f"agreement:{kind.code}"
    return Unmet(code, message % {"name": rule.name, "kind": kind.name}, rule.clause, url)


def require_current(step: Step, rule: StepRule, seen: int | None = None) -> None:
    """Raises Refused (conflict, ``superseded_version``) where the step, or the version that somebody had
    before the eyes (``seen``, its key), is not about the newest wording any more."""
    if step.agreement_version_id is None or not step.is_running:
        return
    current = current_versions(step.case_id).get(rule.bound_to or "")
    if current is None:
        message = _("所审议的协议已放弃或被取代，“%(name)s”不能再办理") % {"name": step.name}
        raise Refused.because("superseded_version", message, clause=rule.clause, status="conflict")
    if current.pk == step.agreement_version_id and seen in (None, current.pk):
        return
    data = {"name": step.name, "n": current.number, "day": current.drafted_on}
    message = _(
        "协议已于 %(day)s 更新为第 %(n)s 版，就旧版本作出的“%(name)s”意见或结论不算数，请按新版本办理"
    )
    url = reverse("agreement", args=[current.agreement_id])
    raise Refused.because(
        "superseded_version", message % data, clause=rule.clause, url=url, status="conflict"
    )


def standing_vetoes(step: Step) -> list[Opinion]:
    """What a unit had against an earlier version, asked again and not answered: only it lifts its veto."""
    if step.agreement_version_id is None:
        return []
    waiting = step.opinions.filter(in_force=True, given_on__isnull=True)
    asked = {(row.aspect, row.unit_id) for row in waiting}
    if not asked:
        return []
    given = Opinion.objects.filter(
        step__case_id=step.case_id,
        step__code=step.code,
        given_on__isnull=False,
        unit__in={u for _a, u in asked},
    )
    last = {(row.aspect, row.unit_id): row for row in given.select_related("unit").order_by("pk")}
    return [row for key, row in last.items() if key in asked and row.answer in AGAINST]
