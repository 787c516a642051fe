"""The page vocabulary: `{% load ui %}` gives every template the same icons, lights, money and clause chips.

Only presentation lives here; which light shines and which clause holds is decided below.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import show_fen
from kernel.phones import mask, mask_in_prose

register = template.Library()
SPRITE = "vendor/icons.svg"

# A light is told by shape and word as well as by colour.
LIGHTS = {
    "green": ("circle-check", gettext_lazy("正常")),
    "yellow": ("alert-triangle", gettext_lazy("临期")),
    "red": ("alert-octagon", gettext_lazy("超期")),
    "grey": ("circle-dashed", gettext_lazy("未启动")),
    "paused": ("clock-pause", gettext_lazy("暂停计时")),
    "met": ("check", gettext_lazy("已办结")),
}


@register.filter
def wan(fen: int | None) -> str:
    """分 as 万元/亿元, exact; None is a dash."""
    return show_fen(fen)


@register.filter
def money(fen: int | None) -> SafeString:
    """分 as a figure that lines up with others in its column."""
    return format_html('<span class="num">{}</span>', show_fen(fen))


@register.filter
def masked_phone(text: str | None) -> str:
    """A field of telephone numbers with their middle hidden: 138****1234. For prose: ``masked_prose``."""
    return mask(text)


@register.filter
def masked_prose(text: str | None) -> str:
    """Telephone numbers in a longer text hidden likewise; amounts and dates in it stay."""
    return mask_in_prose(text)


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's widget in the product's dress, with its error state told to screen readers."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    if isinstance(widget, CheckboxInput):
        dress = "form-check-input"
    else:
        dress = "form-select" if isinstance(widget, Select) else "form-control"
    own = widget.attrs.get("class", "")
    attrs: dict[str, Any] = {"class": f"{dress} {own}{' is-invalid' if field.errors else ''}".strip()}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.id_for_label}-error"}
    return field.as_widget(attrs=attrs)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choice_list(field: BoundField) -> bool:
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless it is given a label. The names stand in package.json."""
    if not label:
        return _plain_icon(name)
    href = f"{static(SPRITE)}#{name}"
    return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)


@lru_cache(maxsize=500)
def _plain_icon(name: str) -> SafeString:
    """A page has some thirty; where the sprite lies does not change while the process lives."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static(SPRITE), name)


@register.simple_tag
def light(colour: str, text: str = "") -> SafeString:
    """Green, yellow, red, grey, paused or met, as shape, word and colour. Unknown colours show as grey."""
    shape, word = LIGHTS.get(colour) or LIGHTS["grey"]
    known = colour if colour in LIGHTS else "grey"
    return format_html(
        '<span class="light light-{}">{}<span>{}</span></span>', known, icon(shape), text or word
    )


@register.simple_tag
def phase_badge(code: str, label: str) -> SafeString:
    return format_html('<span class="phase phase-{}">{}</span>', code, label)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """The last one or two characters of a Chinese name, as people call each other."""
    return format_html('<span class="avatar avatar-sm" aria-hidden="true">{}</span>', name[-2:])


@register.simple_tag
def progress(done: int, total: int, label: str = "") -> SafeString:
    """A quiet bar with its figures beside it."""
    percent = 100 * min(done, total) // total if total else 0
    words = label or _("%(done)s/%(total)s") % {"done": done, "total": total}
    return format_html(
        '<span class="meter"><progress max="{}" value="{}">{}%</progress><span class="num">{}</span></span>',
        max(total, 1), min(done, total), percent, words,
    )  # fmt: skip


@register.simple_tag
def clause(rule: Any, url: str = "") -> SafeString:
    """The chip that cites a rule's clause and leads to it.

    ``rule`` is anything with ``.clause`` (and, where it is known, ``.source``: the policy version), or a
    plain clause number. Without a clause there is no chip.
    """
    number = rule if isinstance(rule, str) else getattr(rule, "clause", "")
    if not number:
        return SafeString("")
    source = getattr(rule, "source", None)
    title = f"{source.title} {number}" if source else number
    target = url or _clause_url(source, number)
    if target:
        return format_html('<a class="clause" href="{}" title="{}">{}</a>', target, title, number)
    return format_html('<span class="clause" title="{}">{}</span>', title, number)


def _clause_url(source: Any, number: str) -> str:
    if source is None:
        return ""
    try:
        return f"{reverse('policies:version', args=[source.code, source.version])}#{clause_anchor(number)}"
    except NoReverseMatch:
        return ""


@register.filter
def clause_anchor(number: str) -> str:
    """The id under which a policy page shows this clause."""
    return f"c-{number.replace(' ', '-')}"


@register.inclusion_tag("_components/pick.html")
def pick(name: str, options: Iterable[Any], chosen: Any, label: str, empty: str = "") -> dict[str, Any]:
    """A filter that acts when it is chosen: of pairs of code and words or of units; ``empty``: all."""
    pairs = [row if isinstance(row, tuple) else (row.code, str(row)) for row in options]
    return {"name": name, "options": pairs, "chosen": chosen or "", "label": label, "empty": empty}


@register.inclusion_tag("_components/phase_track.html")
def phase_track(phases: list[Mapping[str, Any]], current: str, note: str = "") -> dict[str, Any]:
    """The way through the phases, which carry ``code`` and ``name`` (and ``on``, when entered)."""
    codes = [_of(phase, "code") for phase in phases]
    here = codes.index(current) if current in codes else -1
    steps = [
        {
            "name": _of(phase, "name"),
            "on": _of(phase, "on"),
            "state": "done" if index < here else "here" if index == here else "ahead",
        }
        for index, phase in enumerate(phases)
    ]
    return {"steps": steps, "note": note}


def _of(item: Any, key: str) -> Any:
    return item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)
