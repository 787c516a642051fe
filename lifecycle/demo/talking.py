"""From the first word of a project to the registration of the first talk (方案三(一)、三(二)4)."""

from datetime import date, timedelta
from random import Random

from accounts.access import acting_unit
from accounts.models import User
from approvals import actions as approvals
from chains.models import Node
from deadlines.models import Deadline
from documents.actions import attach as keep
from lifecycle.demo import library, words
from lifecycle.demo.names import contact, person
from lifecycle.demo.papers import paper
from lifecycle.demo.walk import Walk
from projects import actions as projects
from projects.facts import rules_of
from projects.models import Claim, Phase, Project
from projects.models.records import Channel

MU_IN_SQUARE_METRES = 667
WAN_PER_JOB = 120
"""万元 of investment that give one job, roughly."""


def plan(walk: Walk, on: date) -> None:
    """A project packaged for the library, still without an investor (三(一)1)."""
    title = walk.idea.title.format(n=walk.rng.choice(walk.idea.sizes))
    fields = _fields(walk) | {"planning_year": on.year + walk.rng.randint(1, 3)}
    row = projects.register(by=walk.by, on=on, name=title, fields=fields)
    walk.pk = row.pk
    _place(walk, on)
    projects.set_money(
        project=row,
        measure="total",
        raw=walk.total,
        by=walk.clerk,
        on=on,
        qualifier="预计",
        source="项目策划书",
    )


def into_library(walk: Walk, on: date) -> None:
    projects.reach(
        project=walk.row, milestone="planned", by=walk.clerk, on=on, note="要素、政策、市场条件具备"
    )


def register(walk: Walk, on: date) -> None:
    """A lead with its investor."""
    size = walk.rng.choice(walk.idea.sizes)
    brand = (
        walk.investor.name.split("（")[0][2:5] if walk.investor.country == "CN" else walk.investor.name[:3]
    )
    row = projects.register(
        by=walk.by,
        on=on,
        name=f"{brand}{walk.idea.title.format(n=size)}",
        enterprise=walk.investor,
        fields=_fields(walk),
    )
    walk.pk = row.pk
    _place(walk, on)


