"""A form for each action on a permit."""

from typing import Any

from django import forms
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import SpecialRequest
from approvals.permits import actions
from approvals.permits.actions import Result
from approvals.permits.forms import (
    DeclineForm,
    MaterialsForm,
    NoForm,
    NoticeForm,
    OnADay,
    ResultForm,
    ResumeForm,
    SpecialForm,
    StopForm,
    WithdrawForm,
)
from approvals.permits.owed import owed
from approvals.permits.permissions import require_decider
from approvals.permits.views.base import PermitForm
from deadlines import calendars
from deadlines.permissions import require_stop
from documents.actions import attach, kinds_of
from policies.wording import limit_text

PAPER = "permit_document"
"""The kind under which a permit is kept, where the plan has it."""


class Supplement(PermitForm):
    whose = "agent"
    title = gettext_lazy("补交材料")
    lead = gettext_lazy("必需的材料全部到齐之日，即为材料齐备之日，次日起计时。")
    button = gettext_lazy("提交")
    done = gettext_lazy("材料已提交")

    def make_form(self, data: Any = None, files: Any = None) -> MaterialsForm:
        due = owed(self.plan, self.project)
        rows = [row for row in self.permit.materials.all() if not row.there and row.name not in due]
        return MaterialsForm(data, rows=rows, label=_("本次提交的材料"))

    def act(self, form: MaterialsForm) -> None:
        actions.supplement(permit=self.permit, **self.by, **form.cleaned_data)


class Withdraw(PermitForm):
    whose = "agent"
    title = gettext_lazy("撤回材料")
    lead = gettext_lazy("撤回必需的材料，已开始的计时随之收回，补齐后重新起算。")
    button = gettext_lazy("撤回")
    done = gettext_lazy("材料已撤回")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> WithdrawForm:
        rows = [row for row in self.permit.materials.all() if row.handed_on]
        return WithdrawForm(data, rows=rows, label=_("撤回的材料"))

    def act(self, form: WithdrawForm) -> None:
        actions.withdraw(permit=self.permit, **self.by, **form.cleaned_data)


class Complete(PermitForm):
    title = gettext_lazy("材料已齐备")
    lead = gettext_lazy("其余材料已在窗口收到；自该日起算，当日不计。")
    button = gettext_lazy("确认齐备")
    done = gettext_lazy("已受理，开始计时")

    def make_form(self, data: Any = None, files: Any = None) -> OnADay:
        return OnADay(data)

    def act(self, form: OnADay) -> None:
        actions.complete(permit=self.permit, **self.by, **form.cleaned_data)


class Notice(PermitForm):
    title = gettext_lazy("一次告知")
    lead = gettext_lazy("所缺和不合要求的材料请一次写全；告知后收回计时，材料齐备之日重新起算。")
    button = gettext_lazy("告知申请人")
    done = gettext_lazy("已告知代办人和项目服务专员")

    def make_form(self, data: Any = None, files: Any = None) -> NoticeForm:
        due = owed(self.plan, self.project)
        rows = [row for row in self.permit.materials.all() if row.there or row.name not in due]
        return NoticeForm(data, rows=rows)

    def act(self, form: NoticeForm) -> None:
        on = form.cleaned_data["on"]
        actions.notify(permit=self.permit, faults=form.faults(), on=on, **self.by)


class Clocked(PermitForm):
    """A form about the permit's clock, which shows where it stands."""

    template = "approvals/permits/clocked.html"

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"clock": self.permit.step.deadline}


class Longer(Clocked):
    """About a special case: with the limit that is asked for, and its last day."""

    def also(self, form: forms.Form) -> dict[str, Any]:
        clock, special = self.permit.step.deadline, self.rule.special
        found: dict[str, Any] = {"longer": limit_text(special.limit) if special else ""}
        if clock and special and not clock.pauses.exists():
            found["longer_due"] = calendars.current().due(clock.started_on, special.limit).on
        return super().also(form) | found


