"""Bring the credit entries of every project up to its facts: after a first import, or to be sure."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from kernel.clock import today
from projects.models import Money, Project
from projects.permissions import lock
from scoring.actions import book
from scoring.reckoning import FACT_OF


class Command(BaseCommand):
    help = "Reverse credit that no longer holds and book what does; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        with_money = Money.objects.filter(measure__in=FACT_OF.values()).values("project_id")
        on, moved = today(), 0
        for pk in Project.objects.filter(pk__in=with_money).values_list("pk", flat=True).iterator():
            with transaction.atomic():
                moved += bool(book(project=lock(Project(pk=pk)), by=None, on=on))
        self.stdout.write(f"{moved} projects booked")
