"""All writes to projects. One door each: lock, who may, what is missing, change, event, clocks, outbox."""

from projects.actions.claims import claim, give_up, rule_on_claims
from projects.actions.codes import add_code, void_code
from projects.actions.contacts import record_contact
from projects.actions.corrections import Change, correct, preview_correction
from projects.actions.edit import edit, set_parts
from projects.actions.enterprises import edit_enterprise
from projects.actions.evidence import supply_evidence
from projects.actions.handovers import accept, decline, hand_over, withdraw_handover
from projects.actions.leads import check, lead_from, register_lead
from projects.actions.merging import merge, undo_merge
from projects.actions.milestones import reach, withdraw
from projects.actions.money import set_money
from projects.actions.nodes import set_nodes
from projects.actions.parts import end_part
from projects.actions.phases import advance, exit_project, resume, shelve
from projects.actions.pool import keep_apart, pair_up
from projects.actions.previews import preview_edit, preview_money
from projects.actions.register import EnterpriseData, find_or_create_enterprise, register
from projects.actions.rounds import link_first, unlink_first
from projects.actions.saved_views import delete_view, save_view
from projects.actions.stillness import explain_stillness, wake

__all__ = [
    "Change",
    "EnterpriseData",
    "accept",
    "add_code",
    "advance",
    "check",
    "claim",
    "correct",
    "decline",
    "delete_view",
    "edit",
    "edit_enterprise",
    "end_part",
    "exit_project",
    "explain_stillness",
    "find_or_create_enterprise",
    "give_up",
    "hand_over",
    "keep_apart",
    "lead_from",
    "link_first",
    "merge",
    "pair_up",
    "preview_correction",
    "preview_edit",
    "preview_money",
    "reach",
    "record_contact",
    "register",
    "register_lead",
    "resume",
    "rule_on_claims",
    "save_view",
    "set_money",
    "set_nodes",
    "set_parts",
    "shelve",
    "supply_evidence",
    "undo_merge",
    "unlink_first",
    "void_code",
    "wake",
    "withdraw",
    "withdraw_handover",
]
