"""All writes to permits. One door each: lock, who may, what is missing, change, event, clock, outbox."""

from approvals.permits.actions.applying import apply, help_early
from approvals.permits.actions.materials import complete, notify, supplement, withdraw
from approvals.permits.actions.results import record_result
from approvals.permits.actions.special import ask_special, decline_special, grant_special
from approvals.permits.actions.stopping import go_on, stop
from approvals.permits.closing import Result
from approvals.permits.recording import Application

__all__ = [
    "Application",
    "Result",
    "apply",
    "ask_special",
    "complete",
    "decline_special",
    "go_on",
    "grant_special",
    "help_early",
    "notify",
    "record_result",
    "stop",
    "supplement",
    "withdraw",
]
