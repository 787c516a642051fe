"""What a change would reopen, shown on the form before it is saved; what was shown is named by a seal."""

import hashlib
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from kernel.refusals import Refused


def told(request: HttpRequest, form: forms.Form, preview: Callable[[], list[str]]) -> list[str]:
    """The lines to show first; [] where nothing reopens, or exactly this has been shown.

    What the action would refuse is left to the action to refuse.
    """
    try:
        lines = preview()
    except Refused:
        return []
    seal = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
    if not lines or request.POST.get("seen") == seal:
        return []
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["seen"] = seal
    form.data = data
    return lines
