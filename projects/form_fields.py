"""Fields that several forms share: a day, words, a unit, a person."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit, User
from accounts.roles import ROLES, Can
from kernel.clock import today
from policies.rulebook import Rulebook
from policies.schema import LeadTag
from projects import coded
from projects.models import Project


class Day(forms.DateField):
    """A business date (Asia/Shanghai), not after today unless ``future``."""

    def __init__(self, *, future: bool = False, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        merged: dict[str, Any] = {"label": _("日期"), "initial": today, "widget": widget} | options
        super().__init__(**merged)
        self.future = future

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """The last day to offer is today's, not that of the day on which the server started."""
        if not self.future:
            self.widget.attrs["max"] = today().isoformat()
        return super().get_bound_field(form, field_name)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not self.future and value > today():
            raise forms.ValidationError(
                _("日期不能晚于今天（%(today)s）") % {"today": today()}, code="future"
            )


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files at once, or none: a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=ManyFiles(), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        rows = data if isinstance(data, list | tuple) else [data]
        return [super(Files, self).clean(row, initial) for row in rows if row]


class Codes(forms.MultipleChoiceField):
    """Several codes of one of the plan's lists, stored comma-joined."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple(), required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return coded.codes_of(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return ",".join(super().clean(value))


def code_fields(rules: Rulebook | None, project: Project | None = None) -> dict[str, forms.Field]:
    """What the plan lists to mark a lead with; a list that it does not have is not asked for.

    A code the project carries already stays to be chosen, whatever the plan says now.
    """
    found: dict[str, forms.Field] = {}
    for column in coded.TABLES:
        choices = _choices(rules, column, getattr(project, column) if project else "")
        label = Project._meta.get_field(column).verbose_name
        if choices and column in coded.SEVERAL:
            found[column] = Codes(label=label, choices=choices)
        elif choices:
            found[column] = forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=False)
    return found


def _choices(rules: Rulebook | None, column: str, held: str) -> list[tuple[str, Any]]:
    rows = coded.listed(rules, column) if rules else ()
    gone = [(code, code) for code in coded.codes_of(held) if code not in {row.key for row in rows}]
    groups = list(dict.fromkeys(row.group for row in rows if isinstance(row, LeadTag)))
    if not groups:
        return [*((row.key, row.name) for row in rows), *gone]
    tags = [row for row in rows if isinstance(row, LeadTag)]
    return [*((name, [(row.code, row.name) for row in tags if row.group == name]) for name in groups), *gone]


class Words(forms.CharField):
    """Text of several lines, trimmed."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)


def units(kinds: tuple[str, ...] = ()) -> QuerySet[Unit]:
    found = Unit.objects.in_force(today()).order_by("kind", "name")
    return found.filter(kind__in=kinds) if kinds else found


def unit_choice(**options: Any) -> forms.ModelChoiceField:
    search = forms.Select(attrs={"data-search": ""})
    merged: dict[str, Any] = {"queryset": units(), "widget": search, "empty_label": "—"} | options
    return forms.ModelChoiceField(**merged)


class Person(forms.ModelChoiceField):
    """A colleague, told from namesakes by the unit."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"empty_label": "—"} | options)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.unit_name}）" if getattr(obj, "unit_name", "") else str(obj.name)


def people(roles: Iterable[str]) -> QuerySet[User]:
    """Who holds one of the roles today, with the name of a unit."""
    held = Membership.objects.in_force(today()).filter(role__in=list(roles))
    unit = held.filter(user=OuterRef("pk")).order_by("id").values("unit__name")[:1]
    found = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return found.annotate(unit_name=Subquery(unit)).order_by("name")


def approvers(user: User) -> QuerySet[User]:
    """Who may approve a stop today, the asking person left out."""
    roles = [role for role, rule in ROLES.items() if Can.APPROVE_PAUSE in rule.can]
    held = Membership.objects.in_force(today()).filter(role__in=roles)
    return (
        User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=user.pk).order_by("name")
    )
