from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from cases import event_texts

        event_texts.register(
            {
                "part.assigned": _("%(unit)s%(user)s承担“%(part)s”"),
                "part.ended": _("%(unit)s%(user)s不再承担“%(part)s”：%(reason)s"),
            }
        )
