"""Pages of outside platforms: what is still to be entered, its table out and back, one entry by hand."""

from contextlib import suppress
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import can, require
from accounts.roles import Can
from approvals.views.base import Page
from kernel.paging import page_of
from policies.schema import OutsidePlatform
from projects.columns import newest_rules
from projects.facts import rules_of
from projects.forms import Day
from projects.permissions import among
from projects.views.base import ActionPage, FormPage
from service.models import PlatformEntry
from service.platforms import queries, sheets
from service.platforms.entering import MOST_LETTERS, enter
from service.progress.views import parks


class PlatformPage(Page):
    """A page of one platform of the plan in force."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rules = newest_rules()
        found = rules.platforms.get(kwargs["code"]) if rules else None
        if found is None:
            raise Http404
        self.rule: OutsidePlatform = found
        return super().dispatch(request, *args, **kwargs)


class Index(Page):
    """The platforms that the plan names; a single one is opened at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rules = newest_rules()
        found = list(rules.platforms.values()) if rules else []
        if len(found) == 1:
            return redirect("platform", found[0].code)
        return render(request, "service/platforms/index.html", {"platforms": found})


class Listing(PlatformPage):
    """Every project that the platform is to know, and how it stands there."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        asked = {"state": queries.TO_DO} | request.GET.dict()
        page = page_of(request, queries.on_platform(self.user, self.rule, asked))
        may = among(self.user, Can.RECORD_MILESTONE, [row.pk for row in page.rows])
        lines = [
            {"project": row, "standing": queries.standing_of(row), "may": row.pk in may} for row in page.rows
        ]
        context = {
            "rule": self.rule, "page": page, "lines": lines, "asked": asked, "parks": parks(),
            "states": [(queries.TO_DO, _("待录入和有变动")), *queries.Standing.choices, ("all", _("全部"))],
            "may_export": can(self.user, Can.EXPORT_LEDGER),
            "may_import": can(self.user, Can.RECORD_MILESTONE),
        }  # fmt: skip
        return render(request, "service/platforms/list.html", context)


class Export(PlatformPage):
    """The table for the platform; the file goes when the answer is sent."""

    def get(self, request: HttpRequest, code: str) -> FileResponse:
        require(self.user, Can.EXPORT_LEDGER)
        asked = {"state": queries.TO_DO} | request.GET.dict()
        path = sheets.platform_file(queries.on_platform(self.user, self.rule, asked), self.rule, self.today)
        file = path.open("rb")
        with suppress(OSError):
            path.unlink()  # the open file stays readable
        return FileResponse(file, as_attachment=True, filename=f"{self.rule.name}-{self.today:%Y%m%d}.xlsx")


class TableForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("平台表格（xlsx）"), allow_empty_file=True,
        help_text=gettext_lazy("由本页导出或平台导出的表，填有平台编号的行登记为已录入；有一行不对，全部不登记"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls"}),
    )  # fmt: skip
    on = Day(label=gettext_lazy("录入日期"))


class TakeBack(FormPage, PlatformPage):
    """The platform's table with its numbers."""

    title = gettext_lazy("导入平台编号")
    button = gettext_lazy("登记")
    done = gettext_lazy("已登记")
    template = "service/platforms/take_back.html"

    def check(self) -> None:
        require(self.user, Can.RECORD_MILESTONE)

    def make_form(self, data: Any = None, files: Any = None) -> TableForm:
        return TableForm(data, files)

    def act(self, form: TableForm) -> None:
        self.made = sheets.take_back(
            upload=form.cleaned_data["file"], rule=self.rule, by=self.user, on=form.cleaned_data["on"],
            today=self.today,
        )  # fmt: skip

    def told(self) -> str:
        count = len(self.made)
        return ngettext("已登记 %(n)s 个项目", "已登记 %(n)s 个项目", count) % {"n": count}

    def frame(self) -> dict[str, Any]:
        return {"rule": self.rule, "back": self.after()}

    def after(self) -> str:
        return reverse("platform", args=[self.rule.code])


class EnterForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("平台编号"), max_length=MOST_LETTERS, required=False)
    on = Day(label=gettext_lazy("录入日期"))


class Enter(ActionPage):
    """One project, by hand."""

    needs = Can.RECORD_MILESTONE
    title = gettext_lazy("登记平台录入")
    button = gettext_lazy("登记")
    done = gettext_lazy("已登记")

    def check(self) -> None:
        super().check()
        found = rules_of(self.project).platforms.get(self.kwargs["code"])
        if found is None:
            raise Http404
        self.rule: OutsidePlatform = found

    def make_form(self, data: Any = None, files: Any = None) -> EnterForm:
        rows = PlatformEntry.objects.filter(project=self.project, platform=self.rule.code, in_force=True)
        return EnterForm(data, initial={"number": rows.values_list("number", flat=True).first() or ""})

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"cited": self.rule, "subject": self.rule.name}

    def act(self, form: EnterForm) -> Any:
        said = form.cleaned_data
        return enter(
            project=self.project, platform=self.rule.code, number=said["number"], by=self.user, on=said["on"],
            today=self.today,
        )  # fmt: skip

    def after(self) -> str:
        return reverse("platform", args=[self.rule.code])
