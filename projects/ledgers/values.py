"""The parsers of single values, shared by the import, the forms and the API."""

from .amounts import Amount, parse_amount
from .areas import Area, parse_area_mu
from .dates import ParsedDate, first_day, parse_date
from .money_text import Unit, parse_unit
from .texts import clean_text, compact, is_blank, is_unstated

__all__ = [
    "Amount",
    "Area",
    "ParsedDate",
    "Unit",
    "clean_text",
    "compact",
    "first_day",
    "is_blank",
    "is_unstated",
    "parse_amount",
    "parse_area_mu",
    "parse_date",
    "parse_unit",
]
