"""In which language something is said: to a person in his own, into the files in the deployment's.

What is stored (a notice, the words of an event, a duty's title) is read by others than who acts. It is put
together within ``house_language()``, a block or a decorator; what refuses or thanks stays outside.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise


@contextmanager
def house_language() -> Iterator[None]:
    """The language of the deployment, whatever the person at work reads."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@house_language()
def settled(data: Mapping[str, Any]) -> dict[str, Any]:
    """Words as they are stored: what was still to be translated (a label, unsaid) is, for the house."""
    return {name: str(value) if isinstance(value, Promise) else value for name, value in data.items()}
