"""Finding projects by any fragment of a Chinese name, by pinyin initials, or by number.

The words of a project stand in one column, blank-separated: every pair of neighbouring characters of its
name and of its investor's, runs of pinyin initials, and the tails of its number. A question is cut the
same way, and each piece must begin one of the words. PostgreSQL serves that from one GIN index
(``projects/migrations/0002_search_index.py``); SQLite reads through.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BooleanField, Func, QuerySet, TextField, Value
from django.db.models import Q as Either
from django.db.models.functions import Concat
from django.db.models.sql.compiler import SQLCompiler

from kernel.text import bigrams, normal, readings, spelt

RUN = 6
_NUMBER = re.compile(r"^\d[\d-]*$")
_LATIN = re.compile(r"^[a-z0-9]+$")
MOST_TERMS = 40
Q = TypeVar("Q", bound=QuerySet[Any])


def words_of(code: str, names: Iterable[str]) -> str:
    """What the search column keeps for a project of this number, name and investor."""
    found: dict[str, None] = {}
    for name in filter(None, names):
        found.update(_words(name))
    parts = code.lower().split("-")
    found.update(dict.fromkeys("-".join(parts[place:]) for place in range(len(parts))))
    found.pop("", None)
    return " ".join(found)


@lru_cache(maxsize=4096)
def _words(name: str) -> dict[str, None]:
    """Pairs of characters, the last one, and runs of initials, of one name."""
    found = dict.fromkeys(bigrams(name))
    found[normal(name)[-1:]] = None
    found.update(dict.fromkeys(stretches(readings(name))))
    return found


def stretches(options: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Six letters from every letter on, in every reading: any inner stretch of up to six begins one."""
    likely = "".join([letters[0] for letters in options])
    unsure = {
        place - back for place, letters in enumerate(options) if len(letters) > 1 for back in range(RUN)
    }
    for place in range(max(len(options) - 1, 1)):
        if place in unsure:
            yield from spelt(options[place : place + RUN])
        else:
            yield likely[place : place + RUN]


def terms_of(question: str) -> list[str]:
    """The pieces each of which must begin a word; [] when the question holds nothing to look for."""
    found: list[str] = []
    for token in question.replace("\x00", "").split():
        plain = normal(token)
        if _NUMBER.match(token):
            found.append(token)
        elif _LATIN.match(plain):
            found += [plain[i : i + RUN] for i in range(max(len(plain) - RUN + 1, 1))]
        elif plain:
            found += bigrams(plain)
    return list(dict.fromkeys(found))[:MOST_TERMS]


def found_by(rows: Q, question: str) -> Q:
    """The rows that answer the question; none for one of punctuation only, all for an empty one."""
    if not question.strip():
        return rows
    terms = terms_of(question)
    if not terms:
        return rows.none()
    if connection.vendor == "postgresql":
        return rows.filter(_HasWords("search", Value(" & ".join(_quoted(term) for term in terms))))
    rows = rows.alias(_words=Concat(Value(" "), "search", output_field=TextField()))
    for term in terms:
        rows = rows.filter(_words__contains=f" {term}")
    return rows


def near(rows: Q, name: str) -> Q:
    """Rows that have the first half of a name, or its first and its last pair of characters.

    Finds a name with another ending, with something put in, or with a slip in the middle; a single pair,
    which too many names share, finds nothing.
    """
    pairs = bigrams(name)
    if len(pairs) < 3:
        return found_by(rows, name) if len(pairs) == 2 else rows.none()
    arms = [pairs[: (len(pairs) + 1) // 2], [pairs[0], pairs[-1]]]
    if connection.vendor == "postgresql":
        asked = " | ".join(f"({' & '.join(_word(term) for term in arm)})" for arm in arms)
        return rows.filter(_HasWords("search", Value(asked)))
    rows = rows.alias(_words=Concat(Value(" "), "search", Value(" "), output_field=TextField()))
    wanted = Either()
    for arm in arms:
        each = Either()
        for term in arm:
            each &= Either(_words__contains=f" {term} ")
        wanted |= each
    return rows.filter(wanted)


def _word(term: str) -> str:
    return _quoted(term).removesuffix(":*")


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "':*"


INDEX = "project_search_words"
INDEXED = "array_to_tsvector(array_remove(string_to_array({column}, ' '), ''))"
"""The expression of the index; the filter must write it the same way."""


def settle() -> None:
    """Merge into the index what a large import has left beside it: until then each search reads that, too."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list(%s)", [INDEX])


class _HasWords(Func):
    arity = 2
    output_field = BooleanField()

    def as_sql(self, compiler: SQLCompiler, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        (column, _none), (question, params) = (compiler.compile(x) for x in self.get_source_expressions())
        return f"{INDEXED.format(column=column)} @@ {question}::tsquery", params
