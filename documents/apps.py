from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from accounts import audit
        from cases import event_texts

        event_texts.register(
            {
                "document.attached": _("上传材料“%(name)s”（%(kind)s，第%(version)s版）"),
                "document.withdrawn": _("撤回材料“%(name)s”：%(reason)s"),
            }
        )
        audit.register({"document.downloaded": _("下载材料")})
