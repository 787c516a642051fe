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
