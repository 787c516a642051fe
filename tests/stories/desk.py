"""A visitor who sits down at one desk after the other, all about one project."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from accounts.models import User
from tests.documents.files import PDF
from tests.service.district import Served
from tests.stories.visitor import Visitor

SignIn = Callable[[Page, Any], None]


def scanned(folder: Path) -> Path:
    """A paper as it comes from the scanner."""
    found = folder / "佐证.pdf"
    found.write_bytes(PDF)
    return found


@dataclass
class Desk(Visitor):
    town: Served
    enter: SignIn

    def at(self, person: User, path: str) -> None:
        """Sit down at this person's desk; ``PROJECT`` in the path is the key of the project."""
        self.enter(self.page, person)
        self.go(path)

    def go(self, path: str) -> None:
        self.page.goto(path.replace("PROJECT", str(self.town.project.pk)))

    def reach(self, milestone: str, **fields: str) -> None:
        self.go(f"/projects/PROJECT/milestones/{milestone}/")
        self.fill(**fields)
        self.submit()

    def upload(self, name: str, file: Path) -> None:
        self.page.locator(f"input[name={name}]").set_input_files(file)

    def pick(self, words: str) -> None:
        """From the page's list that is searched by typing."""
        self.page.locator(".ts-control").first.click()
        self.page.keyboard.type(words)
        self.page.locator(".ts-dropdown .option", has_text=words).first.click()

    def apply(self, person: User, *codes: str, but: Collection[str] = ()) -> None:
        """For these permits at one stroke, with all their material ``but`` what is not at hand yet."""
        self.at(person, "/projects/PROJECT/permits/apply/")
        for code in codes:
            self.page.locator(f"input[name=apply-{code}]").check()
            for box in self.page.locator("label", has=self.page.locator(f"input[name=handed-{code}]")).all():
                if box.inner_text().strip() not in but:
                    box.locator("input").check()
        self.submit()

    def plan(self, start: date, finish: date, production: date) -> None:
        """倒排工期 from the three days agreed upon."""
        self.go("/projects/PROJECT/plan/make/")
        self.fill(start_on=str(start), finish_on=str(finish), production_on=str(production))
        self.click("倒排工期")

    def seal(self, side: str, paper: Path | None = None) -> None:
        """One side of the plan, which may have come on paper."""
        self.go(f"/projects/PROJECT/plan/seal/{side}/")
        self.fill(signatory="张三")
        if paper is not None:
            self.upload("upload", paper)
        self.submit()

    def pile(self, day: date, proof: Path) -> None:
        """Piling on that day, which is the start."""
        self.go("/projects/PROJECT/recognise/construction_started/")
        self.fill(day_piling=str(day))
        self.upload("file_piling", proof)
        self.submit()

    def report(self, month: date, percent: int) -> None:
        """Ten million and the foundations, in that month."""
        self.go(f"/projects/PROJECT/progress/{month:%Y-%m}/")
        self.fill(invested="1000", percent=str(percent))
        self.page.select_option("[name=stage]", "foundation")
        self.submit()

    def conclude(self, verdict: str, **fields: str) -> None:
        """The step on the page, with the verdict of this name."""
        self.check(verdict)
        self.fill(**fields)
        self.confirm("作出结论")
