"""One chunk of the sweep through the ORM: for SQLite, whose IMMEDIATE transactions let one writer in."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from cases.models import Event, Part
from deadlines import alarm_texts as texts
from deadlines.models import Alarm
from notices.actions import Draft, post_many

LeadUnits = dict[int, list[int]]


def raise_chunk(today: date, now: datetime, chunk: int) -> Counter[str]:
    """Raise up to ``chunk`` due alarms inside the caller's transaction; returns how many, by level."""
    due = Alarm.objects.filter(raised_at__isnull=True, on__lte=today).order_by("on", "id")
    alarms = list(due.select_related("deadline__case")[:chunk])
    if not alarms:
        return Counter()
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(raised_at=now)
    alarms.sort(key=lambda alarm: alarm.pk)
    Event.objects.bulk_create([_event(alarm) for alarm in alarms])
    leads = _lead_units(alarms)
    post_many(drafts=[_draft(alarm, today, leads) for alarm in alarms])
    return Counter(alarm.level for alarm in alarms)


def _event(alarm: Alarm) -> Event:
    row = alarm.deadline
    data = {"deadline": row.pk, "name": row.name, "clause": row.clause, "due": texts.due(alarm)}
    data |= {"level": alarm.name, "code": alarm.level}
    return Event(case_id=row.case_id, kind=texts.EVENT, on=alarm.on or row.due_on, data=data)


def _draft(alarm: Alarm, today: date, leads: LeadUnits) -> Draft:
    row, words = alarm.deadline, alarm.tells.split()
    return Draft(
        key=texts.key(alarm),
        topic=texts.TOPIC,
        case_id=row.case_id,
        text=texts.text(alarm, today),
        url=texts.url(alarm),
        users=[row.responsible_user_id] if "handler" in words and row.responsible_user_id else [],
        units=_units(alarm, words, leads.get(row.case_id, [])),
        heads=[row.responsible_unit_id] if "unit_head" in words and row.responsible_unit_id else [],
        roles=_roles(words),
    )


def _units(alarm: Alarm, words: Sequence[str], leads: list[int]) -> list[int]:
    """The handler's unit where no person is named, the lead units where not even a unit is."""
    row = alarm.deadline
    found: set[int] = set(leads) if "lead_unit" in words else set()
    if "handler" in words and row.responsible_user_id is None:
        found |= {row.responsible_unit_id} if row.responsible_unit_id else set(leads)
    return sorted(found)


def _roles(words: Sequence[str]) -> list[str]:
    bureau = list(texts.BUREAU) if "bureau" in words else []
    return bureau + [role for role in ("leader", "inspector") if role in words]


def _lead_units(alarms: Sequence[Alarm]) -> LeadUnits:
    cases = {alarm.deadline.case_id for alarm in alarms}
    parts = Part.objects.filter(case_id__in=cases, part__in=texts.LEAD_PARTS, valid_to__isnull=True)
    found: LeadUnits = defaultdict(list)
    for case_id, unit_id in parts.values_list("case_id", "unit_id"):
        found[case_id].append(unit_id)
    return found
