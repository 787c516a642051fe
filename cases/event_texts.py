"""How each kind of event reads. Every app registers its own kinds when it is ready."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_TEXTS: dict[str, Promise | str] = {}


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def register(texts: Mapping[str, Promise | str]) -> None:
    """Add texts with ``%(name)s`` places, by event kind. A kind registered twice is a programming error."""
    double = [kind for kind in texts if kind in _TEXTS and str(_TEXTS[kind]) != str(texts[kind])]
    if double:
        raise ValueError(f"event kinds registered twice: {double}")
    _TEXTS.update(texts)


def kinds() -> list[str]:
    return sorted(_TEXTS)


def sentence(kind: str, data: Mapping[str, Any]) -> str:
    """An event as a sentence in the reader's language; unknown kinds show their code."""
    text = _TEXTS.get(kind)
    return str(text) % _Blank(data) if text is not None else _("事件 %(kind)s") % {"kind": kind}
