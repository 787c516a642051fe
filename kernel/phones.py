"""Telephone numbers with their middle hidden: 3 digits + **** + 4, by custom.

Showing one in full is an act of its own that is logged: ``accounts.actions.show_phone``.
"""

import re

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


def mask_in_prose(text: str | None) -> str:
    """The same in a text where other figures stand too: amounts, areas and dates are left alone.

    >>> mask_in_prose("投资120000万元，联系13812345678")
    '投资120000万元，联系138****5678'
    """
    return _SURE.sub(lambda found: _hide(found[0]), text or "")


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
