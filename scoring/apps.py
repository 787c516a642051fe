from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "Scoring"

    def ready(self) -> None:
        from cases import event_texts
        from scoring import hooking, panel

        event_texts.register(
            {
                "credit.booked": _("计分：%(lines)s"),
                "credit.rebooked": _("计分冲销重记：%(lines)s"),
            }
        )
        hooking.register()
        panel.register()
