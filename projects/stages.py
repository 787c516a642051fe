"""How far the talks with an enterprise have come: the plan's milestones on the way to the signing."""

from collections.abc import Iterable

from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects.models import LEADS, Batch, Phase, Project

BOARD = (*LEADS, Batch.SIGNED.value)
"""What the board of negotiation shows: leads, and what was signed and has not begun to build."""
_TALKS = (Phase.NEGOTIATION, Phase.LANDING)


def stages(rules: Rulebook) -> tuple[Milestone, ...]:
    """The milestones of the talks as the plan lists them, the signing last; () where no plan signs."""
    signing = signing_of(rules)
    found: list[Milestone] = []
    for milestone in rules.milestones.values():
        if milestone.phase in _TALKS:
            found.append(milestone)
        if milestone is signing:
            return tuple(found)
    return ()


def signing_of(rules: Rulebook) -> Milestone | None:
    """The milestone that makes a project count as signed."""
    state = next((row for row in rules.portfolio if row.code == Batch.SIGNED), None)
    return rules.milestones.get(state.from_milestone or "") if state else None


def stage_of(reached: Iterable[str], rules: Rulebook) -> str:
    """The furthest stage that is reached; "" before the first."""
    done = set(reached)
    return next((row.code for row in reversed(stages(rules)) if row.code in done), "")


def follow(project: Project, rules: Rulebook, done: Iterable[str]) -> None:
    """Keep the stage with the milestones, as the batch is kept; it follows from them and is no version."""
    stage = stage_of(done, rules)
    if stage != project.talk_stage:
        project.talk_stage = stage
        Project.objects.filter(pk=project.pk).update(talk_stage=stage)
