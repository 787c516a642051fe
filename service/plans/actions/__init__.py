"""All writes to plans. ``on`` is the business date in Asia/Shanghai; amounts are Decimal yuan, areas ㎡."""

from service.plans.actions.base import Contact, Figures
from service.plans.actions.editing import add_item, edit_item, remove_item, set_particulars
from service.plans.actions.making import make_plan, revise_plan, set_days
from service.plans.actions.sealing import seal_plan, take_back
from service.plans.actions.ticking import tick_item, untick_item

__all__ = [
    "Contact",
    "Figures",
    "add_item",
    "edit_item",
    "make_plan",
    "remove_item",
    "revise_plan",
    "seal_plan",
    "set_days",
    "set_particulars",
    "take_back",
    "tick_item",
    "untick_item",
]
