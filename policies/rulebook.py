"""The rules in force together: packs merged, immutable, read once per process.

``rulebook(policy_set_id)`` for a case's own law, ``current(on)`` for what is in force on a day.
"""

import tomllib
from datetime import date
from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.refusals import Refused
from policies.merged import Rulebook, merge
from policies.models import PolicySet, PolicyVersion
from policies.schema import Pack, PolicyVersionRef

__all__ = ["Rulebook", "current", "forget", "merge", "pack_of", "ref_of", "rulebook", "set_in_force"]


def ref_of(version: PolicyVersion) -> PolicyVersionRef:
    return PolicyVersionRef(version.pk, version.policy.code, version.version, version.title)


def rulebook(policy_set_id: int) -> Rulebook:
    """The rules of a set, cached per process: a set never changes. Raises PolicySet.DoesNotExist."""
    return _rulebook(policy_set_id)


@lru_cache(maxsize=64)
def _rulebook(policy_set_id: int) -> Rulebook:
    chosen = PolicySet.objects.get(pk=policy_set_id)
    versions = chosen.versions.select_related("policy").order_by("policy__code", "pk")
    return merge([(ref_of(v), pack_of(v.body)) for v in versions])


@lru_cache(maxsize=64)
def pack_of(body: str) -> Pack:
    """A stored body as a pack. It was checked when it was loaded: units may have gone since, the law stays.

    Raises pydantic's ValidationError for a body that this program can no longer read.
    """
    return Pack.model_validate(tomllib.loads(body))


def set_in_force(on: date) -> PolicySet:
    """The set of all versions in force on a day, made on first asking.

    Raises Refused (unmet) when no policy is in force.
    """
    versions = list(PolicyVersion.objects.in_force(on).order_by("pk"))
    if not versions:
        message = _("%(on)s没有已发布并生效的制度") % {"on": on}
        raise Refused.because("no_policy_in_force", message, url="/policies/")
    key = "-".join(str(version.pk) for version in versions)
    found = PolicySet.objects.filter(key=key).first()
    return found or _make_set(key, versions)


@transaction.atomic
def _make_set(key: str, versions: list[PolicyVersion]) -> PolicySet:
    made, new = PolicySet.objects.get_or_create(key=key)
    if new:
        made.versions.set(versions)
    return made


def current(on: date) -> tuple[PolicySet, Rulebook]:
    """The set in force on a business date (Asia/Shanghai) and its rules."""
    chosen = set_in_force(on)
    return chosen, rulebook(chosen.pk)


def forget() -> None:
    """Empty the process's cache; for tests, whose databases reuse primary keys."""
    _rulebook.cache_clear()
