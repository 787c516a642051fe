from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Approvals"

    def ready(self) -> None:
        from approvals import agreement_panel, panel, signing
        from approvals.following import follow, on_preview
        from cases import event_texts
        from projects import hooks

        hooks.on_milestone(follow)
        hooks.on_milestone(signing.follow)
        hooks.on_preview(on_preview)
        panel.hang()
        agreement_panel.hang()

        event_texts.register(
            {
                "step.opened": _("启动%(name)s%(round)s，征求%(units)s意见（%(clause)s）"),
                "step.asked": _("%(name)s加征%(unit)s意见：%(aspect)s"),
                "step.opinion": _("%(unit)s就%(name)s的“%(aspect)s”出具意见：%(answer)s%(marks)s"),
                "step.concluded": _("%(name)s作出结论：%(verdict)s%(reason)s（%(clause)s）"),
                "step.cancelled": _("撤销%(name)s：%(reason)s"),
                "step.reasked": _("协议更新为第%(number)s版，%(name)s重新征求：%(asked)s"),
                "agreement.version": _("登记协议“%(title)s”第%(number)s版%(changes)s"),
                "agreement.given_up": _("放弃协议“%(title)s”：%(reason)s"),
                "agreement.superseded": _("协议“%(title)s”被取代：%(reason)s"),
            }
        )
