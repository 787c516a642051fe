"""All writes to steps and opinions. One door each: lock, who may, what is missing, change, event, outbox."""

from approvals.actions.cancelling import cancel
from approvals.actions.conclusion import Conclusion, Named, conclude, conclude_together
from approvals.actions.opening import ask, open_step, reopen
from approvals.actions.opinions import give_opinion, record_on_behalf

__all__ = [
    "Conclusion",
    "Named",
    "ask",
    "cancel",
    "conclude",
    "conclude_together",
    "give_opinion",
    "open_step",
    "record_on_behalf",
    "reopen",
]
