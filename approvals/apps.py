from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Approvals"

    def ready(self) -> None:
        from approvals import agreement_panel, panel, refacts, signing, signing_book
        from approvals.dispatching import panel as dispatching
        from approvals.following import follow, on_preview
        from approvals.permits import following as sharing
        from approvals.permits import panel as permits
        from approvals.special import panel as special
        from cases import event_texts
        from projects import hooks

        hooks.on_milestone(follow)
        hooks.on_milestone(sharing.follow)
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
        permits.hang()
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
                "permit.applied": _("代办申请%(name)s%(round)s（%(clause)s）"),
                "permit.early_help": _("提前帮：%(name)s，%(note)s（不计入时限，%(clause)s）"),
                "permit.supplemented": _("%(name)s补交材料：%(what)s"),
                "permit.completed": _("%(name)s材料齐备，窗口收到：%(what)s"),
                "permit.withdrawn": _("%(name)s撤回材料：%(what)s，%(reason)s"),
                "permit.notified": _("%(name)s一次告知须补齐：%(what)s"),
                "permit.special_asked": _("%(name)s申请按特殊情况延长：%(reason)s，请%(approver)s批准"),
                "permit.special_granted": _("%(name)s按特殊情况延长：%(first)s → %(due)s（%(reason)s）"),
                "permit.special_declined": _("%(name)s未批准按特殊情况延长：%(reason)s"),
                "permit.result": _("%(name)s登记证照：%(number)s，有效期至 %(valid)s"),
                "receipt.entered": _("填入回执单：%(unit)s %(matter)s，%(service)s（%(clause)s）"),
                "receipt.struck": _("作废回执单记录：%(matter)s，%(reason)s"),
                "receipt.sent": _("%(name)s报送%(to)s：%(reason)s（%(clause)s）"),
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
