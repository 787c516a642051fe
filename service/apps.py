from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = "Service"

    def ready(self) -> None:
        from accounts import audit
        from cases import event_texts
        from projects import hooks
        from service import event_words, panel
        from service.acceptance import own as own_guidance
        from service.elements import panel as elements
        from service.handing import following as handing
        from service.handing import panel as handing_panel
        from service.plans import enterprise as plans_of_own
        from service.plans import events as plan_events
        from service.plans import following as plans
        from service.plans import panel as plan_panel
        from service.platforms import panel as platform_panel
        from service.portal import own, pushing
        from service.portal import panel as account_panel
        from service.progress import following as progress
        from service.progress import own as own_months
        from service.progress import panel as progress_panel
        from service.team import clocks as team
        from service.visits import following as visits
        from service.visits import panel as visits_panel

        event_texts.register(event_words.TEXTS)
        event_texts.register(plan_events.TEXTS)
        audit.register(event_words.AUDITED)
        for room in (team, handing):
            hooks.on_milestone(room.on_milestone)
            hooks.on_money(room.on_facts)
            hooks.on_part(room.on_part)
        hooks.on_milestone(plans.follow)
        hooks.on_milestone(progress.follow)
        hooks.on_money(visits.on_facts)
        hooks.on_money(pushing.on_change)
        hooks.on_phase(pushing.on_change)
        hooks.CONSEQUENCES.add(pushing.PUSHED)
        for one in (
            panel, account_panel, own, handing_panel, visits_panel, elements, progress_panel, platform_panel
        ):  # fmt: skip
            one.register()
        plan_panel.hang()
        for one_of_own in (plans_of_own, own_months, own_guidance):
            one_of_own.hang()
