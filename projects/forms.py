"""What people fill in on the pages of a project. Rules live in the actions; here is only shape and words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ROLES, Scope
from kernel.phones import mask
from policies.rulebook import Rulebook
from policies.schema import PartKind, Topic
from projects import clocks, coded
from projects.actions.contacts import LONGEST_TOPIC, PHOTO
from projects.facts import rules_of
from projects.form_fields import Day, Files, Person, Words, approvers, code_fields, people, unit_choice
from projects.models import Currency, Measure, Project, ProjectType
from projects.models.records import Channel
from projects.reserved import EDITABLE

LAST = ("site", "green_channel", "small_low_risk", "special_fire", "content", "progress")
FIELDS = [name for name in EDITABLE if name not in ("enterprise", *LAST)] + list(LAST)


class EnterpriseFields(forms.Form):
    """The investor as it is written down; a known credit code or name finds the file already kept."""

    enterprise = forms.CharField(label=_("投资企业"), max_length=200, required=False)
    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=18,
        required=False,
        help_text=_("18 位，见营业执照；按 GB 32100 校验"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    no_code_reason = forms.CharField(
        label=_("没有代码，因为"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "no-code-reasons"}),
        help_text=_("如：境外投资者、尚未注册、自然人"),
    )
    division_code = forms.RegexField(
        r"^\d{6}$",
        label=_("企业所在地区划代码"),
        required=False,
        help_text=_("输入城市名选择，或填六位数字；用来判断市外、区外市内、区内"),
        widget=forms.TextInput(attrs={"list": "regions", "inputmode": "text"}),
        error_messages={"invalid": _("行政区划代码应为六位数字")},
    )
    country = forms.CharField(label=_("国家或地区"), max_length=2, min_length=2, initial="CN", required=False)
    contact_name = forms.CharField(label=_("企业联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)

    ENTERPRISE = (
        "enterprise",
        "credit_code",
        "no_code_reason",
        "division_code",
        "country",
        "contact_name",
        "contact_phone",
    )

    def investor(self) -> dict[str, str]:
        """The fields as ``EnterpriseData`` takes them."""
        data = {name: self.cleaned_data.get(name) or "" for name in self.ENTERPRISE}
        return data | {"name": data.pop("enterprise"), "country": (data["country"] or "CN").upper()}


class RegisterForm(EnterpriseFields):
    """One form for a lead: what, who, how much, where."""

    name = forms.CharField(
        label=_("项目名称"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )
    project_type = forms.ChoiceField(label=_("项目类型"), choices=ProjectType.choices)
    total = forms.CharField(
        label=_("总投资"), max_length=60, required=False, help_text=_("照原文写，如“20亿元”“6000万元”")
    )
    introducing_unit = unit_choice(label=_("引进单位"), required=False)
    industry_text = forms.CharField(label=_("行业"), max_length=100, required=False)
    industry_code = forms.RegexField(
        r"^\d{4}$", label=_("行业代码"), required=False, help_text=_("GB/T 4754 四位小类，如 3841"),
        error_messages={"invalid": _("行业代码为四位数字（GB/T 4754）")},
    )  # fmt: skip
    planning_year = forms.IntegerField(
        label=_("谋划年度"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("谋划次年至未来三年的项目"),
    )
    site = forms.CharField(label=_("选址"), max_length=200, required=False)
    content = Words(label=_("建设内容"), required=False)
    on = Day(label=_("登记日期"))
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    distinct = forms.BooleanField(label=_("已核对，不是同一项目"), required=False)
    distinct_reason = forms.CharField(
        label=_("不是同一项目的理由"),
        max_length=300,
        required=False,
        help_text=_("招商部门在查重池中据此复核"),
    )

    lead_source = forms.CharField(
        label=_("具体来源"), max_length=100, required=False, help_text=_("由谁、经什么介绍而来")
    )

    PROJECT = (
        *("project_type", "industry_text", "industry_code", "planning_year", "site", "content"),
        *("lead_channel", "lead_source", "target_classes", "lead_tags"),
    )

    def __init__(self, rules: Rulebook | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coded = code_fields(rules)
        self.fields.update(self.coded)

    @property
    def lead(self) -> list[forms.BoundField]:
        """How the lead came, and what it is marked with."""
        return [self[name] for name in ("lead_channel", "lead_source", *coded.SEVERAL) if name in self.fields]

    def plain_fields(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in self.PROJECT
            if self.cleaned_data.get(name) not in (None, "")
        }


def _reason_of_exchange() -> forms.CharField:
    return forms.CharField(
        label=_("改换期限的理由"), max_length=100, required=False,
        help_text=_("更改“小型低风险”等决定正在计时的全流程期限的事项时填写"),
    )  # fmt: skip


class EditForm(EnterpriseFields):
    """The plain fields of a project, and its investor; ``version`` is what the user had before the eyes."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.firm = project.enterprise
        widgets: dict[str, Any] = {
            name: forms.Textarea(attrs={"rows": 3}) for name in ("content", "progress")
        }
        made = forms.fields_for_model(Project, fields=FIELDS, widgets=widgets)
        own = code_fields(rules_of(project), project)
        self.asked = [name for name in FIELDS if name in own or name not in coded.TABLES]
        for name in self.asked:
            self.fields[name] = own.get(name) or _plain(made[name])
        if clocks.chosen_by_facts(project):
            self.fields["reason"] = _reason_of_exchange()
        values = {name: getattr(project, name) for name in self.asked} | {"version": project.version}
        for name, value in (values | self._kept()).items():
            self.fields[name].initial = value
        if self.firm and self.firm.contact_phone:
            now = _("现为 %(phone)s；不改就留空") % {"phone": mask(self.firm.contact_phone)}
            self.fields["contact_phone"].help_text = now

    def _kept(self) -> dict[str, Any]:
        """What is on file of the investor; the telephone number stays masked."""
        if self.firm is None:
            return {}
        found = {name: getattr(self.firm, name) for name in self.ENTERPRISE[1:]}
        return found | {"enterprise": self.firm.name, "contact_phone": ""}

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.asked, "reason") if name in self.fields]

    @property
    def investor_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ENTERPRISE]

    def another_investor(self) -> bool:
        """Whether name and code mean another enterprise than the one on file, and not a slip of the pen."""
        name, code = self.cleaned_data["enterprise"], self.cleaned_data["credit_code"].upper()
        if not name:
            return False
        if self.firm is None or code != self.firm.credit_code:
            return True
        return name != self.firm.name and not code

    def investor_changes(self) -> dict[str, str]:
        """What changes of the investor on file; an empty telephone number means the one kept."""
        data = self.investor()
        del data["credit_code"]
        return {name: value for name, value in data.items() if value or name != "contact_phone"}


