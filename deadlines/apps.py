from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeadlinesConfig(AppConfig):
    name = "deadlines"
    verbose_name = "Deadlines"

    def ready(self) -> None:
        from cases import event_texts

        event_texts.register(
            {
                "deadline.opened": _("“%(name)s”开始计时：%(limit)s，截止 %(due)s"),
                "deadline.met": _("“%(name)s”已按要求办结（截止 %(due)s）"),
                "deadline.met_earlier": _("补记“%(name)s”的办结日期：%(before)s → %(met)s"),
                "deadline.met_late": _("“%(name)s”逾期办结（截止 %(due)s）"),
                "deadline.reopened": _("“%(name)s”恢复计时：%(reason)s，截止 %(due)s"),
                "deadline.cancelled": _("“%(name)s”的期限撤销：%(reason)s"),
                "deadline.pause_asked": _(
                    "申请“%(name)s”自 %(since)s 停表：%(reason)s（待%(approver)s批准，批准前照常计时）"
                ),
                "deadline.pause_declined": _("不同意“%(name)s”停表：%(reason)s，照常计时"),
                "deadline.paused": _("“%(name)s”自 %(since)s 停表：%(reason)s（批准人：%(approved_by)s）"),
                "deadline.resumed": _("“%(name)s”恢复计时，截止由 %(was)s 改为 %(due)s"),
                "deadline.restarted": _("“%(name)s”起算日更正为 %(started)s，截止由 %(was)s 改为 %(due)s"),
                "deadline.recomputed": _("日历更新，“%(name)s”的截止由 %(was)s 改为 %(due)s"),
                "deadline.replanned": _("日历更新，“%(name)s”的预警日随之调整，截止 %(due)s 不变"),
                "deadline.reassigned": _("%(count)s项期限由%(old)s移交%(new)s"),
                "deadline.alarm": _("“%(name)s”%(level)s灯预警，截止 %(due)s"),
            }
        )
