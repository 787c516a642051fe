from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainsConfig(AppConfig):
    name = "chains"
    verbose_name = "Chains"

    def ready(self) -> None:
        from cases import event_texts

        event_texts.register(
            {
                "chain.opened": _("设立产业链“%(name)s”"),
                "chain.appointed": _("%(holder)s任%(post)s（%(clause)s）"),
                "chain.post_ended": _("%(holder)s不再任%(post)s：%(reason)s"),
                "chain.node_added": _("增加节点“%(node)s”（%(position)s，%(strength)s）"),
                "chain.node_changed": _("修改节点“%(node)s”（%(position)s，%(strength)s）"),
                "chain.node_removed": _("移除节点“%(node)s”"),
            }
        )
