"""Projects on the real packs, walked to a point of their life; what lies before it is laid down as rows.

row = signed()                       # a project whose agreement is signed, under both packs
reach(row, "construction_started")   # the real action
"""

from datetime import date
from pathlib import Path
from typing import Any

from accounts.models import Unit, User
from approvals import actions as approvals
from assignments.models import Assignment
from cases.models import Enterprise, Part
from deadlines.models import Deadline
from documents.models import Attachment
from policies import rulebook
from policies.models import PolicySet, PolicyVersion
from projects import actions
from projects.models import Project, ReachedMilestone
from tests import factories as make

PACKS = Path(rulebook.__file__).parent / "packs"
SIGNED_ON = date(2026, 2, 10)
BEFORE_SIGNING = (
    "first_talk_registered",
    "assessed",
    "dispatched",
    "agreement_settled",
    "joint_review_passed",
    "decided",
)


def packs() -> PolicySet:
    """Both packs in force, published as they lie in the repository."""
    rulebook.forget()
    for file in sorted(PACKS.glob("fuling-*.toml")):
        if PolicyVersion.objects.filter(policy__code=file.stem).exists():
            continue
        make.published_policy(file.stem, file.read_text("utf-8"), date(2024, 11, 1))
    return rulebook.set_in_force(make.TODAY)


def bureau() -> Unit:
    return make.unit("investment-bureau", kind="bureau", name="区招商投资局")


def clerk(role: str = "bureau_clerk") -> User:
    return make.user(role, unit=bureau())


def outsider(name: str = "外来投资公司") -> Enterprise:
    """An investor from outside the city (市外)."""
    return make.enterprise(name, division_code="510104")


def registered(by: User | None = None, on: date = date(2026, 1, 5), **more: Any) -> Project:
    """A lead under both packs, introduced by the park named ``introducing`` or the registering unit."""
    packs()
    fields = {"name": "铝合金轻量化部件", "enterprise": outsider()} | more
    row: Project = actions.register(by=by or clerk(), on=on, **fields)
    return row


def signed(
    by: User | None = None,
    park: Unit | None = None,
    contract: str = "20亿元",
    on: date = SIGNED_ON,
    **more: Any,
) -> Project:
    """A project with a park, a signed agreement and its figure."""
    by = by or clerk()
    row = ready_to_sign(by, park, contract, **more)
    approvals.sign(project=row, deed=approvals.Deed(), by=by, on=on, today=on)
    return Project.objects.select_related("case").get(pk=row.pk)


def ready_to_sign(by: User, park: Unit | None = None, contract: str = "20亿元", **more: Any) -> Project:
    row = registered(by, **more)
    settle_in(row, park or make.unit("baitao-park", kind="park", name="白涛工业园区"))
    if contract:
        actions.set_money(project=row, measure="contract", raw=contract, by=by, on=date(2026, 2, 1))
    for code in BEFORE_SIGNING:
        lay_down(row, code, by)
    paper(row, "investment_agreement", by)
    row.refresh_from_db()
    row.agreement_grade = "agreement"
    row.save()
    return row


def settle_in(row: Project, park: Unit) -> None:
    Part.objects.create(
        case=row.case, unit=park, part="landing", exclusive=True, valid_from=row.case.opened_on
    )
    Project.objects.filter(pk=row.pk).update(landing_unit=park)


def lay_down(row: Project, code: str, by: User, on: date = date(2026, 2, 2)) -> None:
    """A milestone that another test is about."""
    ReachedMilestone.objects.create(project=row, code=code, on=on, recorded_by=by)


def paper(row: Project, kind: str, by: User) -> Attachment:
    return Attachment.objects.create(
        case=row.case, kind=kind, name=f"{kind}.pdf", file="x", size=1, sha256="0" * 64,
        content_type="application/pdf", on=make.TODAY, uploaded_by=by,
    )  # fmt: skip


def reach(row: Project, code: str, by: User | None = None, on: date = make.TODAY) -> ReachedMilestone:
    done: ReachedMilestone = actions.reach(
        project=row, milestone=code, by=by or clerk(), on=on, produced=True
    )
    return done


def clock_of(duty: Assignment) -> Deadline:
    """The clock of a duty that has one, as it now stands."""
    return Deadline.objects.get(pk=duty.deadline_id or 0)
