"""Who may do what to a project on its way to signing, and what it is refused for: roles × states × moves.

``EXPECTED`` names for each state what comes of each move for whose business it is (``WHO``): "ok", or the
code of the first thing that is missing. Everybody else is refused as "forbidden".
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from approvals import actions
from approvals.models import AgreementVersion, Opinion, Step
from approvals.sittings.actions import add_item, plan_sitting
from documents.actions import attach
from kernel.refusals import Refused
from projects import actions as projects
from projects.models import Project
from tests.approvals.story import TODAY, Story, settled, wording
from tests.documents.files import upload

pytestmark = pytest.mark.django_db

ROLES = {
    "clerk": ("bureau_clerk", "investment-bureau"),
    "head": ("bureau_head", "investment-bureau"),
    "park": ("park_clerk", "baitao-park"),
    "commissioner": ("commissioner", "baitao-park"),
    "other_park": ("park_clerk", "gaoxin-park"),
    "asked": ("reviewer", "ecology-environment"),
    "not_asked": ("reviewer", "culture-tourism"),
    "leader": ("leader", "district-government"),
    "inspector": ("inspector", "government-office"),
    "admin": ("system_admin", "investment-bureau"),
}


def _step(project: Project, code: str) -> Step:
    return Step.objects.filter(case_id=project.pk, code=code).latest("round")


def _version(project: Project) -> AgreementVersion:
    return AgreementVersion.objects.filter(agreement__case_id=project.pk).latest("pk")


def _opinion(project: Project) -> Opinion:
    return _step(project, "joint_review").opinions.get(aspect="environment", in_force=True)


def _revise(project: Project, by: User) -> None:
    draft = wording(jobs="300", paper=_version(project).file)
    actions.revise_agreement(agreement=_version(project).agreement, draft=draft, by=by, on=TODAY)


def _list(project: Project, by: User) -> None:
    row = (
        _step(project, "decision").opinions.select_related("unit").get(aspect="park_committee", in_force=True)
    )
    sitting = plan_sitting(body=row.unit, by=by, on=TODAY, planned_on=TODAY, chair="书记")
    add_item(sitting=sitting, opinion=row, by=by, on=TODAY)


MOVES: dict[str, Callable[[Project, User], Any]] = {
    "open_review": lambda p, by: actions.open_step(
        project=p, step="joint_review", by=by, on=TODAY, reason="再审"
    ),
    "opinion": lambda p, by: actions.give_opinion(
        opinion=_opinion(p), by=by, on=TODAY, answer="pass", supersede=True
    ),
    "conclude": lambda p, by: actions.conclude(
        step=_step(p, "joint_review"), verdict="passed", by=by, on=TODAY, reason="通过"
    ),
    "revise": _revise,
    "list": _list,
    "sign": lambda p, by: actions.sign(project=p, deed=actions.Deed(), by=by, on=TODAY, today=TODAY),
}


def drafted(story: Story) -> Project:
    project = settled(story, story.ready_for_review())
    attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    projects.set_money(project=project, measure="contract", raw="8亿元", by=story.clerk, on=TODAY)
    projects.edit(project=project, by=story.clerk, on=TODAY, changes={"agreement_grade": "contract"})
    return project


def under_review(story: Story) -> Project:
    project = drafted(story)
    story.open(project, "joint_review")
    return project


def vetoed(story: Story) -> Project:
    project = under_review(story)
    story.answer(_opinion(project), answer="veto", words="排放超标")
    story.answer_all(_step(project, "joint_review"))
    return project


def reviewed(story: Story) -> Project:
    project = under_review(story)
    story.answer_all(_step(project, "joint_review"))
    story.conclude(_step(project, "joint_review"), "passed")
    return project


def before_the_bodies(story: Story) -> Project:
    project = reviewed(story)
    story.open(project, "decision")
    return project


def decided(story: Story) -> Project:
    project = before_the_bodies(story)
    story.answer_all(_step(project, "decision"))
    story.conclude(_step(project, "decision"), "approved")
    return project


def signed(story: Story) -> Project:
    project = decided(story)
    actions.sign(project=project, deed=actions.Deed(), by=story.clerk, on=TODAY, today=TODAY)
    return project


def shelved(story: Story) -> Project:
    project = decided(story)
    head = story.district.head
    projects.shelve(project=project, by=story.clerk, on=TODAY, reason="企业缓投", approved_by=head)
    return project


def given_up(story: Story) -> Project:
    project = decided(story)
    projects.exit_project(project=project, by=story.district.head, on=TODAY, reason="落户外地")
    return project


def outcome(move: Callable[[Project, User], Any], project: Project, by: User) -> str:
    """What comes of it, without it coming about."""
    try:
        with transaction.atomic():
            move(Project.objects.get(pk=project.pk), by)
            transaction.set_rollback(True)
    except Refused as refused:
        return "forbidden" if refused.status == "forbidden" else refused.codes[0] or refused.status
    return "ok"


WHO = {
    "open_review": {"clerk", "head", "park"},
    "opinion": {"asked"},
    "conclude": {"clerk", "head"},
    "revise": {"clerk", "head", "park"},
    "list": {"clerk", "head", "park"},
    "sign": {"clerk", "head", "park"},
}
"""Whose business each move is; nobody else gets as far as the state of the project."""

ENVIRONMENT = "environment:ecology-environment"
EXPECTED: dict[Callable[[Story], Project], dict[str, str]] = {
    drafted: {"open_review": "ok", "revise": "ok", "sign": "milestone:joint_review_passed"},
    under_review: {
        "open_review": "already_running", "opinion": "ok", "conclude": f"opinion:{ENVIRONMENT}",
        "revise": "ok", "sign": "milestone:joint_review_passed",
    },
    vetoed: {
        "open_review": "already_running", "opinion": "ok", "conclude": f"veto:{ENVIRONMENT}",
        "revise": "ok", "sign": "milestone:joint_review_passed",
    },
    reviewed: {
        "opinion": "already_concluded", "conclude": "already_concluded", "revise": "ok",
        "sign": "milestone:decided",
    },
    before_the_bodies: {
        "opinion": "already_concluded", "conclude": "already_concluded", "revise": "ok", "list": "ok",
        "sign": "milestone:decided",
    },
    decided: {
        "opinion": "already_concluded", "conclude": "already_concluded", "revise": "ok", "list": "step_ended",
        "sign": "ok",
    },
    signed: {
        "opinion": "already_concluded", "conclude": "already_concluded", "revise": "already_signed",
        "list": "step_ended", "sign": "already_signed",
    },
    shelved: dict.fromkeys(("open_review", "opinion", "revise", "list", "sign"), "shelved"),
    given_up: dict.fromkeys(("open_review", "opinion", "revise", "list", "sign"), "exited"),
}  # fmt: skip


@pytest.mark.parametrize("state", EXPECTED, ids=lambda state: state.__name__)
def test_each_role_is_refused_for_what_the_state_lacks(
    story: Story, state: Callable[[Story], Project]
) -> None:
    project = state(story)
    people = {role: story.person(unit, kind) for role, (kind, unit) in ROLES.items()}
    for name, expected in EXPECTED[state].items():
        found = {role: outcome(MOVES[name], project, by) for role, by in people.items()}
        assert found == {role: expected if role in WHO[name] else "forbidden" for role in ROLES}, name
