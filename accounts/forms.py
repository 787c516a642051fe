"""Forms of the sign-in, the own account, and the administrators' pages."""

from datetime import date

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.demo import SHUT_OUT
from accounts.models import Unit, UnitKind, UnitLevel, User
from accounts.roles import Role


class SignInForm(AuthenticationForm):
    error_messages = {"invalid_login": _("用户名或密码不正确"), "inactive": _("用户名或密码不正确")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        if self.initial.get("username"):
            self.fields["username"].widget.attrs.pop("autofocus", None)
            self.fields["password"].widget.attrs["autofocus"] = True

    def get_invalid_login_error(self) -> forms.ValidationError:
        if self.names_shut_account():
            return forms.ValidationError(SHUT_OUT, code="demo_only")
        return super().get_invalid_login_error()

    def names_shut_account(self) -> bool:
        """Demo accounts are no secret, so that this may be said whatever the password."""
        found = User.objects.filter(username=self.cleaned_data.get("username")).first()
        return found is not None and found.is_shut


def _password(label: object, complete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": complete})
    return forms.CharField(label=label, strip=False, widget=widget)  # type: ignore[arg-type]


class PasswordForm(forms.Form):
    old = _password(_("原密码"), "current-password")
    new = _password(_("新密码"), "new-password")
    again = _password(_("再输一次"), "new-password")

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise forms.ValidationError(_("两次输入的新密码不一致"))
        return again


class SearchForm(forms.Form):
    q = forms.CharField(label=_("用户名或姓名"), required=False, max_length=64)


class PersonForm(forms.Form):
    """A new account; a known one is corrected without its username."""

    username = forms.CharField(label=_("用户名"), max_length=64, help_text=_("登录用，定后不改"))
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)


class CorrectPersonForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())

    def __init__(self, *args: object, on: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        units = self.fields["unit"]
        assert isinstance(units, forms.ModelChoiceField)
        units.queryset = Unit.objects.in_force(on).order_by("kind", "code")
        units.widget.attrs["data-search"] = ""


class UnitForm(forms.Form):
    """What a unit says of itself; ``code`` only when it is made."""

    code = forms.SlugField(
        label=_("单位代码"), max_length=64, help_text=_("小写字母、数字和连字符，定后不改")
    )
    name = forms.CharField(label=_("单位名称"), max_length=100)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=UnitKind.choices)
    level = forms.ChoiceField(label=_("层级"), choices=UnitLevel.choices, initial=UnitLevel.COUNTY)
    division_code = forms.RegexField(
        r"^\d{6}$",
        label=_("行政区划代码"),
        required=False,
        error_messages={"invalid": _("行政区划代码应为六位数字")},
    )
    parent = forms.ModelChoiceField(label=_("上级单位"), queryset=Unit.objects.none(), required=False)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    reason = forms.CharField(label=_("更正原因"), max_length=200)

    def __init__(self, *args: object, on: date, new: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        del self.fields["reason" if new else "code"]
        parents = self.fields["parent"]
        assert isinstance(parents, forms.ModelChoiceField)
        parents.queryset = Unit.objects.in_force(on).order_by("kind", "code")
        parents.widget.attrs["data-search"] = ""


class EndUnitForm(forms.Form):
    successor = forms.ModelChoiceField(
        label=_("承继单位"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("并入的单位；人员随之转入"),
    )
    reason = forms.CharField(label=_("依据"), max_length=200, help_text=_("如机构改革文件文号"))

    def __init__(self, *args: object, on: date, unit: Unit, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        heirs = self.fields["successor"]
        assert isinstance(heirs, forms.ModelChoiceField)
        heirs.queryset = Unit.objects.in_force(on).exclude(pk=unit.pk).order_by("kind", "code")
        heirs.widget.attrs["data-search"] = ""


class RenameUnitForm(forms.Form):
    code = forms.SlugField(label=_("新单位代码"), max_length=64)
    name = forms.CharField(label=_("新名称"), max_length=100)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    reason = forms.CharField(label=_("依据"), max_length=200, help_text=_("如机构改革文件文号"))


class AuditForm(forms.Form):
    """Filter of the audit trail; every field has an index."""

    username = forms.CharField(label=_("用户名"), required=False, max_length=64)
    kind = forms.ChoiceField(label=_("事项"), required=False)
    since = forms.DateField(label=_("起"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("止"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [("", _("全部事项")), *audit.names().items()]
