"""What the panels of one case file ask about again and again, read once for the page.

``keep`` is called by the page alone, on the row that it shows; actions lock and read a row of their own,
so nothing kept here outlives a write.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Exists, Max, OuterRef, Q, prefetch_related_objects

from cases.models import Event, Part
from deadlines import calendars
from deadlines.calendar import Calendar
from deadlines.models import Deadline, Pause
from deadlines.queries import for_list, with_request
from documents.models import Attachment
from projects.facts import rules_of
from projects.models import ContactPaper, ContactRecord, Project, ProjectCode, ReachedMilestone

T = TypeVar("T")
_KEPT = "_reading"
CONTACTS = 5
PAPERS = 8
EVENTS = 20
CLOCKS = 40
HANDS = ("introducing", "landing")
"""The parts of which the case file tells the whole chain."""
SERVING = "commissioner"
HAS_PAPERS = Exists(ContactPaper.objects.filter(contact=OuterRef("pk")))


class Reading:
    """Each property is one query, at the first asking."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.others: dict[str, Any] = {}

    @cached_property
    def parts(self) -> list[Part]:
        """The open parts with unit and person, oldest first."""
        return [part for part in self.hands if part.valid_to is None]

    @cached_property
    def hands(self) -> list[Part]:
        """The open parts, and the ended ones of ``HANDS`` and ``SERVING``, with unit and person, oldest
        first."""
        told = Q(valid_to__isnull=True) | Q(part__in=(*HANDS, SERVING))
        rows = Part.objects.filter(told, case_id=self.project.pk)
        return list(rows.select_related("unit", "user").order_by("id"))

    @cached_property
    def milestones(self) -> list[ReachedMilestone]:
        """Every part reached and not withdrawn, in the order of parts."""
        rows = ReachedMilestone.objects.filter(project=self.project, withdrawn_on__isnull=True)
        return list(rows.select_related("evidence").order_by("part_no"))

    @cached_property
    def papers(self) -> list[Attachment]:
        """The latest papers and one more if there are more, then the newest in force of every other kind."""
        rows = Attachment.objects.filter(case_id=self.project.pk)
        latest = rows.order_by("-id").values("pk")[: PAPERS + 1]
        in_force = rows.filter(withdrawn_on__isnull=True).order_by().values("kind")
        wanted = Q(pk__in=latest) | Q(pk__in=in_force.annotate(last=Max("pk")).values("last"))
        return list(rows.filter(wanted).select_related("uploaded_by").order_by("-id"))

    @cached_property
    def documents(self) -> frozenset[str]:
        """The kinds of paper that are there and not withdrawn."""
        return frozenset(paper.kind for paper in self.papers if paper.withdrawn_on is None)

    @cached_property
    def codes(self) -> list[str]:
        """The national project codes in force."""
        rows = ProjectCode.objects.filter(project=self.project, voided_on__isnull=True)
        return list(rows.values_list("code", flat=True))

    @cached_property
    def events(self) -> list[Event]:
        """The latest events and one more if there are more, then the older ones that changed the phase."""
        rows = Event.objects.filter(case_id=self.project.pk)
        latest = rows.order_by("-id").values("pk")[: EVENTS + 1]
        wanted = rows.filter(Q(pk__in=latest) | Q(kind="project.advanced"))
        return list(wanted.select_related("by", "unit").order_by("-id"))

    @cached_property
    def clocks(self) -> list[Deadline]:
        """The latest clocks, newest first, annotated ``asked_of`` and ``was_stopped``."""
        rows = with_request(for_list(Deadline.objects.filter(case_id=self.project.pk)))
        stopped = Exists(Pause.objects.filter(deadline=OuterRef("pk")))
        return list(rows.annotate(was_stopped=stopped).order_by("-id")[:CLOCKS])

    @cached_property
    def calendar(self) -> Calendar:
        """The one in force."""
        return calendars.current()

    @cached_property
    def contacts(self) -> list[ContactRecord]:
        """The latest contacts, and one more if there are more."""
        rows = ContactRecord.objects.filter(project=self.project).select_related("by")
        return list(rows.annotate(has_papers=HAS_PAPERS)[: CONTACTS + 1])


def with_details(project: Project, rows: list[Any]) -> list[Any]:
    """Contacts annotated with ``HAS_PAPERS``, each with ``topic_lines`` (what was said on a topic, by its
    name) and ``photos``; papers are asked for only where there are any."""
    names = {row.code: row.name for row in rules_of(project).topics}
    told = [row for row in rows if row.has_papers]
    prefetch_related_objects(told, "papers__attachment")
    for row in rows:
        row.topic_lines = [(names.get(code, code), text) for code, text in row.topics.items()]
        row.photos = [paper.attachment for paper in row.papers.all()] if row.has_papers else []
    return rows


def of(project: Project) -> Reading:
    """What was kept for the page, or a reading of its own."""
    kept = project.__dict__.get(_KEPT)
    return kept if isinstance(kept, Reading) else Reading(project)


def keep(project: Project) -> Reading:
    """Read once from here on. Only for a page that shows the row and writes nothing."""
    found = Reading(project)
    project.__dict__[_KEPT] = found
    return found


def once(project: Project, name: str, read: Callable[[], T]) -> T:
    """What an app above reads for several panels of one page: once there, each time anywhere else."""
    page = kept(project)
    if page is None:
        return read()
    if name not in page.others:
        page.others[name] = read()
    found: T = page.others[name]
    return found


def kept(project: Project) -> Reading | None:
    found = project.__dict__.get(_KEPT)
    return found if isinstance(found, Reading) else None
