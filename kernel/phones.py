"""Telephone numbers with their middle hidden: 3 digits + **** + 4, by custom.

Showing one in full is an act of its own that is logged: ``accounts.actions.show_phone``.
"""

import re
from typing import Any

# Digits with the blanks, dashes and brackets that people put between them; 5 is the shortest number in use.
_NUMBER = re.compile(r"(?<![\d*])\+?\(?\d(?:[\s()（）\-—]?\d){4,}(?![\d*])")
_DIGIT = re.compile(r"\d")
_LONG, _AREA = 11, re.compile(r"^(0\d{2,3})(?=\D)")


def mask(text: str | None) -> str:
    """Hide the middle of every telephone number in a field meant for them; names stay.

    >>> mask("王经理 13812345678，023-72231234")
    '王经理 138****5678，023-****1234'
    """
    return _NUMBER.sub(lambda found: _hide(found[0]), text or "")


# In prose only what cannot be an amount: mobiles, and landlines with their area code.
_SURE = re.compile(
    r"(?<![\d*.])(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?![\d*])"
    r"|(?<![\d*.])0\d{2,3}[\s-]\d{7,8}(?![\d*])"
)
_THREE = re.compile(r"\d{3}")


def mask_in_prose(text: str | None) -> str:
    """The same in a text where other figures stand too: amounts, areas and dates are left alone.

    >>> mask_in_prose("投资120000万元，联系13812345678")
    '投资120000万元，联系138****5678'
    """
    if not text or not _THREE.search(text):  # most texts have no figure at all: exports ask for thousands
        return text or ""
    return _SURE.sub(lambda found: _hide(found[0]), text)


def masked(value: Any) -> Any:
    """The same in every text of a value as JSON holds it; keys and figures are left alone.

    >>> masked({"with": "王经理13812345678", "contact": 13812345678})
    {'with': '王经理138****5678', 'contact': 13812345678}
    """
    if isinstance(value, str):
        return mask_in_prose(value)
    if isinstance(value, dict):
        return {key: masked(one) for key, one in value.items()}
    return [masked(one) for one in value] if isinstance(value, list) else value


def _hide(number: str) -> str:
    """One number: area code and last four stay; of a short number only the last two."""
    area = _AREA.match(number)
    rest = number[area.end() :] if area else number
    digits = "".join(_DIGIT.findall(rest))
    if area:
        return f"{area[1]}-****{digits[-4:]}" if len(digits) > 6 else f"{area[1]}-****{digits[-2:]}"
    if len(digits) >= _LONG:
        return f"{digits[-_LONG:][:3]}****{digits[-4:]}"
    return f"****{digits[-4:]}" if len(digits) > 6 else f"****{digits[-2:]}"
