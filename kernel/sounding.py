"""How every kept name sounds, worked out for rows that are there already: in chunks, by key."""

from itertools import count

from kernel.bulk import Scratch, fetch, run
from kernel.names import sound

CHUNK = 5000


def fill(table: str, key: str) -> int:
    """Set ``sound`` from ``name`` in every row of a table; returns how many rows there are.

    For a migration that adds the column, and for a deployment whose own division code has changed.
    """
    last = done = 0
    for turn in count():
        rows = fetch(
            f'SELECT "{key}", name FROM "{table}" WHERE "{key}" > %s ORDER BY "{key}" LIMIT {CHUNK}',  # noqa: S608
            [last],
        )
        if not rows:
            return done
        scratch = Scratch(f"sounding_{turn % 2}", {"key": "bigint", "sound": "text"})
        scratch.fill((pk, sound(name)) for pk, name in rows)
        run(
            f'UPDATE "{table}" SET sound = s.sound FROM "{scratch.name}" s'  # noqa: S608 (our own names)
            f' WHERE "{table}"."{key}" = s.key'
        )
        scratch.drop()
        last, done = rows[-1][0], done + len(rows)
    return done
