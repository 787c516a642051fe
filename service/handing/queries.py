"""Reads of hand-overs: what my units received, what came back to them, the receipts of one project."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, Q

from accounts.access import units_with
from accounts.models import User
from accounts.roles import Can
from kernel.numbers import whole
from projects.models import Project
from service.handing.models import Handing, Receipt, ReceiptQuerySet, ReceiptState

SHOWS = ("mine", "back", "late", "waiting", "acknowledged", "declined", "all")


def visible(user: User) -> Any:
    return Handing.objects.visible_to(user)


def receipts(user: User) -> ReceiptQuerySet:
    rows: ReceiptQuerySet = Receipt.objects.visible_to(user)
    return rows


def filtered(user: User, asked: Mapping[str, str], on: date) -> ReceiptQuerySet:
    """Receipts in sight by ``show`` (SHOWS; "mine": waits for my units, the nearest day first), ``unit`` code
    and ``project``; the latest first else."""
    rows = _shown(receipts(user), user, asked.get("show", "mine"), on)
    if unit := asked.get("unit", ""):
        rows = rows.filter(unit__code=unit)
    if project := asked.get("project", ""):
        rows = rows.filter(handing__project=whole(project) or 0)
    pressing = asked.get("show", "mine") in ("mine", "late", "waiting")
    return rows.order_by("deadline__due_on", "id") if pressing else rows.order_by("-id")


def _shown(rows: ReceiptQuerySet, user: User, show: str, on: date) -> ReceiptQuerySet:
    if show == "back":
        return rows.declined().filter(handing__from_unit__in=units_with(user, Can.ASSIGN_PARTS))
    if show == "late":
        return rows.waiting().filter(deadline__due_on__lt=on)
    if show == "waiting":
        return rows.waiting()
    if show in ("acknowledged", "declined", "all"):
        return rows if show == "all" else rows.filter(**{f"{show}_on__isnull": False})
    return rows.waiting().filter(unit__in=units_with(user, Can.REPORT_ASSIGNMENT))


def with_receipts(rows: Any) -> Any:
    """Hand-overs with everything a page of one shows; two queries however many."""
    related = ("project__case", "from_unit", "by", "letter", "withdrawn_by")
    found = Receipt.objects.for_list().order_by("id")
    return rows.select_related(*related).prefetch_related(Prefetch("receipts", found, to_attr="rows"))


def of_project(project: Project) -> list[Receipt]:
    """The receipts of hand-overs that stand, in their order; one query."""
    rows = Receipt.objects.filter(handing__project=project).filter(
        Q(handing__withdrawn_on__isnull=True), replaced_by__isnull=True
    )
    return list(rows.for_list().order_by(F("handing").asc(), "id"))


STATES = ReceiptState.choices
