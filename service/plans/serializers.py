"""What REST gives and takes of plans."""

from decimal import Decimal
from typing import Any, get_args

from rest_framework import serializers

from documents.papers import PaperKey
from kernel.money import yuan
from kernel.phones import mask
from kernel.rest import BusinessDay
from service.plans.actions import Contact, Figures
from service.plans.models import WHOLE, Plan, PlanSeal, PlanTarget, PlanVersion
from service.plans.standing import State

ITEM_STATES = [(state, state) for state in get_args(State)]


class PlanOut(serializers.ModelSerializer[Plan]):
    """``next_on``: the earliest planned day of what is not done; ``current``: number of the version
    followed.
    """

    project = serializers.IntegerField(source="project_id", read_only=True)
    project_code = serializers.CharField(source="project.case.code", read_only=True)
    project_name = serializers.CharField(source="project.name", read_only=True)
    current = serializers.IntegerField(source="current.number", read_only=True)
    sealed = serializers.SerializerMethodField()

    class Meta:
        model = Plan
        fields = (
            *("id", "project", "project_code", "project_name", "code", "current", "sealed", "next_on"),
            *("items_total", "items_done", "made_on", "version", "updated_at"),
        )
        read_only_fields = fields

    def get_sealed(self, row: Plan) -> bool:
        """Whether a version has been sealed by all sides."""
        return row.first_sealed_id is not None


class PlanLineOut(serializers.Serializer[Any]):
    """One item as it stands: ``slip_first`` and ``slip_last`` in days against the first and the last seal."""

    code = serializers.CharField(source="item.code")
    form = serializers.CharField(source="item.form")
    track = serializers.CharField(source="item.track", allow_blank=True)
    name = serializers.CharField(source="item.name")
    goal = serializers.CharField(source="item.goal", allow_blank=True)
    timing = serializers.CharField(source="item.timing", allow_blank=True)
    note = serializers.CharField(source="item.note", allow_blank=True)
    milestone = serializers.CharField(source="item.milestone", allow_blank=True)
    starts_on = serializers.DateField(source="item.starts_on", allow_null=True)
    planned_on = serializers.DateField(source="item.planned_on", allow_null=True)
    by_hand = serializers.BooleanField(source="item.by_hand")
    earliest = serializers.DateField(allow_null=True)
    critical = serializers.BooleanField()
    provisional = serializers.BooleanField()
    state = serializers.ChoiceField(choices=ITEM_STATES)
    done_on = serializers.DateField(source="tick.on", allow_null=True, default=None)
    done_by = serializers.CharField(source="tick.by.username", allow_null=True, default=None)
    on_behalf = serializers.BooleanField(source="tick.on_behalf", default=False)
    slip_first = serializers.IntegerField(allow_null=True)
    slip_last = serializers.IntegerField(allow_null=True)


class TargetOut(serializers.ModelSerializer[PlanTarget]):
    """``year`` 0 is the whole plan; ``invest`` in yuan as text, ``floor_area`` in ㎡."""

    invest = serializers.SerializerMethodField()
    buildings = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = PlanTarget
        fields = ("year", "invest", "floor_area", "buildings")
        read_only_fields = fields

    def get_invest(self, row: PlanTarget) -> str | None:
        return None if row.invest_fen is None else str(yuan(row.invest_fen))


class PlanSealOut(serializers.ModelSerializer[PlanSeal]):
    """``unit`` is null for the enterprise; ``by`` who entered it."""

    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    by = serializers.CharField(source="by.username")

    class Meta:
        model = PlanSeal
        fields = ("side", "unit", "signatory", "on", "by", "on_behalf", "paper")
        read_only_fields = fields


class PlanVersionOut(serializers.ModelSerializer[PlanVersion]):
    """One version with its figures and the seals in force; telephone numbers with their middle hidden."""

    targets = TargetOut(many=True, read_only=True)
    seals = serializers.SerializerMethodField()
    contacts = serializers.SerializerMethodField()

    class Meta:
        model = PlanVersion
        fields = (
            *("number", "reason", "start_on", "finish_on", "production_on", "accepted_late", "drafted_on"),
            *("sealed_on", "filed", "targets", "seals", "contacts"),
        )
        read_only_fields = fields

    def get_seals(self, row: PlanVersion) -> list[dict[str, Any]]:
        rows = [seal for seal in row.seals.all() if seal.voided_on is None]
        return [dict(PlanSealOut(seal).data) for seal in rows]

    def get_contacts(self, row: PlanVersion) -> dict[str, Any]:
        known = row.frame.get("contacts", {})
        return {side: {"name": one["name"], "phone": mask(one["phone"])} for side, one in known.items()}


class MissedOut(serializers.Serializer[Any]):
    """An agreed day that cannot be met: the earliest possible one, and the codes of the items that lead to
    it.
    """

    anchor = serializers.CharField()
    agreed = serializers.DateField()
    earliest = serializers.DateField()
    path = serializers.ListField(child=serializers.CharField())


