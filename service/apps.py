from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = "Service"

    def ready(self) -> None:
        from cases import event_texts
        from projects import hooks
        from service import panel
        from service.progress import panel as progress
        from service.progress.following import follow

        event_texts.register(
            {
                "service.commissioner_named": _("%(unit)s配备项目服务专员%(user)s（%(clause)s） %(reason)s"),
                "service.handed_over": _(
                    "项目服务专员由%(old)s移交%(new)s，连同期限%(deadlines)s项、交办%(assignments)s件：%(reason)s"
                ),
                "acceptance.stage_planned": _("登记验收第%(no)s期“%(name)s”：%(scope)s（%(clause)s）"),
                "acceptance.stage_dropped": _("取消验收第%(no)s期“%(name)s”：%(reason)s"),
                "guidance.asked": _("向%(unit)s提出%(name)s：%(matter)s（%(clause)s）"),
                "guidance.given": _("%(unit)s提供%(name)s：%(words)s"),
                "guidance.withdrawn": _("撤回向%(unit)s提出的%(name)s：%(reason)s"),
                "land.delivered": _(
                    "%(delivered)s 交地，%(certificate)s 发证（%(no)s）%(reason)s（%(clause)s）"
                ),
                "progress.recognised": _("认定“%(name)s”，依据：%(grounds)s（%(clause)s）"),
                "progress.day_stated": _("%(unit)s填报“%(name)s”：%(day)s"),
                "progress.day_corrected": _("%(unit)s更正“%(name)s”：%(before)s → %(day)s（%(reason)s）"),
                "progress.reported": _(
                    "%(month)s 进度：完成投资%(invested)s，%(stage)s，%(percent)s%%（%(clause)s）"
                ),
                "progress.corrected": _(
                    "更正 %(month)s 进度：%(before)s → %(invested)s，%(stage)s，%(percent)s%%（%(reason)s）"
                ),
            }
        )
        panel.register()
        progress.register()
        hooks.on_milestone(follow)
