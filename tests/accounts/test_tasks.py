"""What is only kept for a while goes when its time is over, and not before."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import IdempotencyKey
from accounts.tasks import tidy
from kernel.clock import now
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_tidying_takes_what_is_over_and_leaves_the_rest() -> None:
    person = make.user()
    make.pages(person)
    IdempotencyKey.objects.create(user=person, key="old", fingerprint="")
    Client().post("/sign-in/", {"username": "x", "password": "y"})
    assert tidy() == {"sessions": 0, "keys": 0, "attempts": 0}
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        IdempotencyKey.objects.create(user=person, key="new", fingerprint="")
        assert tidy() == {"sessions": 1, "keys": 1, "attempts": 1}
    assert IdempotencyKey.objects.get().key == "new"
    assert not Session.objects.exists()