class DoubtOut(serializers.Serializer[Any]):
    """Where a draft contradicts itself; ``kind``: too_early, before_other or off_agreed_day. ``other``: the
    item it comes after; ``reason``: why it was accepted, "" while it was not."""

    kind = serializers.CharField()
    code = serializers.CharField(source="item.code")
    other = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)


class PlanDetail(PlanOut):
    """With the version asked for (``?v=``, the newest by default), its items, and every version."""

    shown = PlanVersionOut(read_only=True)
    items = PlanLineOut(many=True, read_only=True)
    missed = MissedOut(many=True, read_only=True)
    doubts = DoubtOut(many=True, read_only=True)
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)
    versions = PlanVersionOut(many=True, read_only=True)

    class Meta:
        model = Plan
        fields: tuple[str, ...] = (
            *PlanOut.Meta.fields,
            *("shown", "items", "missed", "doubts", "warnings", "versions"),
        )
        read_only_fields = fields


class DaysIn(serializers.Serializer[Any]):
    """The agreed days; what is left out is taken from the signed agreement, or stays."""

    start_on = serializers.DateField(required=False)
    finish_on = serializers.DateField(required=False)
    production_on = serializers.DateField(required=False)
    accept_late = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")

    def agreed(self) -> dict[str, Any]:
        data = self.validated_data
        return {
            code: data[f"{code}_on"] for code in ("start", "finish", "production") if f"{code}_on" in data
        }


class TargetIn(serializers.Serializer[Any]):
    """``invest`` in yuan, at most two decimals; left out or null: nothing planned."""

    year = serializers.IntegerField(min_value=0, max_value=9999)
    invest = serializers.DecimalField(max_digits=20, decimal_places=2, required=False, allow_null=True)
    floor_area = serializers.IntegerField(
        min_value=-(10**9), max_value=10**9, required=False, allow_null=True
    )
    buildings = serializers.DictField(
        child=serializers.IntegerField(min_value=-(10**6), max_value=10**6), required=False
    )


class PlanContactIn(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    phone = serializers.CharField(required=False, allow_blank=True, max_length=30, default="")


class ParticularsIn(serializers.Serializer[Any]):
    targets = TargetIn(many=True, required=False)
    contacts = serializers.DictField(child=PlanContactIn(), required=False)

    def figures(self) -> list[Figures]:
        rows = self.validated_data.get("targets", ())
        return [
            Figures(
                row.get("year", WHOLE), _decimal(row), row.get("floor_area"), dict(row.get("buildings", {}))
            )
            for row in rows
        ]

    def sides(self) -> dict[str, Contact]:
        return {side: Contact(**one) for side, one in self.validated_data.get("contacts", {}).items()}


def _decimal(row: dict[str, Any]) -> Decimal | None:
    found: Decimal | None = row.get("invest")
    return found


class MakeIn(DaysIn, ParticularsIn):
    project = serializers.IntegerField(min_value=1, max_value=2**62)
    code = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")


class ChangeDaysIn(DaysIn):
    keep_by_hand = serializers.BooleanField(required=False, default=True)


class PlanPreviewIn(DaysIn):
    project = serializers.IntegerField(min_value=1, max_value=2**62)
    code = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")


class SlotOut(serializers.Serializer[Any]):
    """``latest`` is the planned day; ``slack`` in days, negative where it cannot be met."""

    code = serializers.CharField()
    starts_on = serializers.DateField()
    latest = serializers.DateField()
    earliest = serializers.DateField()
    slack = serializers.IntegerField()
    critical = serializers.BooleanField()


class PlanPreviewOut(serializers.Serializer[Any]):
    items = SlotOut(many=True)
    missed = MissedOut(many=True)


class ItemIn(serializers.Serializer[Any]):
    """What is left out stays; a day and ``timing`` exclude each other."""

    name = serializers.CharField(required=False, max_length=300)
    goal = serializers.CharField(required=False, allow_blank=True, max_length=300)
    timing = serializers.CharField(required=False, allow_blank=True, max_length=60)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    planned_on = serializers.DateField(required=False, allow_null=True)


class PlanItemEdit(ItemIn):
    """``accept_late``: why a day stands although it contradicts others."""

    accept_late = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    code = serializers.CharField(max_length=64)


class PlanItemAdd(ItemIn):
    form = serializers.CharField(max_length=64)


class PlanItemCode(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=64)


class PlanTickIn(PlanItemCode):
    on = BusinessDay(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class PlanReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class PlanUntickIn(PlanReasonIn):
    code = serializers.CharField(max_length=64)


class PlanSealIn(serializers.Serializer[Any]):
    """``paper``: id of an attachment of the case, needed where the seal is entered for the side;
    ``accept_late``: why the first seal is given on a draft that contradicts itself."""

    accept_late = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")

    side = serializers.CharField(max_length=64)
    signatory = serializers.CharField(max_length=60)
    on = BusinessDay(required=False)
    paper = PaperKey(required=False, allow_null=True)


class PlanChangeOut(serializers.Serializer[Any]):
    what = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class PlanCompareOut(serializers.Serializer[Any]):
    a = serializers.IntegerField()
    b = serializers.IntegerField()
    changes = PlanChangeOut(many=True)
