from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = "Service"

    def ready(self) -> None:
        from accounts import audit
        from cases import event_texts
        from service import panel
        from service.portal import own
        from service.portal import panel as account_panel

        event_texts.register(
            {
                "service.commissioner_named": _("%(unit)s配备项目服务专员%(user)s（%(clause)s） %(reason)s"),
                "service.handed_over": _(
                    "项目服务专员由%(old)s移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
                ),
            }
        )
        event_texts.register(
            {
                "portal.account_opened": _("开通企业账号：%(user)s（%(username)s）"),
                "portal.account_ended": _("停用企业账号：%(user)s（%(username)s）：%(reason)s"),
                "portal.asked": _("请企业办理“%(title)s” %(due)s"),
                "portal.ask_done": _("企业完成“%(title)s” %(note)s"),
                "portal.ask_withdrawn": _("撤回请企业办理的“%(title)s”：%(reason)s"),
                "portal.request_raised": _("企业提出“%(title)s”（%(name)s，%(clause)s）"),
                "portal.request_answered": _("%(unit)s答复企业“%(title)s”：%(words)s"),
                "portal.request_judged": _("企业评价“%(title)s”的答复：%(verdict)s %(words)s"),
            }
        )
        audit.register(
            {
                "portal.account_opened": _("开通企业账号"),
                "portal.account_ended": _("停用企业账号"),
                "portal.out_of_bounds": _("企业账号越界访问"),
            }
        )
        panel.register()
        account_panel.register()
        own.register()
