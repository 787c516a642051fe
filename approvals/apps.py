from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Approvals"

    def ready(self) -> None:
        from approvals import agreement_panel, event_words, panel, refacts, signing, signing_book
        from approvals.dispatching import panel as dispatching
        from approvals.following import follow, on_preview
        from approvals.permits import following as sharing
        from approvals.permits import panel as permits
        from approvals.special import panel as special
        from cases import event_texts
        from projects import hooks

        hooks.on_milestone(follow)
        hooks.on_milestone(sharing.follow)
        hooks.on_milestone(signing.follow)
        hooks.on_milestone(signing_book.follow)
        hooks.on_money(signing_book.on_money)
        hooks.on_import(signing_book.bring_in)
        hooks.on_money(refacts.on_facts)
        hooks.on_preview(on_preview)
        hooks.on_reopening(refacts.on_reopening)
        panel.hang()
        special.hang()
        dispatching.hang()
        permits.hang()
        agreement_panel.hang()

        event_texts.register(event_words.TEXTS)
