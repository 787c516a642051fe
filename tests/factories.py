"""Small makers of rows for every test; each call makes one thing and says only what matters to the test.

park = unit("baitao-park", kind="park")
clerk = user("park_clerk", unit=park)
row = case(parts={"landing": park})
pages(clerk).get("/projects/")     # a signed-in browser
api(clerk).get("/api/v1/me/")      # a REST client with a token
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Membership, Unit, User
from accounts.roles import Role
from cases.models import Case, Enterprise, Part
from policies.models import Policy, PolicySet, PolicyVersion

DIVISION = "500102"
PASSWORD = "Wu-Ling-2026"
LONG_AGO = date(2020, 1, 1)
TODAY = date(2026, 3, 2)  # a working Monday in a published year; tests that need "now" freeze it

_number = count(1)


def unit(code: str = "", kind: str = "department", **fields: Any) -> Unit:
    """The unit with this code, made unless it is there already."""
    code = code or f"unit-{next(_number)}"
    made = {"name": fields.pop("name", code), "kind": kind, "division_code": DIVISION, "valid_from": LONG_AGO}
    return Unit.objects.get_or_create(code=code, defaults=made | fields)[0]


def user(role: str = "", unit: Unit | None = None, username: str = "", **fields: Any) -> User:
    """A user, holding ``role`` in ``unit`` (a new unit if none is named) since long ago."""
    username = username or f"{(role or 'nobody').replace('_', '-')}-{next(_number)}"
    fields = {"name": username, "password": PASSWORD} | fields
    person = User.objects.create_user(username, **fields)
    if role:
        member(person, role, unit)
    return person


def member(
    person: User, role: str, where: Unit | None = None, since: date = LONG_AGO, until: date | None = None
) -> Membership:
    return Membership.objects.create(
        user=person, unit=where or unit(), role=Role(role), valid_from=since, valid_to=until
    )


def published_policy(code: str = "plan", body: str = "", effective_from: date = LONG_AGO) -> PolicyVersion:
    """A published version whose rules do not matter to the test."""
    policy, _ = Policy.objects.get_or_create(code=code, defaults={"title": code})
    return PolicyVersion.objects.create(
        policy=policy, version=f"v{next(_number)}", title=code, status="published", body=body,
        sha256=sha256(body.encode()).hexdigest(), effective_from=effective_from,
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def policy_set() -> PolicySet:
    """The one set that cases of a test stand on when nothing else is said."""
    row, made = PolicySet.objects.get_or_create(key="test")
    if made:
        row.versions.add(published_policy())
    return row


def case(parts: Mapping[str, Unit | User] | None = None, **fields: Any) -> Case:
    """A case of the district, with parts by code: a unit, or a user (who plays it for the own unit)."""
    number = next(_number)
    made = {"kind": "project", "code": f"P{number:05}", "title": f"项目{number}", "division": DIVISION}
    dates = {"policy_date": TODAY, "opened_on": TODAY}
    row = Case.objects.create(
        **(made | dates | {"policy_set": fields.pop("policy_set", None) or policy_set()} | fields)
    )
    for code, who in (parts or {}).items():
        part(row, code, who)
    return row


def part(row: Case, code: str, who: Unit | User, since: date = LONG_AGO, until: date | None = None) -> Part:
    person = who if isinstance(who, User) else None
    where = who if isinstance(who, Unit) else who.memberships.select_related("unit")[0].unit
    return Part.objects.create(case=row, part=code, unit=where, user=person, valid_from=since, valid_to=until)


def enterprise(name: str = "", **fields: Any) -> Enterprise:
    fields = {"no_code_reason": "尚未登记"} | fields if not fields.get("credit_code") else fields
    return Enterprise.objects.create(name=name or f"企业{next(_number)}", **fields)


def pages(person: User) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    browser.force_login(person)
    return browser


def sent(answer: HttpResponseBase) -> bytes:
    """The whole body of an answer. A file is closed once it is read; to close the answer by hand would close
    the database connection of its test."""
    body = answer.streaming_content if isinstance(answer, StreamingHttpResponse) else [answer.content]  # type: ignore[attr-defined]
    return b"".join(body)


def api(person: User) -> APIClient:
    """A REST client that carries this person's token."""
    from accounts.tokens import issue

    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {issue(person)}")
    return caller
