"""All writes to agreements: drafted, revised, given up. Signing follows its milestone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from approvals.actions.rebinding import let_go, open_waiting, rebind
from approvals.agreement_models import Agreement, AgreementVersion, Ending
from approvals.binding import current_versions
from approvals.revision import Change, Wording, amended, changes, effects, sentences
from approvals.terms import Commitment, keep_commitments, read
from cases import actions as cases
from documents.actions import attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.language import house_language
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import AgreementKind
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project
from projects.permissions import lock, require_on, require_running

if TYPE_CHECKING:
    from django.core.files import File


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDraft:
    """A wording as it is handed in: values as people write them, by code of the term.

    ``as_decided``: it only makes the changes that a sitting wanted, and is not put before sittings again.
    """

    grade: str
    values: Mapping[str, Any] = field(default_factory=dict)
    commitments: Sequence[Commitment] = ()
    paper: "File[bytes] | Attachment | None" = None
    note: str = ""
    as_decided: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wording would change, and in sentences what it would ask again and withdraw."""

    changes: list[Change]
    lines: list[str]


@dataclass(frozen=True, slots=True)
class _Read:
    project: Project
    draft: AgreementDraft
    rules: Rulebook
    kind: AgreementKind
    wording: Wording


@transaction.atomic
def draft_agreement(
    *,
    project: Project,
    title: str,
    draft: AgreementDraft,
    by: User,
    on: date,
    kind: str = "",
    supersede: str = "",
) -> AgreementVersion:
    """Open an agreement with its first version. ``on`` is the business date (Asia/Shanghai).

    ``kind`` may be left out where the plan knows only one. ``supersede``: the reason for which it takes the
    place of the one under way. Raises Refused: forbidden for who does not work on the project; invalid for
    unknown kind or grade, a missing title, paper or required term; conflict when one is under way already,
    or the agreement is signed.
    """
    project = lock(project)
    require_on(by, Can.EDIT_PROJECT, project)
    require_running(project)
    found = _read(project, _kind(project, kind), draft, on)
    _require_unsigned(project, found.kind)
    if not title.strip():
        raise Refused.invalid("title", _("请填写协议名称"))
    before = current_versions(project.pk).get(found.kind.code)
    if before is not None:
        _replace(before.agreement, supersede, by, on)
    row = Agreement(case=project.case, kind=found.kind.code, grade=draft.grade, title=title.strip()[:120])
    row.opened_on, row.opened_by = on, by
    row.settled_on = on if found.kind.settled_by in reached_codes(project) else None
    row.save()
    return _add(row, before, found, by, on)


@transaction.atomic
def revise_agreement(
    *, agreement: Agreement, draft: AgreementDraft, by: User, on: date, expected: int | None = None
) -> AgreementVersion:
    """Add a version; the reviews that it touches are asked again, as ``preview_agreement`` tells beforehand.

    ``expected`` is the ``Agreement.version`` that the caller has read. Raises Refused like
    ``draft_agreement``; conflict when somebody was faster or the agreement has ended; invalid where nothing
    is different.
    """
    project = lock(Project(pk=agreement.case_id))
    require_on(by, Can.EDIT_PROJECT, project)
    require_running(project)
    row = _locked(agreement)
    _require_living(row)
    before = current_versions(project.pk)[row.kind]
    if expected is not None and expected != row.version:
        data = {"who": before.drafted_by, "n": before.number}
        raise Refused.conflict(_("协议已被修改：现为第 %(n)s 版（%(who)s），请核对后再保存") % data)
    if on < before.drafted_on:
        raise Refused.invalid("on", _("版本日期不能早于上一版本 %(day)s") % {"day": before.drafted_on})
    found = _read(project, row.kind, draft, on)
    _require_unsigned(project, found.kind)
    row.grade, row.version = draft.grade, row.version + 1
    row.save(update_fields=["grade", "version"])
    return _add(row, before, found, by, on)


def preview_agreement(*, agreement: Agreement, draft: AgreementDraft, by: User, on: date) -> Preview:
    """What a further version would change, ask again and withdraw; writes nothing. Raises Refused like
    ``revise_agreement``; a paper is not asked for yet."""
    project = Project.objects.select_related("case", "enterprise").get(pk=agreement.case_id)
    require_on(by, Can.EDIT_PROJECT, project)
    _require_living(agreement)
    found = _read(project, agreement.kind, draft, on)
    _require_unsigned(project, found.kind)
    before = current_versions(project.pk)[agreement.kind]
    moved = changes(Wording.of(before), found.wording, found.rules)
    codes = {one.code for one in moved}
    hit = effects(project, agreement.kind, codes, as_decided=draft.as_decided)
    return Preview(moved, sentences(hit, found.rules))


@transaction.atomic
def give_up_agreement(*, agreement: Agreement, by: User, on: date, reason: str) -> Agreement:
    """Nothing comes of it: rounds that examine it end, what they had reached is withdrawn.

    Raises Refused: forbidden; invalid without a reason; conflict when it has ended or is signed.
    """
    project = lock(Project(pk=agreement.case_id))
    require_on(by, Can.EDIT_PROJECT, project)
    row = _locked(agreement)
    _require_living(row)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写放弃原因"))
    if (kind := rules_of(project).agreements.get(row.kind)) is not None:
        _require_unsigned(project, kind)
    _end(row, Ending.GIVEN_UP, by, on, reason.strip())
    data = {"agreement": row.pk, "title": row.title, "reason": row.ended_reason}
    cases.record(case=project.case, kind="agreement.given_up", by=by, on=on, data=data)
    let_go(project, row.kind, by, on, row.ended_reason)
    return row


