"""What an action on a duty leaves behind: its one event, and word of it to those concerned."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Assignment, State
from cases.actions import record
from deadlines.saving import due_words
from kernel.language import house_language
from notices import actions as notices


@house_language()
def due(row: Assignment) -> str:
    return _("，%(day)s前办结") % {"day": due_words(row.deadline)} if row.deadline else ""


@house_language()
def news(row: Assignment) -> str:
    """How a duty stands, in one line."""
    return _("【%(kind)s】%(case)s：%(title)s（%(state)s）") % {
        "kind": row.get_kind_display(),
        "case": row.case.title,
        "title": row.title,
        "state": State(row.state).label,
    }


def tell(
    row: Assignment,
    kind: str,
    by: User | None,
    on: date,
    *,
    to_unit: bool = False,
    to_issuer: bool = False,
    **words: str,
) -> None:
    """The one event of the action, and word of it to the answerable side or the issuing one."""
    data = {"assignment": row.pk, "title": row.title, "unit": row.unit.name, **words}
    event = record(case=row.case, kind=kind, by=by, on=on, data=data)
    users = [row.user] if to_unit and row.user else [row.issued_by] if to_issuer and row.issued_by else []
    units = [row.unit] if to_unit else []
    if users or units:
        text = news(row)
        url = f"/assignments/{row.pk}/"
        notices.post(
            key=f"event:{event.pk}", topic=kind, case=row.case, text=text, url=url, users=users, units=units
        )
