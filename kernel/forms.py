"""Forms speak the language of refusals: what an action refuses shows at the field it names."""

from django.forms import BaseForm

from kernel.refusals import Refused


def show_refusal(form: BaseForm, refused: Refused) -> None:
    """Put each unmet item at its field, or above the form where it names none. The form must be bound."""
    for item in refused.unmet:
        form.add_error(item.field if item.field in form.fields else None, item.message)