def _fields(walk: Walk) -> dict[str, object]:
    wan = int(walk.yuan / 10_000)
    mu = max(10, wan // walk.rng.choice((350, 420, 500)))
    return {
        "industry_code": walk.idea.code,
        "industry_text": walk.idea.industry,
        "jobs": max(20, wan // WAN_PER_JOB // 10 * 10),
        "land_square_metres": mu * MU_IN_SQUARE_METRES,
        "land_text": f"约{mu}亩",
        "land_mode": walk.rng.choices(("grant", "lease", "build_for", "purchase"), (70, 15, 10, 5))[0],
        "content": f"建设{walk.idea.industry}生产线及配套设施，总投资{walk.total}。",
        "site": f"{walk.park.short_name or walk.park.name}拟选地块",
        "project_type": walk.rng.choices(("new", "expansion", "second_round"), (80, 15, 5))[0],
        "green_channel": walk.rng.random() < 0.2,
        **library.marks(walk),
    }


def _place(walk: Walk, on: date) -> None:
    """Its nodes in the chains, and the department of its industry."""
    node = walk.nodes.get((walk.idea.chain, walk.idea.node))
    if node is not None:
        projects.set_nodes(project=walk.row, nodes=Node.objects.filter(pk=node), by=walk.clerk, on=on)
    if walk.idea.department:
        unit = walk.people.units[walk.idea.department]
        projects.set_parts(project=walk.row, part="industry_department", unit=unit, by=walk.clerk, on=on)


def talk(walk: Walk, on: date) -> None:
    """A contact with the investor, by whoever brought the project."""
    matter, outcome = walk.rng.choice(words.TALKS)
    _contact(walk, on, matter, outcome, by_whom="by")


def visit(walk: Walk, on: date) -> None:
    """A contact with the firm that builds, by its commissioner."""
    matter, outcome = walk.rng.choice(words.SERVICE_TALKS)
    _contact(walk, on, matter, outcome, by_whom="commissioner")


def call(project: Project, person: User, rng: Random, on: date) -> None:
    """The commissioner hears how the firm is doing."""
    matter, outcome = rng.choice(words.SERVICE_TALKS)
    projects.record_contact(
        project=project,
        by=person,
        on=on,
        today=on,
        channel=rng.choice((Channel.PHONE, Channel.PHONE, Channel.VISIT)),
        with_whom=project.enterprise.contact_name if project.enterprise else contact(rng),
        place="",
        matter=matter,
        outcome=outcome,
        on_request=project.phase == Phase.CONSTRUCTION,  # nobody calls a building site unasked
    )


def _contact(walk: Walk, on: date, matter: str, outcome: str, by_whom: str) -> None:
    channel = walk.rng.choice([one for one in Channel.values if one != Channel.OTHER])
    phase = Project.objects.values_list("phase", flat=True).get(pk=walk.pk)
    projects.record_contact(
        project=walk.row,
        by=getattr(walk, by_whom),
        on=on,
        today=on,
        channel=channel,
        topics=_topics(walk, str(phase), channel),
        next_step=words.NEXT_STEP if phase == "negotiation" else "",
        next_on=on + timedelta(days=14) if phase == "negotiation" else None,
        with_whom=walk.investor.contact_name or contact(walk.rng),
        place=walk.rng.choice(words.PLACES),
        matter=matter,
        outcome=outcome,
    )


def _topics(walk: Walk, phase: str, channel: str) -> dict[str, str]:
    """What a site visit is about, where the plan asks for it (R036)."""
    asked = rules_of(walk.row).topics_of(phase, channel)
    return {row.code: words.TOPICS[row.code] for row in asked if row.code in words.TOPICS}


def keep_warm(clock: Deadline, rng: Random, on: date) -> None:
    """The first receiver calls before the month is over (R025)."""
    project, person = Project.objects.get(pk=clock.case_id), clock.responsible_user
    if person is not None:
        matter, outcome = rng.choice(words.TALKS)
        projects.record_contact(
            project=project,
            by=person,
            on=on,
            today=on,
            channel=rng.choice((Channel.PHONE, Channel.WECHAT)),
            with_whom=project.enterprise.contact_name if project.enterprise else contact(rng),
            matter=matter,
            outcome=outcome,
        )


def claim_too(walk: Walk, on: date) -> None:
    """Another office says that it had met the firm first: the bureau is to rule."""
    rival = walk.people["clerk2"] if walk.by != walk.people["clerk2"] else walk.people["clerk"]
    projects.claim(project=walk.row, by=rival, on=on, today=on, note=words.MET_BEFORE)


def rule(walk: Walk, on: date) -> None:
    """The head of the bureau upholds whoever came first."""
    upheld = Claim.objects.get(project=walk.pk, by=walk.by, ending="")
    projects.rule_on_claims(upheld=upheld, by=walk.people["head"], on=on, reason=words.RULED)


def offer_lead(walk: Walk, on: date) -> None:
    """The first receiver asks a colleague to take over."""
    other = walk.people["clerk2"] if walk.by != walk.people["clerk2"] else walk.people["clerk"]
    row = Claim.objects.get(project=walk.pk, by=walk.by, ending="")
    projects.hand_over(claim=row, to_user=other, by=walk.by, on=on, reason=words.HANDED_ON)


def state_total(walk: Walk, on: date) -> None:
    """The investment as the firm states it: in its own currency where it comes from abroad."""
    abroad = walk.investor.country != "CN"
    projects.set_money(
        project=walk.row,
        measure="total",
        by=walk.clerk,
        on=on,
        raw=f"{int(walk.yuan / 10_000 / 7)}万" if abroad else walk.total,
        currency="USD" if abroad else "CNY",
        rate="7.12" if abroad else "",
        rate_on=on if abroad else None,
        source="境外投资者意向书" if abroad else "企业投资计划书",
    )


def state_yield(walk: Walk, on: date) -> None:
    """What the firm promises: yearly output and tax."""
    for measure, low, high in (("output", 110, 180), ("tax", 4, 8)):
        projects.set_money(
            project=walk.row,
            measure=measure,
            raw=walk.share(low, high),
            by=walk.clerk,
            on=on,
            qualifier="预计",
            source="可行性研究报告",
        )


def restate_total(walk: Walk, on: date) -> None:
    """Another figure than before, with its reason: the earlier one stays on record."""
    walk.total = walk.share(80, 130)
    reason = walk.rng.choice(words.RESTATED)
    projects.set_money(
        project=walk.row,
        measure="total",
        raw=walk.total,
        by=walk.clerk,
        on=on,
        source="企业来函",
        reason=reason,
    )


def advance(walk: Walk, on: date) -> None:
    """Into the next phase: the gate says whether."""
    projects.advance(project=walk.row, by=walk.clerk, on=on)


def call_in_park(walk: Walk, on: date) -> None:
    """The park that might take it is asked for its opinion too; now and then a supplier's is."""
    units = walk.people.units
    projects.set_parts(project=walk.row, part="intended_park", unit=walk.park, by=walk.clerk, on=on)
    if walk.rng.random() < 0.2:
        unit = units["power-company"]
        projects.set_parts(project=walk.row, part="element_guarantee", unit=unit, by=walk.clerk, on=on)


def open_first_talk(walk: Walk, on: date) -> None:
    approvals.open_step(project=walk.row, step="first_talk", by=walk.by, on=on)


def register_first_talk(walk: Walk, on: date) -> None:
    """Both conditions confirmed, the first receiver named (R024, R027): the assessment's clock starts."""
    unit = acting_unit(walk.by)
    assert unit is not None
    approvals.conclude(
        step=walk.step("first_talk"),
        verdict="registered",
        by=walk.by,
        on=on,
        checks=("first_talk_held", "clear_intention"),
        named=[approvals.Named(unit, walk.by)],
    )


def attach(walk: Walk, on: date, kind: str, title: str) -> None:
    """A paper of the case, by the clerk."""
    row = walk.row
    keep(case=row.case, kind=kind, upload=paper(title, row.name, f"{on:%Y-%m-%d}", person(walk.rng)),
         by=walk.clerk, on=on)  # fmt: skip
