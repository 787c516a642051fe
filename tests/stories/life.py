"""The whole life of one project under the shipped packs, each stretch a method; days pass as it goes."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.models import User
from approvals import actions as approvals
from approvals.actions import Named
from approvals.models import Step
from deadlines import calendars
from documents.actions import attach
from projects import actions as projects
from projects.models import Project, ReachedMilestone
from service import actions as service
from service.progress.recognising import Fact, recognise
from tests.approvals.dispatching import propose
from tests.approvals.story import Story
from tests.documents.files import upload
from tests.factories import TODAY

AUTHORITIES = {
    "company_opening": "market-regulation",
    "project_filing": "development-reform",
    "land_grant": "planning-natural-resources",
    "environment_assessment": "ecology-environment",
    "energy_review": "development-reform",
    "safety_review": "emergency-management",
    "planning_permit": "planning-natural-resources",
    "construction_permit": "housing-construction",
    "property_registration": "planning-natural-resources",
}
GRANTED = {"property_registration": "registered"}


@dataclass
class Life(Story):
    """``day`` is the business date on which the next thing happens."""

    day: date = TODAY
    total: str = "26亿元"
    pk: int = field(default=0)

    @property
    def project(self) -> Project:
        return Project.objects.select_related("case").get(pk=self.pk)

    @property
    def park_clerk(self) -> User:
        return self.person(self.district.park.code, "park_clerk")

    @property
    def commissioner(self) -> User:
        return self.person(self.district.park.code, "commissioner")

    def wait(self, working_days: int = 1) -> None:
        self.day = calendars.current().add_working(self.day, working_days)

    def advance(self) -> str:
        """Into the next phase; returns its code."""
        return str(projects.advance(project=self.project, by=self.clerk, on=self.day).phase)

    def reached(self) -> set[str]:
        rows = ReachedMilestone.objects.filter(project=self.pk, withdrawn_on__isnull=True)
        return set(rows.values_list("code", flat=True))

    def sign(self) -> None:
        deed = approvals.Deed(event="集中签约活动", counterparty="董事长")
        approvals.sign(project=self.project, deed=deed, by=self.clerk, on=self.day, today=self.day)

    def record(self, milestone: str, by: User | None = None, part_no: int = 1, parts_total: int = 1) -> None:
        projects.reach(
            project=self.project, milestone=milestone, by=by or self.clerk, on=self.day, today=self.day,
            part_no=part_no, parts_total=parts_total,
        )  # fmt: skip

    def paper(self, kind: str) -> None:
        content = f"%PDF-1.7\n{kind} {self.day}\n%%EOF\n".encode()
        attach(case=self.project.case, kind=kind, upload=upload(content), by=self.clerk, on=self.day)

    def latest(self, code: str) -> Step:
        return Step.objects.filter(case_id=self.pk, code=code).select_related("case").latest("round")

    def end(self, code: str, verdict: str, by: User | None = None, **more: object) -> None:
        """Everybody asked answers favourably, then the lead concludes."""
        self.answer_all(self.latest(code), on=self.day)
        more = {"reason": "材料齐全"} | more
        approvals.conclude(step=self.latest(code), verdict=verdict, by=by or self.clerk, on=self.day, **more)

    def lead(self) -> None:
        self.pk = self.district.project(on=self.day).pk
        projects.set_money(project=self.project, measure="total", raw=self.total, by=self.clerk, on=self.day)

    def first_talk(self) -> None:
        """In negotiation, the first talk registered: the assessment runs."""
        self.lead()
        projects.record_contact(
            project=self.project, by=self.clerk, on=self.day, today=self.day, channel="visit",
            with_whom="总经理", matter="首次洽谈",
        )  # fmt: skip
        self.advance()
        self.open(self.project, "first_talk", on=self.day)
        checks, named = ("first_talk_held", "clear_intention"), [self.first_contact()]
        self.end("first_talk", "registered", checks=checks, named=named)

    def dispatched(self) -> None:
        self.first_talk()
        self.wait(3)
        self.end("assessment", "feasible")
        propose(self, self.project, self.district.park, on=self.day)
        self.answer_all(self.latest("dispatch"), on=self.day)  # the leader, then the park
        self.wait()
        self.end("dispatch", "recommended", checks=("by_industry",), named=[Named(self.district.park)])

    def settled(self) -> None:
        """In the landing phase, the agreement settled."""
        self.dispatched()
        self.advance()
        self.draft(self.project, on=self.day, total_investment=self.total)
        self.record("agreement_settled")

    def reviewed(self) -> None:
        self.settled()
        self.open(self.project, "joint_review", on=self.day)
        self.wait(2)
        self.end("joint_review", "passed")

    def signed(self) -> None:
        self.reviewed()
        self.open(self.project, "decision", on=self.day)
        self.wait(3)
        self.end("decision", "approved")
        self.ready_to_sign()
        self.sign()

    def ready_to_sign(self) -> None:
        project, by, on = self.project, self.clerk, self.day
        projects.set_money(project=project, measure="contract", raw="24亿元", by=by, on=on)
        projects.edit(project=project, by=by, on=on, changes={"agreement_grade": "agreement"})
        self.paper("investment_agreement")

    def served(self) -> None:
        """In the construction phase, with service body and commissioner."""
        self.signed()
        self.advance()
        self.wait()
        named = [Named(self.district.park)]
        self.end("service_body", "named", checks=("where_it_settles",), named=named)
        service.name_commissioner(
            project=self.project, user=self.commissioner, unit=self.district.park, by=self.park_clerk,
            on=self.day, today=self.day,
        )  # fmt: skip

    def permit(self, code: str) -> None:
        self.open(self.project, code, by=self.park_clerk, on=self.day)
        self.wait()
        self.end(code, GRANTED.get(code, "granted"), by=self.person(AUTHORITIES[code]))

    def started(self) -> None:
        self.served()
        self.record("approvals_applied", by=self.park_clerk)
        for code in list(AUTHORITIES)[:8]:
            self.permit(code)
        self.wait(5)
        self.start()

    def start(self, by: User | None = None) -> None:
        """Piling, shown by a photo of the day."""
        content = f"%PDF-1.7\npiling {self.day}\n%%EOF\n".encode()
        fact = Fact("piling", self.day, upload=upload(content))
        recognise(
            project=self.project, milestone="construction_started", facts=[fact],
            by=by or self.commissioner, on=self.day,
        )  # fmt: skip

    def accept(self, part_no: int = 1, parts_total: int = 1, verdict: str = "passed") -> None:
        by = self.person("housing-construction")
        self.end("joint_acceptance", verdict, by=by, part_no=part_no, parts_total=parts_total)

    def pass_a_year(self) -> None:
        self.day += timedelta(days=365)