class Special(Longer):
    title = gettext_lazy("申请特殊情况")
    lead = gettext_lazy("批准前按原期限计时；批准后自同一起算日改按延长的期限，原截止日保留。")
    button = gettext_lazy("申请")
    done = gettext_lazy("已申请，待批准")

    def make_form(self, data: Any = None, files: Any = None) -> SpecialForm:
        return SpecialForm(data, rule=self.rule, by=self.user)

    def act(self, form: SpecialForm) -> None:
        actions.ask_special(permit=self.permit, by=self.user, on=self.today, **form.cleaned_data)


class DecideSpecial(Longer):
    """Grant or decline: for another person than who asked."""

    def check(self) -> None:
        require_decider(self.project, self.permit, self.user)
        rows = SpecialRequest.objects.filter(permit=self.permit).select_related("permit__step", "by")
        self.asked = get_object_or_404(rows, pk=self.kwargs["special"])

    def also(self, form: forms.Form) -> dict[str, Any]:
        return super().also(form) | {"asked": self.asked}


class GrantSpecial(DecideSpecial):
    title = gettext_lazy("批准特殊情况")
    button = gettext_lazy("批准")
    done = gettext_lazy("已批准，按延长的期限计时")

    def make_form(self, data: Any = None, files: Any = None) -> NoForm:
        return NoForm(data)

    def act(self, form: forms.Form) -> None:
        actions.grant_special(special=self.asked, by=self.user, on=self.today)


class DeclineSpecial(DecideSpecial):
    title = gettext_lazy("不同意特殊情况")
    button = gettext_lazy("不同意")
    done = gettext_lazy("未批准，仍按原期限计时")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> DeclineForm:
        return DeclineForm(data)

    def act(self, form: forms.Form) -> None:
        actions.decline_special(special=self.asked, by=self.user, on=self.today, **form.cleaned_data)


class StopPage(Clocked):
    """For whoever answers for the clock, and the bureau."""

    def check(self) -> None:
        if self.permit.step.deadline is not None:
            require_stop(self.user, self.permit.step.deadline)
        else:
            super().check()


class Stop(StopPage):
    title = gettext_lazy("申请停表")
    lead = gettext_lazy("由另一人批准后停表；批准前照常计时，逾期的不能停表。")
    button = gettext_lazy("申请")
    done = gettext_lazy("已申请停表，待批准；批准前照常计时")

    def make_form(self, data: Any = None, files: Any = None) -> StopForm:
        return StopForm(data, rule=self.rule, by=self.user)

    def act(self, form: StopForm) -> None:
        actions.stop(permit=self.permit, **self.by, **form.cleaned_data)


class Resume(StopPage):
    title = gettext_lazy("恢复计时")
    button = gettext_lazy("恢复")
    done = gettext_lazy("已恢复计时")

    def make_form(self, data: Any = None, files: Any = None) -> ResumeForm:
        return ResumeForm(data)

    def act(self, form: ResumeForm) -> None:
        actions.go_on(permit=self.permit, **self.by, **form.cleaned_data)


class RecordResult(PermitForm):
    title = gettext_lazy("登记证照")
    button = gettext_lazy("保存")
    done = gettext_lazy("办理结果已登记")

    def make_form(self, data: Any = None, files: Any = None) -> ResultForm:
        known = {"number": self.permit.number, "valid_until": self.permit.valid_until}
        return ResultForm(data, files, initial=known)

    @transaction.atomic
    def act(self, form: ResultForm) -> None:
        said = form.cleaned_data
        paper = None
        if said["upload"]:
            kind = PAPER if PAPER in kinds_of(self.permit.step.case) else "other"
            paper = attach(
                case=self.permit.step.case, kind=kind, upload=said["upload"], by=self.user, on=self.today
            )
        result = Result(number=said["number"], paper=paper, valid_until=said["valid_until"])
        actions.record_result(
            permit=self.permit, result=result, by=self.user, on=self.today, reason=said["reason"]
        )
