"""产业链: one industry, one chain head, one adviser, one task force (方案三(一)2)."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Unit, User
from cases.models import Case, Part
from cases.visibility import HangsOnCase


class ChainQuerySet(HangsOnCase["Chain"]):
    def active(self) -> Self:
        return self.filter(ended_on__isnull=True)


class OfChain(HangsOnCase):
    """Rows of a chain: its primary key is its case's."""

    case_path = "chain__case"


class Chain(models.Model):
    """An industry chain: units that lead and answer for it see it through their parts in its case."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="chain")
    code = models.SlugField(_("代码"), max_length=64, unique=True)
    name = models.CharField(_("产业链"), max_length=100)
    focus = models.TextField(_("发展重点"), blank=True)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    began_on = models.DateField(_("设立日期"))
    ended_on = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = ChainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["case_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
                name="chain_life_in_order",
            )
        ]
        verbose_name = _("产业链")

    def __str__(self) -> str:
        return self.name


class Position(models.TextChoices):
    UP = "up", _("上游")
    MID = "mid", _("中游")
    DOWN = "down", _("下游")


class Strength(models.TextChoices):
    """How the district stands at a node; what is missing or weak is what promotion looks for (补链强链)."""

    STRONG = "strong", _("强")
    FAIR = "fair", _("一般")
    WEAK = "weak", _("弱")
    MISSING = "missing", _("缺")


class Node(models.Model):
    """One link of a chain; projects belong to nodes."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="nodes", verbose_name=_("产业链"))
    position = models.CharField(_("环节"), max_length=4, choices=Position.choices)
    name = models.CharField(_("节点"), max_length=80)
    strength = models.CharField(_("现状"), max_length=8, choices=Strength.choices, default=Strength.FAIR)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("次序"), default=0)

    objects = OfChain.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["chain", "name"], name="chain_node_name_once")]
        verbose_name = _("产业链节点")

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """Who holds a post of a chain: a unit, a user, or a person known by name only (an outside adviser).

    ``seat`` is the part in the chain's case that a unit's post brings with it: it opens the chain to it.
    """

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="posts", verbose_name=_("产业链"))
    part = models.CharField(_("职务"), max_length=40)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("用户")
    )
    person_name = models.CharField(_("姓名"), max_length=60, blank=True)
    title = models.CharField(_("现任职务"), max_length=100, blank=True)
    note = models.CharField(_("成员或说明"), max_length=500, blank=True)
    exclusive = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(_("次序"), default=0)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    seat = models.ForeignKey(Part, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfChain.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "part"],
                condition=Q(exclusive=True, valid_to__isnull=True),
                name="chain_post_exclusive_once",
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(user__isnull=False) | ~Q(person_name=""),
                name="chain_post_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="chain_post_life_in_order",
            ),
        ]
        verbose_name = _("产业链职务")

    def __str__(self) -> str:
        return self.holder

    @property
    def holder(self) -> str:
        """The person, else the unit."""
        return self.person_name or (self.user.name if self.user else "") or str(self.unit or "")
