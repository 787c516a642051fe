from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = "Service"

    def ready(self) -> None:
        from cases import event_texts
        from projects import hooks
        from service import panel
        from service.handing import following as handing
        from service.handing import panel as handing_panel
        from service.team import clocks as team

        event_texts.register(
            {
                "service.commissioner_named": _("%(unit)s配备项目服务专员%(user)s（%(clause)s） %(reason)s"),
                "handing.made": _("%(unit)s移交：%(name)s（%(clause)s） %(letter)s"),
                "handing.letter": _("%(name)s补函件%(letter)s"),
                "handing.acknowledged": _("%(unit)s签收%(name)s%(words)s"),
                "handing.declined": _("%(unit)s退回%(name)s%(words)s"),
                "handing.pushed_again": _("%(name)s重新移交%(unit)s"),
                "handing.completed": _("%(name)s已全部签收（%(clause)s）"),
                "handing.withdrawn": _("%(name)s撤销：%(reason)s"),
                "team.passed_on": _(
                    "%(old)s的服务岗位移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
                ),
                "service.handed_over": _(
                    "项目服务专员由%(old)s移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
                ),
            }
        )
        for room in (team, handing):
            hooks.on_milestone(room.on_milestone)
            hooks.on_money(room.on_facts)
            hooks.on_part(room.on_part)
        panel.register()
        handing_panel.register()
