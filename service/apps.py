from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = "Service"

    def ready(self) -> None:
        from cases import event_texts
        from projects import hooks
        from service import panel
        from service.elements import panel as elements
        from service.visits import following
        from service.visits import panel as visits

        event_texts.register(
            {
                "service.commissioner_named": _("%(unit)s配备项目服务专员%(user)s（%(clause)s） %(reason)s"),
                "service.handed_over": _(
                    "项目服务专员由%(old)s移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
                ),
                "elements.registered": _("登记要素需求：%(what)s"),
                "elements.under_way": _("要素“%(name)s”开始对接 %(note)s"),
                "elements.met": _("要素“%(name)s”已落实：%(note)s"),
                "elements.dropped": _("取消要素“%(name)s”的需求：%(note)s"),
            }
        )
        panel.register()
        visits.register()
        elements.register()
        hooks.on_money(following.on_facts)