def _kind(project: Project, code: str) -> str:
    known = rules_of(project).agreements
    if not code and len(known) == 1:
        return next(iter(known))
    if code not in known:
        names = "、".join(f"{one.name}（{one.code}）" for one in known.values()) or "—"
        raise Refused.invalid("kind", _("请选择协议种类：%(names)s") % {"names": names})
    return code


def _read(project: Project, kind: str, draft: AgreementDraft, on: date) -> _Read:
    """What is handed in, checked and read. Raises Refused (invalid)."""
    rules = rules_of(project)
    if draft.grade not in {grade.code for grade in rules.grades}:
        names = "、".join(f"{grade.name}（{grade.code}）" for grade in rules.grades) or "—"
        raise Refused.invalid("grade", _("请选择协议等级：%(names)s") % {"names": names})
    kind = _kind(project, kind)
    if draft.as_decided:
        _require_wanted(project, kind)
    values = read(rules, draft.grade, draft.values)
    commitments = keep_commitments(draft.commitments, on)
    return _Read(project, draft, rules, rules.agreements[kind], Wording(draft.grade, values, commitments))


def _require_unsigned(project: Project, kind: AgreementKind) -> None:
    if kind.signed_by in reached_codes(project):
        message = _("%(kind)s已经签订，文本和条款不能再改；登记有误的，先由招商局负责人撤销签订")
        url = reverse("project-milestone", args=[project.pk, kind.signed_by])
        raise Refused.because(
            "already_signed", message % {"kind": kind.name}, clause=kind.clause, url=url, status="conflict"
        )


def _require_wanted(project: Project, kind: str) -> None:
    """Raises Refused (conflict) for a wording "as decided" where no sitting wanted changes."""
    if not amended(project, kind):
        message = _("没有会议要求修改本协议，不能作为“按会议意见修改”的版本登记")
        raise Refused.because("no_changes_wanted", message, field="as_decided", status="conflict")


def _require_living(row: Agreement) -> None:
    if row.ended_on is not None:
        data = {"title": row.title, "day": row.ended_on, "how": row.get_ended_as_display()}
        raise Refused.conflict(_("“%(title)s”%(how)s（%(day)s）") % data, code="agreement_ended")


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)


def _replace(old: Agreement, reason: str, by: User, on: date) -> None:
    """End the agreement under way in favour of a new one. Raises Refused (conflict) without a reason."""
    if not reason.strip():
        data = {"title": old.title}
        message = _("已有协议“%(title)s”；修改请登记新版本，另立协议须写明取代原因") % data
        raise Refused.conflict(message, code="agreement_under_way")
    row = _locked(old)
    _end(row, Ending.SUPERSEDED, by, on, reason.strip())
    ended: dict[str, Any] = {"agreement": row.pk, "title": row.title, "reason": row.ended_reason}
    cases.record(case=old.case, kind="agreement.superseded", by=by, on=on, data=ended)


def _end(row: Agreement, how: Ending, by: User, on: date, reason: str) -> None:
    row.ended_as, row.ended_on, row.ended_by, row.ended_reason = how, on, by, reason[:300]
    row.version += 1
    row.save(update_fields=["ended_as", "ended_on", "ended_by", "ended_reason", "version"])


def _add(
    row: Agreement, before: AgreementVersion | None, found: _Read, by: User, on: date
) -> AgreementVersion:
    """Store the version, tell of it, and bring the reviews to it."""
    project, draft = found.project, found.draft
    file = _file(project, found.kind, draft.paper, by, on)
    moved = changes(Wording.of(before), found.wording, found.rules) if before else []
    follows = before if before and before.agreement_id == row.pk else None
    if follows and not moved and follows.file_id == file.pk:
        raise Refused.invalid("paper", _("与第 %(n)s 版完全相同，没有可保存的改动") % {"n": follows.number})
    version = AgreementVersion.objects.create(
        agreement=row,
        number=follows.number + 1 if follows else 1,
        grade=draft.grade,
        file=file,
        values=found.wording.values,
        commitments=found.wording.commitments,
        note=draft.note.strip()[:300],
        as_decided=draft.as_decided,
        drafted_on=on,
        drafted_by=by,
        policy_version_id=found.kind.source.id,
    )
    data = _event(version, moved, before)
    cases.record(case=project.case, kind="agreement.version", by=by, on=on, data=data)
    if before is None:
        open_waiting(project, row.kind, by, on)
    else:
        rebind(project, version, {one.code for one in moved}, by, on)
    return version


@house_language()
def _event(version: AgreementVersion, moved: list[Change], before: AgreementVersion | None) -> dict[str, Any]:
    names = "、".join(one.name for one in moved)
    what = _("，改动：%(names)s") % {"names": names} if names else _("，更换文本") if before else ""
    data: dict[str, Any] = {"agreement": version.agreement_id, "title": version.agreement.title}
    return data | {"number": version.number, "changes": what}


def _file(
    project: Project, kind: AgreementKind, paper: "File[bytes] | Attachment | None", by: User, on: date
) -> Attachment:
    """The paper of the version: one of the case, or uploaded now under the kind that the plan names first."""
    if paper is None:
        raise Refused.invalid("paper", _("请上传协议文本，或选择档案中的文本"))
    if not isinstance(paper, Attachment):
        return attach(case=project.case, kind=kind.documents[0], upload=paper, by=by, on=on)
    require_of_case(paper, project.pk)
    if paper.kind not in kind.documents:
        raise Refused.invalid("paper", _("“%(name)s”不是协议文本") % {"name": paper.name}, code="wrong_kind")
    return paper
