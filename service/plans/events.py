"""How the events of plans read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, Promise | str] = {
    "plan.made": _("编制%(plan)s，预设%(items)s项，倒排依据：%(days)s（%(clause)s）"),
    "plan.days_set": _("%(plan)s第%(number)s版重新倒排：%(days)s"),
    "plan.revised": _("%(plan)s另起第%(number)s版：%(reason)s"),
    "plan.particulars_set": _("修改%(plan)s第%(number)s版的建设规模和联络人"),
    "plan.item_edited": _("修改%(form)s的“%(item)s”（第%(number)s版）%(behalf)s"),
    "plan.item_added": _("%(form)s增加“%(item)s”（第%(number)s版）%(behalf)s"),
    "plan.item_removed": _("%(form)s去掉“%(item)s”（第%(number)s版）%(behalf)s"),
    "plan.item_done": _("完成“%(item)s”（%(done)s）%(behalf)s %(note)s"),
    "plan.item_undone": _("撤销“%(item)s”的完成%(behalf)s：%(reason)s"),
    "plan.side_sealed": _("%(side)s在%(plan)s第%(number)s版签章（%(who)s）%(behalf)s"),
    "plan.taken_back": _("%(plan)s第%(number)s版收回重改，已有签章作废：%(reason)s"),
    "plan.in_force": _("%(plan)s第%(number)s版经各方签章生效并存档（%(clause)s）%(reason)s"),
}
