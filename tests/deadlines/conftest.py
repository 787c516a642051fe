"""Time alone is under test here: what the apps above open when a rung rings is theirs to test."""

from typing import Any

import pytest

from deadlines import escalation


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The registry of escalation, empty for one test."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(escalation, "_handlers", found)
    return found
