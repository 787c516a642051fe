"""Whole numbers as people and programs type them into an address."""

_DIGITS = 18
MOST_KEY = 10**_DIGITS - 1
"""No key of the database is greater."""


def whole(text: object) -> int | None:
    """A number from 0 to 10¹⁸ − 1 as it stands in an address; None for anything else.

    ``str.isdigit`` also takes "²" and "٣", and a number of thirty digits fits no column.

    >>> whole("12"), whole("²"), whole("9" * 30)
    (12, None, None)
    """
    said = str(text)
    plain = said.isascii() and said.isdigit() and len(said) <= _DIGITS
    return int(said) if plain else None
