from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = "Service"

    def ready(self) -> None:
        from cases import event_texts
        from projects.hooks import on_milestone
        from service import panel
        from service.plans import events, following
        from service.plans import panel as plan_panel

        event_texts.register(
            {
                "service.commissioner_named": _("%(unit)s配备项目服务专员%(user)s（%(clause)s） %(reason)s"),
                "service.handed_over": _(
                    "项目服务专员由%(old)s移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
                ),
            }
        )
        panel.register()
        event_texts.register(events.TEXTS)
        on_milestone(following.follow)
        plan_panel.hang()
