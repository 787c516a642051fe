"""A new version meets the reviews of the agreement: what it touches is asked again, the rest stays."""

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.amending import mark_followed
from approvals.actions.asking import ask_next, put
from approvals.actions.cancelling import end, locked
from approvals.actions.opening import open_by_itself, open_round, standing
from approvals.agreement_models import AgreementVersion
from approvals.models import Opinion, Step
from approvals.readiness import not_yet
from approvals.revision import Effect, effects
from approvals.rules import rule_of, verdict_of
from cases import actions as cases
from deadlines import actions as deadlines
from kernel.language import house_language
from notices.actions import Draft, post_many
from projects import actions as projects
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project


def rebind(project: Project, version: AgreementVersion, codes: Collection[str], by: User, on: date) -> None:
    """Bring the bound steps to a version just stored. The caller holds the project's lock."""
    reason = _reason(version)
    # Opinions are given under the lock of their step: none may slip in between reckoning and deed.
    list(Step.objects.select_for_update().filter(case_id=project.pk, agreement_version__isnull=False))
    found = effects(project, version.agreement.kind, codes, as_decided=version.as_decided)
    for effect in found:
        for code in effect.withdraws:
            if code in reached_codes(project):
                projects.withdraw(project=project, milestone=code, by=by, on=on, reason=reason, produced=True)
    for effect in found:
        if effect.how in ("asked", "moved"):
            _move(effect, version, by, on)
        elif effect.how == "round":
            again(project, effect, by, on, reason)


@house_language()
def _reason(version: AgreementVersion) -> str:
    data = {"title": version.agreement.title, "n": version.number}
    return _("协议“%(title)s”更新为第%(n)s版") % data


def _move(effect: Effect, version: AgreementVersion, by: User, on: date) -> None:
    """A running round goes on with the new version; what it touches is asked again."""
    step = locked(effect.step)
    step.agreement_version = version
    step.save(update_fields=["agreement_version"])
    rule = rule_of(step)
    in_turn = rule.asked == "in_turn" and effect.again
    first = [row for row in effect.again if not in_turn or row.aspect == effect.again[0].aspect]
    _set_aside([row for row in effect.again if row not in first])  # they come again in their turn
    rows = [_asked_again(row, by, on) for row in first]
    put(step, rule, [row for row in rows if row.pk is None], by, on)
    for wanted in effect.follows:
        mark_followed(wanted, by, on, _reason(version))
    ask_next(step=step, by=by, on=on)
    if not rows:
        return
    names = "、".join(f"{row.aspect_name}（{row.unit}）" for row in rows)
    data = {"step": step.pk, "name": step.name, "number": version.number, "asked": names}
    cases.record(case=step.case, kind="step.reasked", by=by, on=on, data=data)
    post_many(drafts=_calls(step, rows, version))


def _set_aside(rows: Sequence[Opinion]) -> None:
    """What was said about the old version stays on record and counts no more."""
    given = [row.pk for row in rows if row.given_on is not None]
    Opinion.objects.filter(pk__in=given).update(in_force=False)


def _asked_again(row: Opinion, by: User, on: date) -> Opinion:
    """A new question in place of what was answered; one still open is about the new version from today."""
    if row.given_on is None:
        row.asked_on, row.asked_by = on, by
        row.save(update_fields=["asked_on", "asked_by"])
        if row.deadline is not None and row.deadline.is_open:
            deadlines.restart(deadline=row.deadline, started_on=on, by=by, on=on)
        return row
    _set_aside([row])
    return Opinion(
        step=row.step, aspect=row.aspect, aspect_name=row.aspect_name, group=row.group, unit=row.unit,
        asks=row.asks, asked_on=on, asked_by=by, supersedes=row,
    )  # fmt: skip


@house_language()
def _calls(step: Step, rows: Sequence[Opinion], version: AgreementVersion) -> list[Draft]:
    """One message to each unit asked again."""
    drafts = []
    for unit in dict.fromkeys(row.unit for row in rows):
        what = "、".join(row.aspect_name for row in rows if row.unit == unit)
        data = {"title": step.case.title, "n": version.number, "name": step.name, "what": what}
        text = _("“%(title)s”协议已更新为第%(n)s版，请就%(name)s重新出具意见：%(what)s") % data
        key = f"step:{step.pk}:version:{version.pk}:{unit.pk}"
        drafts.append(
            Draft(
                key=key, topic="step.asked", text=text, case_id=step.case_id, url=f"/steps/{step.pk}/",
                units=[unit.pk],
            )
        )  # fmt: skip
    return drafts


def again(project: Project, effect: Effect, by: User, on: date, reason: str) -> None:
    """A further round: the touched aspects are asked, the other opinions are taken over (沿用).

    Where something else is missing now, the round is opened by hand once it is there.
    """
    at = standing(project, effect.step.code, on)
    rule = at.rules.steps[effect.step.code]
    if not_yet(rule, at):
        return
    touched = {aspect.code for aspect in effect.aspects}
    kept = effect.step.opinions.filter(in_force=True, given_on__isnull=False).exclude(aspect__in=touched)
    open_round(
        at, rule, by, on, round_=effect.step.round + 1, reason=reason[:300],
        carried=list(kept.select_related("unit").order_by("pk")),
    )  # fmt: skip


def open_waiting(project: Project, kind: str, by: User, on: date) -> None:
    """The first version is there: steps that the plan opens by itself and that only lacked it open now."""
    bound = [rule for rule in rules_of(project).steps.values() if rule.bound_to == kind]
    done = set(Step.objects.filter(case_id=project.pk).values_list("code", flat=True))
    for rule in bound:
        if rule.opens_on.milestone and rule.code not in done:
            open_by_itself(standing(project, rule.code, on), rule, by, on)


def let_go(project: Project, kind: str, by: User, on: date, reason: str) -> None:
    """The agreement is given up: rounds that examine it end, and what they had reached is withdrawn."""
    rows = Step.objects.filter(case_id=project.pk, agreement_version__agreement__kind=kind)
    latest = {row.code: row for row in rows.select_related("case").order_by("round")}
    for row in sorted(latest.values(), key=lambda one: one.pk):
        if row.is_running:
            end(locked(row), by, on, reason)
            continue
        verdict = verdict_of(rule_of(row), row.verdict)
        for code in verdict.reaches if verdict else ():
            if code in reached_codes(project):
                projects.withdraw(project=project, milestone=code, by=by, on=on, reason=reason, produced=True)
