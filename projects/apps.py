from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Projects"

    def ready(self) -> None:
        from cases import event_texts
        from projects import case_panels, chain_slot, clocks, event_words

        event_texts.register(event_words.TEXTS)
        case_panels.register_all()
        chain_slot.register()
        clocks.register()
