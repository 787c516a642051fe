"""首接认领 over REST: claims in sight, made, given up, ruled on, handed over with consent."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from kernel.clock import today
from kernel.numbers import MOST_KEY
from kernel.rest import BusinessDay
from projects import actions
from projects.models import Claim, ClaimHandover, Project
from projects.models.claims import ClaimQuerySet, Offer


class HandoverOut(serializers.ModelSerializer[ClaimHandover]):
    """An offer that waits for the answer of ``to_user``."""

    to_user = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    to_unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)

    class Meta:
        model = ClaimHandover
        fields = ("id", "to_user", "to_unit", "proposed_on", "reason", "state")
        read_only_fields = fields


class ClaimOut(serializers.ModelSerializer[Claim]):
    """``claimed_at`` is the stamp, ``on`` the business date; ``standing``, ``in_conflict`` are as of today.
    ``protected_until``: null without a window; ``kept_by``, ``until``: milestones that keep or end it."""

    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    upheld_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    ended_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    standing = serializers.BooleanField(source="is_standing", read_only=True)
    in_conflict = serializers.BooleanField(source="is_in_conflict", read_only=True)
    ending = serializers.CharField(
        read_only=True, help_text='"" while open; given_up, handed_over, set_aside, passed or lapsed'
    )
    offers = HandoverOut(source="pending", many=True, read_only=True)

    class Meta:
        model = Claim
        fields: Any = (
            "id", "project", "enterprise", "unit", "unit_name", "by", "how", "claimed_at", "on", "note",
            "clause", "protected_until", "kept_by", "until", "standing", "in_conflict", "upheld_on",
            "upheld_by", "upheld_reason", "ending", "ended_on", "ended_by", "ended_reason", "offers",
        )  # fmt: skip
        read_only_fields = fields


class ClaimIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(min_value=1, max_value=MOST_KEY)
    on = BusinessDay(required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class WhyIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class HandOverIn(WhyIn):
    to_user = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True)
    )


class ClaimFilter(django_filters.FilterSet):
    project = django_filters.NumberFilter(max_value=MOST_KEY, help_text="id of the project")
    by = django_filters.CharFilter("by__username", help_text="user name of the claimant")
    state = django_filters.ChoiceFilter(
        choices=[(word, word) for word in ("standing", "conflict", "ended")],
        method="by_state",
        help_text="standing today; the later claim of each conflict; ended",
    )

    class Meta:
        model = Claim
        fields = ("project", "by", "state")

    def by_state(self, rows: ClaimQuerySet, name: str, value: str) -> ClaimQuerySet:
        if value == "ended":
            return rows.exclude(ending="")
        return rows.standing(today()) if value == "standing" else rows.in_conflict(today())


class ClaimViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Claim]
):
    """Claims of the projects the caller sees, newest first."""

    serializer_class = ClaimOut
    queryset = Claim.objects.none()
    filterset_class = ClaimFilter
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Claim]:
        if getattr(self, "swagger_fake_view", False):
            return Claim.objects.none()
        pending = ClaimHandover.objects.filter(state=Offer.PENDING).select_related("to_user", "to_unit")
        found = Claim.objects.visible_to(self.request.user).as_of(today())
        related = ("unit", "by", "upheld_by", "ended_by")
        return found.select_related(*related).prefetch_related(Prefetch("handovers", pending, "pending"))

    @extend_schema(request=ClaimIn, responses={201: ClaimOut})
    def create(self, request: Request) -> Response:
        """认领: where another's claim of the project or its enterprise stands, both go to the bureau."""
        fields: dict[str, Any] = {"on": today()} | self._checked(ClaimIn)
        rows = Project.objects.visible_to(self._user).select_related("case")
        fields["project"] = get_object_or_404(rows, pk=fields["project"])
        return self._answer(actions.claim(by=self._user, today=today(), **fields), 201)

    @extend_schema(request=WhyIn, responses=ClaimOut)
    @action(detail=True, methods=["post"])
    def rule(self, request: Request, pk: str) -> Response:
        """裁定: uphold this claim; what stands against it is set aside, all are told."""
        said = self._checked(WhyIn)
        row = actions.rule_on_claims(upheld=self.get_object(), by=self._user, on=today(), **said)
        return self._answer(row)

    @extend_schema(request=WhyIn, responses=ClaimOut)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request: Request, pk: str) -> Response:
        """放弃, by the claimant."""
        said = self._checked(WhyIn)
        return self._answer(actions.give_up(claim=self.get_object(), by=self._user, on=today(), **said))

    @extend_schema(request=HandOverIn, responses=ClaimOut)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, pk: str) -> Response:
        """移交: offered to ``to_user``; nothing passes until that person accepts."""
        said, row = self._checked(HandOverIn), self.get_object()
        actions.hand_over(claim=row, by=self._user, on=today(), **said)
        return self._answer(row)

    @extend_schema(request=None, responses=ClaimOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """The person asked takes over; the answer is the new claim."""
        return self._answer(actions.accept(handover=self._offer(), by=self._user, on=today()))

    @extend_schema(request=WhyIn, responses=HandoverOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """The person asked says no, with a reason."""
        said = self._checked(WhyIn)
        row = actions.decline(handover=self._offer(), by=self._user, on=today(), **said)
        return Response(HandoverOut(row).data)

    @extend_schema(request=WhyIn, responses=HandoverOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the offer back, with a reason."""
        said = self._checked(WhyIn)
        row = actions.withdraw_handover(handover=self._offer(), by=self._user, on=today(), **said)
        return Response(HandoverOut(row).data)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _offer(self) -> ClaimHandover:
        """The latest offer of the claim. Raises Http404 where there never was one."""
        rows = ClaimHandover.objects.filter(claim=self.get_object()).select_related("claim")
        found = rows.order_by("-id").first()
        return found or get_object_or_404(rows)

    def _checked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _answer(self, row: Claim, status: int = 200) -> Response:
        return Response(ClaimOut(self.get_queryset().get(pk=row.pk)).data, status=status)