def _plain(field: Any) -> forms.Field:
    """A model's form field whose empty choice is a dash, not a row of hyphens."""
    if isinstance(field, forms.TypedChoiceField):
        choices: Any = field.choices
        field.choices = [(value, label if value else "—") for value, label in choices]
    assert isinstance(field, forms.Field)
    return field


class ReasonForm(forms.Form):
    reason = Words(label=_("原因"), max_length=300)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("投资项目代码"),
        max_length=40,
        help_text=_("全国投资项目在线审批监管平台赋码，如 2603-500102-89-05-346948"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "spellcheck": "false"}),
    )


class ShelveForm(ReasonForm):
    """Stopping clocks takes a second person; without running clocks nobody need be named."""

    approved_by = Person(
        empty_label="—",
        label=_("批准人"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("项目有期限正在计时的，停表须由另一人批准"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["approved_by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = approvers(user)


class ContactForm(forms.Form):
    on = Day(label=_("联系日期"))
    channel = forms.ChoiceField(label=_("方式"), choices=Channel.choices)
    with_whom = forms.CharField(label=_("对方人员"), max_length=100, help_text=_("姓名、职务"))
    place = forms.CharField(label=_("地点"), max_length=100, required=False)
    matter = Words(label=_("洽谈内容"))
    outcome = Words(label=_("洽谈结果"), required=False, rows=2)
    next_step = forms.CharField(label=_("下一步"), max_length=300, required=False)
    next_on = Day(
        future=True, label=_("下一步日期"), required=False, initial=None, help_text=_("可填将来的日期")
    )
    paper_kind = forms.ChoiceField()
    uploads = Files(label=_("照片、附件"), required=False, help_text=_("可选多个文件"))
    on_request = forms.BooleanField(label=_("应企业要求"), required=False)

    def __init__(self, rules: Rulebook, phase: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(PHOTO, rules.documents[PHOTO].name)] if PHOTO in rules.documents else []
        kinds.append(("other", str(_("其他材料"))))
        self.fields["paper_kind"] = forms.ChoiceField(label=_("附件类别"), choices=kinds, required=False)
        self.rules_by_field = {f"topic_{row.code}": row for row in rules.topics if phase in row.phases}
        for name, row in self.rules_by_field.items():
            self.fields[name] = Words(label=row.name, required=False, rows=2, max_length=LONGEST_TOPIC)

    @property
    def plain(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.rules_by_field]

    @property
    def topics(self) -> list[tuple[forms.BoundField, Topic]]:
        """What the channel chosen asks for."""
        channel = self["channel"].value()
        return [(self[name], row) for name, row in self.rules_by_field.items() if channel in row.channels]

    def said(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in self.rules_by_field}
        topics = {row.code: self.cleaned_data.get(name, "") for name, row in self.rules_by_field.items()}
        data["paper_kind"] = data["paper_kind"] or "other"
        return data | {"topics": topics}


class MoneyForm(forms.Form):
    measure = forms.ChoiceField(label=_("口径"), choices=Measure.choices)
    raw = forms.CharField(
        label=_("金额（照原文）"), max_length=100, help_text=_("如“20亿元”“6000万元”；外币写外币数额")
    )
    currency = forms.ChoiceField(label=_("币种"), choices=Currency.choices)
    on = Day(label=_("数据日期"))
    rate = forms.CharField(
        label=_("汇率"),
        max_length=20,
        required=False,
        help_text=_("外币折人民币，如 7.1234；不填则不计入合计"),
    )
    rate_on = Day(label=_("汇率日期"), required=False, initial=None)
    qualifier = forms.CharField(
        label=_("限定"), max_length=40, required=False, help_text=_("如：约、不低于、一期、达产后")
    )
    source = forms.CharField(
        label=_("来源"), max_length=200, required=False, help_text=_("如：投资协议第3条、企业来函")
    )
    upload = forms.FileField(label=_("佐证材料"), required=False)
    reason = forms.CharField(label=_("说明"), max_length=300, required=False)


class AttachForm(forms.Form):
    kind = forms.ChoiceField(label=_("材料类别"))
    upload = forms.FileField(label=_("文件"))
    on = Day(label=_("材料日期"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, kinds: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = list(kinds.items())


class PartForm(forms.Form):
    """Which unit, and which person where the plan asks for one, plays which part."""

    part = forms.ChoiceField(label=_("角色"))
    unit = unit_choice(label=_("单位"))
    user = Person(
        label=_("人员"),
        empty_label="—",
        queryset=User.objects.none(),
        required=False,
        widget=forms.Select(attrs={"data-search": ""}),
        help_text=_("落实到人的角色须指定人员"),
    )
    on = Day(label=_("起始日期"))
    reason = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, kinds: Iterable[PartKind], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part, user = self.fields["part"], self.fields["user"]
        assert isinstance(part, forms.ChoiceField)
        assert isinstance(user, forms.ModelChoiceField)
        part.choices = [(row.code, row.name) for row in kinds]
        business = [role for role, rule in ROLES.items() if rule.scope is not Scope.NONE]
        user.queryset = people(business)


class ViewForm(forms.Form):
    """A ledger view to keep: its name; filters and columns come along as they stand."""

    name = forms.CharField(label=_("视图名称"), max_length=60)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=_("查看用途"), max_length=200, min_length=2)
