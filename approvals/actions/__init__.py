"""All writes to steps and opinions. One door each: lock, who may, what is missing, change, event, outbox."""

from approvals.actions.agreements import (
    AgreementDraft,
    draft_agreement,
    give_up_agreement,
    preview_agreement,
    revise_agreement,
)
from approvals.actions.amending import follow_up
from approvals.actions.asking import ask
from approvals.actions.cancelling import cancel
from approvals.actions.conclusion import Conclusion, Named, conclude, conclude_together
from approvals.actions.meeting import record_meeting
from approvals.actions.opening import OfStage, open_step, reopen, restage
from approvals.actions.opinions import give_opinion, record_on_behalf
from approvals.actions.signing import Deed, sign, void_signing
from approvals.terms import Commitment

__all__ = [
    "AgreementDraft",
    "Commitment",
    "Conclusion",
    "Deed",
    "Named",
    "OfStage",
    "ask",
    "cancel",
    "conclude",
    "conclude_together",
    "draft_agreement",
    "follow_up",
    "give_opinion",
    "give_up_agreement",
    "open_step",
    "preview_agreement",
    "record_meeting",
    "record_on_behalf",
    "reopen",
    "restage",
    "revise_agreement",
    "sign",
    "void_signing",
]
