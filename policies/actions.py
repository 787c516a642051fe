"""All writes to policies: loading a pack as a draft, publishing it."""

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.models import Unit, User
from accounts.roles import Can
from kernel.clock import now
from kernel.refusals import Refused, Unmet
from policies.errors import PackError, PackRefused
from policies.loader import parse_pack
from policies.models import Policy, PolicyVersion, Status
from policies.rulebook import pack_of
from policies.schema import Pack, PolicyHead


@transaction.atomic
def load(*, text: str, by: User | None, on: date, file: str = "") -> PolicyVersion:
    """Store a pack as a draft, or take a draft's place; loading the same content again changes nothing.

    ``by`` is None only for the command line. ``on`` is the business date (Asia/Shanghai) against which
    the packs in force are looked up. Raises Refused: forbidden; invalid with every fault of the pack;
    conflict when a published version of that number says something else.
    """
    if by is not None:
        require(by, Can.LOAD_POLICIES)
    head = _head(text)
    beside = [pack_of(version.body) for version in _others(head, PolicyVersion.objects.in_force(on))]
    pack = _checked(text, file, beside)
    policy, _made = Policy.objects.select_for_update().get_or_create(
        code=pack.policy.code, defaults={"title": pack.policy.title}
    )
    digest = sha256(text.encode()).hexdigest()
    known = policy.versions.filter(version=pack.policy.version).first()
    if known and known.sha256 == digest:
        return known
    if known and known.status == Status.PUBLISHED:
        message = _("%(version)s已发布，内容不得更改；请以新的版本号载入") % {"version": known}
        raise Refused.conflict(message, code="published_is_immutable")
    version = known or PolicyVersion(policy=policy, version=pack.policy.version)
    _fill(version, pack.policy, text, digest, by)
    _note("policy.loaded", version, by, on)
    return version


def _head(text: str) -> str:
    """The code of the pack, as far as it can be told before it is checked."""
    try:
        head = tomllib.loads(text).get("policy", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    return str(head.get("code", "")) if isinstance(head, dict) else ""


def _others(code: str, versions: Iterable[PolicyVersion]) -> list[PolicyVersion]:
    return [version for version in versions if version.policy.code != code]


def _checked(text: str, file: str, beside: list[Pack]) -> Pack:
    units = set(Unit.objects.values_list("code", flat=True)) or None
    try:
        return parse_pack(text, file=file, units=units, beside=beside)
    except PackRefused as refused:
        raise Refused([_as_unmet(error) for error in refused.errors], "invalid") from refused


def _as_unmet(error: PackError) -> Unmet:
    return Unmet("bad_pack", f"{error.where}：{error.message}", field=f"{error.table}.{error.key}")


def _fill(version: PolicyVersion, head: PolicyHead, text: str, digest: str, by: User | None) -> None:
    version.title, version.body, version.sha256 = head.title, text, digest
    version.effective_from, version.effective_to = head.effective_from, head.effective_to
    version.loaded_by = by
    version.save()


@transaction.atomic
def publish(*, version: PolicyVersion, by: User | None, on: date) -> PolicyVersion:
    """Put a draft in force from its effective date on; immutable from now.

    A version that ``supersedes`` an earlier one closes it on the day before its own first day. Publishing
    again changes nothing. Raises Refused: forbidden; unmet where two versions of the pack would overlap, or
    two packs in force would claim the same key (named, with both packs).
    """
    if by is not None:
        require(by, Can.PUBLISH_POLICIES)
    policies = Policy.objects.select_for_update().order_by("pk")
    list(policies)  # every publication waits for the one before it: overlaps are looked at one by one
    version = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
    if version.status == Status.PUBLISHED:
        return version
    pack = _checked(version.body, "", [pack_of(v.body) for v in _meanwhile(version)])
    _make_room(version, pack.policy.supersedes)
    _refuse_double_claims(version, pack)
    version.status, version.published_by, version.published_at = Status.PUBLISHED, by, now()
    version.save(update_fields=["status", "published_by", "published_at"])
    Policy.objects.filter(pk=version.policy_id).update(title=version.title)
    _note("policy.published", version, by, on)
    return version


def _note(kind: str, version: PolicyVersion, by: User | None, on: date) -> None:
    days = {"effective_from": str(version.effective_from), "on": str(on)}
    detail = {"sha256": version.sha256, **days}
    audit.record(kind=kind, by=by, target=f"policy:{version.policy.code}:{version.version}", detail=detail)


def _meanwhile(version: PolicyVersion) -> list[PolicyVersion]:
    """Published versions of other packs that are in force at some time when this one is."""
    others = PolicyVersion.objects.exclude(policy=version.policy_id).select_related("policy")
    return list(others.overlapping(version.effective_from, version.effective_to))


def _make_room(version: PolicyVersion, supersedes: str) -> None:
    """Close the version that this one supersedes; refuse every other overlap within the pack."""
    siblings = PolicyVersion.objects.filter(policy=version.policy_id).select_for_update()
    for other in siblings.overlapping(version.effective_from, version.effective_to):
        if other.version != supersedes or other.effective_from >= version.effective_from:
            text = _("施行期与%(other)s重叠；请写明 supersedes，或调整施行日期")
            message = text % {"other": other}
            raise Refused.because("versions_overlap", message, field="policy.effective_from")
        other.close(version.effective_from - timedelta(days=1))


def _refuse_double_claims(version: PolicyVersion, pack: Pack) -> None:
    claims = pack.claims()
    found = []
    for other in _meanwhile(version):
        for table, key in sorted(claims & pack_of(other.body).claims()):
            message = _("“%(mine)s”与“%(other)s”同时在施行，都规定了 %(table)s.%(key)s") % {
                "mine": version,
                "other": other,
                "table": table,
                "key": key,
            }
            found.append(Unmet("claimed_twice", message, field=f"{table}.{key}"))
    if found:
        raise Refused(found)
