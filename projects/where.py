"""A pack's condition as a filter on projects: the rows of which ``kernel.conditions.holds`` would say yes.

For lists that must count without reading every project. What is not known decides nothing, here as there.
"""

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from django.db.models import CharField, Q, TextField

from kernel.conditions import Condition
from projects.facts import COLUMNS, section_span
from projects.models import Project

SECTION = "industry_section"
SECTIONS = "ABCDEFGHIJKLMNOPQRST"
ALWAYS, NEVER = Q(pk__isnull=False), Q(pk__in=[])


def where(condition: Condition) -> Q:
    """The projects of which the condition holds for certain."""
    return _yes(condition)


def _yes(node: Condition) -> Q:
    if node.all_of is not None:
        return _all(_yes(one) for one in node.all_of)
    if node.any_of is not None:
        return _any(_yes(one) for one in node.any_of)
    if node.none_of is not None:
        return _all(_no(one) for one in node.none_of)
    return _compare(node, yes=True) if node.field else ALWAYS


def _no(node: Condition) -> Q:
    """The projects of which the condition does not hold for certain."""
    if node.all_of is not None:
        return _any(_no(one) for one in node.all_of)
    if node.any_of is not None:
        return _all(_no(one) for one in node.any_of)
    if node.none_of is not None:
        return _any(_yes(one) for one in node.none_of)
    return _compare(node, yes=False) if node.field else NEVER


def _all(parts: Iterable[Q]) -> Q:
    return reduce(and_, parts, ALWAYS)


def _any(parts: Iterable[Q]) -> Q:
    return reduce(or_, parts, NEVER)


def _compare(node: Condition, *, yes: bool) -> Q:
    if node.field == SECTION:
        known, found = _in_sections(SECTIONS), _in_sections(_words(node))
        if node.present is not None:
            return known if node.present is yes else ~known
        return known & (found if yes else ~found)
    column = COLUMNS.get(node.field)
    if column is None:
        return NEVER
    known = _known(column)
    if node.present is not None:
        return known if node.present is yes else ~known
    test = _test(node, column)
    return known & (test if yes else ~test)


def _words(node: Condition) -> tuple[str, ...]:
    return node.one_of if node.one_of is not None else (str(node.equals),)


def _test(node: Condition, column: str) -> Q:
    if node.at_least is not None:
        return Q(**{f"{column}__gte": node.at_least})
    if node.below is not None:
        return Q(**{f"{column}__lt": node.below})
    return Q(**{f"{column}__in": node.one_of}) if node.one_of is not None else Q(**{column: node.equals})


def _known(column: str) -> Q:
    """The rows that say something there."""
    field = Project._meta.get_field(column.removesuffix("_id"))
    known = Q(**{f"{column}__isnull": False})
    return known & ~Q(**{column: ""}) if isinstance(field, CharField | TextField) else known


def _in_sections(letters: Iterable[str]) -> Q:
    """By the first two digits of the class code, as ``facts.section_of`` reads them."""
    spans = (section_span(letter) for letter in letters)
    return _any(
        Q(industry_code__gte=f"{first:02}", industry_code__lt=f"{last + 1:02}")
        for first, last in filter(None, spans)
    )
