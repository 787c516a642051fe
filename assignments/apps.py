from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssignmentsConfig(AppConfig):
    name = "assignments"
    verbose_name = "Assignments"

    def ready(self) -> None:
        from assignments import openers, panel
        from cases import event_texts

        event_texts.register(
            {
                "assignment.issued": _("向%(unit)s交办“%(title)s”%(due)s"),
                "assignment.accepted": _("%(unit)s签收“%(title)s”"),
                "assignment.reported": _("%(unit)s反馈“%(title)s”：%(report)s"),
                "assignment.closed": _("“%(title)s”销号%(note)s"),
                "assignment.settled": _("“%(title)s”自动销号：%(note)s"),
                "assignment.returned": _("“%(title)s”退回：%(reason)s"),
                "assignment.sent_back": _("“%(title)s”退回%(unit)s重办：%(reason)s"),
                "assignment.reissued": _("重新交办“%(title)s”：%(unit)s%(due)s"),
                "assignment.revoked": _("撤销交办“%(title)s”：%(reason)s"),
                "assignment.raised": _("“%(title)s”提请“%(level)s”：%(reason)s"),
                "assignment.decided": _("“%(title)s”议定：%(decision)s"),
                "assignment.handed_over": _("%(count)s件交办事项由%(old)s移交%(new)s"),
            }
        )
        openers.register()
        panel.register()
