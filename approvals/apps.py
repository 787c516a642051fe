from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Approvals"

    def ready(self) -> None:
        from approvals import agreement_panel, panel, refacts, signing, signing_book
        from approvals.dispatching import panel as dispatching
        from approvals.following import follow, on_preview
        from approvals.special import panel as special
        from cases import event_texts
        from projects import hooks

        hooks.on_milestone(follow)
        hooks.on_milestone(signing.follow)
        hooks.on_milestone(signing_book.follow)
        hooks.on_money(signing_book.on_money)
        hooks.on_import(signing_book.bring_in)
        hooks.on_money(refacts.on_facts)
        hooks.on_preview(on_preview)
        hooks.on_reopening(refacts.on_reopening)
        panel.hang()
        special.hang()
        dispatching.hang()
        agreement_panel.hang()

        event_texts.register(
            {
                "step.opened": _("启动%(name)s%(round)s，征求%(units)s意见（%(clause)s）"),
                "step.asked": _("%(name)s加征%(unit)s意见：%(aspect)s"),
                "step.unasked": _("%(name)s收回征求：%(asked)s，%(reason)s"),
                "step.opinion": _("%(unit)s就%(name)s的“%(aspect)s”出具意见：%(answer)s%(marks)s"),
                "step.followed": _("落实%(unit)s就%(name)s提出的修改意见：%(note)s"),
                "step.concluded": _("%(name)s作出结论：%(verdict)s%(reason)s（%(clause)s）"),
                "step.cancelled": _("撤销%(name)s：%(reason)s"),
                "docket.added": _("“%(title)s”列入%(sitting)s议程"),
                "docket.left": _("“%(title)s”%(how)s（%(sitting)s）：%(reason)s"),
                "docket.decided": _("%(sitting)s审议“%(title)s”：%(outcome)s（%(number)s）"),
                "report.drafted": _("起草%(name)s：%(title)s（%(clause)s）"),
                "report.edited": _("修改%(name)s草稿：%(what)s"),
                "report.issued": _("印发%(name)s%(number)s：%(title)s（%(clause)s）"),
                "report.voided": _("作废%(name)s%(number)s：%(reason)s"),
                "report.instructed": _("%(leader)s对%(number)s批示%(marks)s：%(text)s；承办单位：%(units)s"),
                "report.visited": _("%(leader)s于 %(day)s 率队考察，随%(number)s登记"),
                "proposal.made": _("%(name)s提出承接建议：%(proposed)s（%(clause)s）"),
                "proposal.withdrawn": _("%(name)s撤回对%(unit)s的承接建议：%(reason)s"),
                "proposal.consent_again": _("%(name)s增加拟承接园区，重新征求：%(asked)s"),
                "landing.moved": _("%(name)s：由%(from)s移交%(to)s（%(clause)s）"),
                "step.reasked": _("协议更新为第%(number)s版，%(name)s重新征求：%(asked)s"),
                "step.refacted": _("项目情况变化，%(name)s：%(what)s（%(clause)s）"),
                "signing.first": _("签约：%(name)s，%(day)s%(event)s（%(clause)s）"),
                "signing.increment": _("增量签约：%(day)s%(event)s，增加协议资金%(raw)s"),
                "signing.voided": _("作废 %(day)s 的签约：%(reason)s"),
                "agreement.version": _("登记协议“%(title)s”第%(number)s版%(changes)s"),
                "agreement.given_up": _("放弃协议“%(title)s”：%(reason)s"),
                "agreement.superseded": _("协议“%(title)s”被取代：%(reason)s"),
            }
        )
