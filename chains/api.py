"""Chains over REST: list, one chain with posts and nodes, appointing, keeping nodes."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from chains import actions, queries
from chains.actions import POSTS
from chains.models import Chain, ChainQuerySet, Node, Position, Post, Strength
from kernel.clock import today


class ChainPostOut(serializers.ModelSerializer[Post]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    user = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    holder = serializers.CharField(read_only=True)

    class Meta:
        model = Post
        fields = ("id", "part", "holder", "unit", "user", "title", "note", "valid_from", "valid_to")
        read_only_fields = fields


class ChainNodeOut(serializers.ModelSerializer[Node]):
    class Meta:
        model = Node
        fields = ("id", "position", "name", "strength", "note", "order")
        read_only_fields = fields


class ChainOut(serializers.ModelSerializer[Chain]):
    """``posts``: those held now."""

    id = serializers.IntegerField(source="pk", read_only=True)
    posts = ChainPostOut(source="open_posts", many=True, read_only=True)
    nodes = ChainNodeOut(many=True, read_only=True)

    class Meta:
        model = Chain
        fields = ("id", "code", "name", "focus", "clause", "began_on", "ended_on", "posts", "nodes")
        read_only_fields = fields


class ChainIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    code = serializers.SlugField(max_length=64, required=False)
    focus = serializers.CharField(required=False, allow_blank=True)


class ChainPostIn(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=POSTS)
    unit = serializers.SlugRelatedField[Unit](
        slug_field="code", queryset=Unit.objects.all(), required=False, allow_null=True
    )
    user = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )
    person_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    title = serializers.CharField(required=False, allow_blank=True, max_length=100)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    on = serializers.DateField(required=False)


class ChainNodeIn(serializers.Serializer[Any]):
    position = serializers.ChoiceField(choices=Position.choices)
    name = serializers.CharField(max_length=80)
    strength = serializers.ChoiceField(choices=Strength.choices, required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    order = serializers.IntegerField(required=False, min_value=0, max_value=999)


class ChainViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Chain]
):
    """Industry chains the caller sees."""

    serializer_class = ChainOut
    queryset = Chain.objects.none()
    lookup_field = "code"
    filter_backends = ()

    def get_queryset(self) -> ChainQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Chain.objects.none()
        user: Any = self.request.user
        return queries.in_full(user)

    @extend_schema(request=ChainIn, responses={201: ChainOut})
    def create(self, request: Request) -> Response:
        """Open a chain beyond those the plan names."""
        row = actions.open_chain(by=self._user, on=today(), **self._checked(ChainIn))
        return Response(self._fresh(row.code), status=201)

    @extend_schema(request=ChainPostIn, responses={201: ChainPostOut})
    @action(detail=True, methods=["post"])
    def posts(self, request: Request, code: str) -> Response:
        """任命: an exclusive post passes from its holder."""
        fields = {"on": today()} | self._checked(ChainPostIn)
        post = actions.appoint(chain=self.get_object(), by=self._user, **fields)
        return Response(ChainPostOut(post).data, status=201)

    @extend_schema(request=ChainNodeIn, responses={201: ChainNodeOut})
    @action(detail=True, methods=["post"])
    def nodes(self, request: Request, code: str) -> Response:
        """Add a node."""
        node = actions.save_node(
            chain=self.get_object(), by=self._user, on=today(), **self._checked(ChainNodeIn)
        )
        return Response(ChainNodeOut(node).data, status=201)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _fresh(self, code: str) -> dict[str, Any]:
        return dict(ChainOut(self.get_queryset().get(code=code)).data)

    def _checked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        found: dict[str, Any] = body.validated_data
        return found


routes = [("chains", ChainViewSet, "chain")]

__all__ = ["ChainViewSet", "routes"]
