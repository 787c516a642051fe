"""What keeps the contact clocks in step with facts that change elsewhere."""

from datetime import date

from accounts.models import User
from projects import cadences
from projects.facts import rules_of
from projects.models import Project


def on_facts(project: Project, by: User, on: date) -> None:
    """Amounts, class or flags changed: a cadence that is for certain projects begins or ends."""
    cadences.on_facts(project, rules_of(project), by=by, on=on)
