"""Pages of the service team: the roster of a project, and filling, passing on and ending a post."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Can
from cases.models import Part
from policies.facts import labels
from policies.schema import PartKind, Post
from projects.actions.parts import may_set, require_setter
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import may_on
from projects.views.base import ActionPage, ProjectPage, crumbs
from service.models import COMMISSIONER
from service.queries import service_body
from service.team import actions, roster
from service.team.forms import EndForm, HolderForm
from service.team.roster import Seat


class Team(ProjectPage):
    """服务团队: each post with who holds it, red where it is missing, with clause, clock and the way to
    fill it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        seats = roster.seats(self.project)
        clocks, gone = roster.clocks(self.project), roster.gone(seats, self.today)
        may = self.project.is_running and may_on(self.user, Can.ASSIGN_PARTS, self.project)
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "groups": [
                (name, [self._line(seat, clocks, gone, may) for seat in rows])
                for name, rows in roster.groups(seats)
            ],
            "missing": sum(seat.missing for seat in seats),
            "former": roster.former(self.project),
            "parts": rules_of(self.project).parts,
            "body": service_body(self.project),
        }
        return render(request, "service/team/team.html", context)

    def _line(self, seat: Seat, clocks: dict[str, Any], gone: set[int], may: bool) -> dict[str, Any]:
        allowed = may and may_fill(self.user, self.project, seat)
        clock = clocks.get(seat.rule.code)
        strays = {part.pk for part in seat.strays}
        return {
            "seat": seat,
            "clock": clock,
            "light": clock.light(self.today) if clock else None,
            "unknown": [str(labels().get(name, name)) for name in seat.taken.missing],
            "fill_url": fill_url(self.project, seat) if allowed else "",
            "holders": [
                {
                    "part": part,
                    "gone": part.pk in gone,
                    "stray": part.pk in strays,
                    "may": allowed,
                    "may_end": allowed and part.part != COMMISSIONER and not seat.rule.units,
                }
                for part in seat.holders
            ],
        }


def may_fill(user: User, project: Project, seat: Seat) -> bool:
    """Whether the page behind ``fill_url`` is for this user."""
    if seat.rule.document:
        return may_on(user, Can.ATTACH, project)
    if seat.rule.part == COMMISSIONER:
        return may_on(user, Can.NAME_COMMISSIONER, project)
    return seat.part is not None and may_set(project, seat.part, user)


def fill_url(project: Project, seat: Seat) -> str:
    """Where the post is filled: by a paper, by the commissioner's own page, else by the form of the team."""
    if seat.rule.document:
        return (
            ""
            if seat.filled
            else reverse("project-attach", args=[project.pk]) + f"?kind={seat.rule.document}"
        )
    if not seat.open_to_more:
        return ""
    if seat.rule.part == COMMISSIONER:
        return reverse("commissioner", args=[project.pk])
    return reverse("team-fill", args=[project.pk, seat.rule.code])


class TeamForm(ActionPage):
    """A form about one post."""

    needs = Can.ASSIGN_PARTS

    def after(self) -> str:
        return reverse("team", args=[self.project.pk])

    def frame(self) -> dict[str, Any]:
        return super().frame() | {"back": self.after()}

    def check(self) -> None:
        super().check()
        if self.kind.code != COMMISSIONER:
            require_setter(self.project, self.kind, self.user)

    @property
    def kind(self) -> PartKind:
        rules = rules_of(self.project)
        if self.post_rule.part is None:
            raise Http404
        return rules.part(self.post_rule.part)

    @property
    def post_rule(self) -> Post:
        raise NotImplementedError

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self.post_rule.name, "cited": self.post_rule}


class Fill(TeamForm):
    title = gettext_lazy("配备")
    lead = gettext_lazy("配备后，该单位（人员）可以查看并办理本项目。")
    button = gettext_lazy("配备")
    done = gettext_lazy("已配备")

    @property
    def post_rule(self) -> Post:
        rule = next((rule for rule in rules_of(self.project).posts if rule.code == self.kwargs["code"]), None)
        if rule is None:
            raise Http404
        return rule

    def make_form(self, data: Any = None, files: Any = None) -> HolderForm:
        return HolderForm(self.kind, data)

    def act(self, form: forms.Form) -> Any:
        said = form.cleaned_data
        return actions.fill(
            project=self.project, post=self.post_rule.code, by=self.user, today=self.today, **said
        )


class OfHolder(TeamForm):
    """A form about one holder of a post, who is still there."""

    @property
    def part(self) -> Part:
        rows = Part.objects.filter(case_id=self.project.pk).select_related("unit", "user")
        return get_object_or_404(rows, pk=self.kwargs["part"])

    @property
    def post_rule(self) -> Post:
        rule = next(iter(rules_of(self.project).posts_of(self.part.part)), None)
        if rule is None:
            raise Http404
        return rule

    def also(self, form: forms.Form) -> dict[str, Any]:
        who = self.part.user or self.part.unit
        return super().also(form) | {"subject": f"{self.post_rule.name} · {who}"}


class Replace(OfHolder):
    title = gettext_lazy("更换")
    lead = gettext_lazy("原承担者于前一日止，其未办结的期限和交办事项一并转给接任者。")
    button = gettext_lazy("更换")
    done = gettext_lazy("已更换，未办结事项一并转移")

    def make_form(self, data: Any = None, files: Any = None) -> HolderForm:
        return HolderForm(self.kind, data, replacing=True)

    def act(self, form: forms.Form) -> Any:
        said = form.cleaned_data
        return actions.replace(project=self.project, part=self.part, by=self.user, today=self.today, **said)


class End(OfHolder):
    title = gettext_lazy("终止岗位")
    lead = gettext_lazy("终止后该岗位空缺，制度要求配备的重新计时；还有未办结事项的，请办理更换。")
    button = gettext_lazy("终止")
    done = gettext_lazy("已终止")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> EndForm:
        return EndForm(data)

    def act(self, form: forms.Form) -> Any:
        said = form.cleaned_data
        return actions.end(project=self.project, part=self.part, by=self.user, today=self.today, **said)
