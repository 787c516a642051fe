from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Approvals"

    def ready(self) -> None:
        from approvals import panel
        from approvals.following import follow, on_preview
        from cases import event_texts
        from projects import hooks

        hooks.on_milestone(follow)
        hooks.on_preview(on_preview)
        panel.hang()

        event_texts.register(
            {
                "step.opened": _("启动%(name)s%(round)s，征求%(units)s意见（%(clause)s）"),
                "step.asked": _("%(name)s加征%(unit)s意见：%(aspect)s"),
                "step.opinion": _("%(unit)s就%(name)s的“%(aspect)s”出具意见：%(answer)s%(marks)s"),
                "step.concluded": _("%(name)s作出结论：%(verdict)s%(reason)s（%(clause)s）"),
                "step.cancelled": _("撤销%(name)s：%(reason)s"),
            }
        )
