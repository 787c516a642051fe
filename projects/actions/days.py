"""Business days of acts on a case: none lies before the case was opened."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.refusals import Refused
from projects.models import Project


def require_since_opening(project: Project, on: date) -> None:
    """Raises Refused (invalid) for an act dated before its case, save in an old ledger (存量补录)."""
    opened = project.case.opened_on
    if on < opened and not project.from_ledger:
        raise Refused.invalid("on", _("日期不能早于建档日期 %(day)s") % {"day": opened})
