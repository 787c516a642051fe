"""The catalogues, without gettext's own tools: `python -m scripts.translations compile|check|update`.

The texts in the source are Chinese; locale/en/LC_MESSAGES/django.po carries the English ones. `check` fails
on a text that is missing, empty, fuzzy, no longer used or differs in its placeholders, and on Chinese in a
template outside a translation tag. `update` adds the missing entries with an empty translation and drops
the unused.
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python

from scripts.console import ROOT, die, say

ENGLISH = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
SKIPPED = {"tests", "scripts", "node_modules", "var", "migrations", "static", ".venv", ".git"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_TEXT = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r'|<[^>]*\blang="zh[^>]*>[^<]*|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->',
    re.DOTALL,
)  # fmt: skip
Key = tuple[str | None, str]


def compile_all() -> None:
    """Write the .mo beside every .po."""
    for source in (ROOT / "locale").rglob("*.po"):
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as binary:
            mofile.write_mo(binary, pofile.read_po(text))


def check() -> list[str]:
    """Everything that keeps the English from being complete, a line each."""
    wanted, have = extracted(), english()
    entries = {key(message): message for message in have if message.id}
    problems = [f"{place}: not in the catalogue: {text}" for (_, text), (place, _message) in wanted.items()
                if (_, text) not in entries]  # fmt: skip
    problems += [f"no longer used: {text}" for context, text in entries if (context, text) not in wanted]
    for entry_key, message in entries.items():
        if entry_key in wanted:
            problems += [f"{fault}: {entry_key[1]}" for fault in faults(message)]
    return problems + untagged()


def faults(message: Message) -> Iterator[str]:
    """What is wrong with one entry of the catalogue."""
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    sources = message.id if isinstance(message.id, tuple | list) else [message.id]
    if not all(texts):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    allowed = set(PLACEHOLDER.findall(sources[-1]))
    for text in texts:
        # A singular may say "one" where the plural counts; it may not name what is not there.
        found = set(PLACEHOLDER.findall(text or ""))
        if found - allowed or (found != allowed and len(sources) == 1):
            yield "placeholders differ"


def update() -> int:
    """Add what is missing with an empty translation, drop what is unused; returns how many are empty."""
    wanted, old = extracted(), english()
    entries = {key(message): message for message in old if message.id}
    fresh = Catalog(locale="en", project="lifecycle", version="1", fuzzy=False, charset="utf-8",
                    creation_date=old.creation_date, revision_date=old.revision_date)  # fmt: skip
    for entry_key, (_, message) in wanted.items():
        known = entries.get(entry_key)
        fresh.add(
            message.id,
            known.string if known and known.pluralizable == message.pluralizable else "",
            context=message.context,
            flags=message.flags - {"fuzzy"},
        )
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    pofile.write_po(buffer, fresh, no_location=True, sort_output=True, width=100)
    ENGLISH.write_bytes(buffer.getvalue())
    return sum(1 for message in fresh if message.id and "not translated" in faults(message))


def key(message: Message) -> Key:
    return message.context, message.id[0] if isinstance(message.id, tuple | list) else message.id


def english() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(locale="en")
    with ENGLISH.open("rb") as text:
        return pofile.read_po(text, locale="en")


def extracted() -> dict[Key, tuple[str, Message]]:
    """Every text in the source, with the first place where it stands."""
    found: dict[Key, tuple[str, Message]] = {}
    for path in sources():
        for line, function, words in _calls(path):
            message = _message(function, words)
            if message:
                found.setdefault(key(message), (f"{path.relative_to(ROOT)}:{line}", message))
    return found


def sources() -> Iterator[Path]:
    for folder, names, files in os.walk(ROOT):
        names[:] = sorted(set(names) - SKIPPED)
        yield from (Path(folder) / name for name in sorted(files) if name.endswith((".py", ".html", ".txt")))


def _calls(path: Path) -> Iterator[tuple[int, str, Any]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        if path.parts[len(ROOT.parts)] != "templates":
            return
        from django.utils.translation.template import templatize

        # What is left of a template is no Python; its indentation would only confuse the tokenizer.
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    # Babel's own annotation of what it yields names the wrong places.
    found: Iterator[Any] = extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {})
    for line, function, words, _comments in found:
        yield line, function, words


def _message(function: str, words: str | tuple[str | None, ...] | None) -> Message | None:
    parts = [words] if isinstance(words, str) else [word for word in words or () if word]
    if not parts:
        return None
    context = parts.pop(0) if "pgettext" in function else None
    if function.startswith("n") and len(parts) > 1:
        return Message((parts[0], parts[1]), context=context)
    return Message(parts[0], context=context)


def untagged() -> list[str]:
    """Chinese that stands in a template outside every translation tag."""
    problems = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        bare = NOT_TEXT.sub(lambda hit: "\n" * hit[0].count("\n"), path.read_text(encoding="utf-8"))
        for number, line in enumerate(bare.splitlines(), 1):
            if CHINESE.search(line):
                problems.append(
                    f"{path.relative_to(ROOT)}:{number}: outside a translation tag: {line.strip()[:60]}"
                )
    return problems


def main() -> None:
    match sys.argv[1:]:
        case ["compile"]:
            compile_all()
        case ["update"]:
            say(f"{update()} texts wait for their English in {ENGLISH.relative_to(ROOT)}")
        case ["check"]:
            problems = check()
            for problem in problems:
                print(problem)
            if problems:
                die(f"{len(problems)} texts; `python -m scripts.translations update` adds what is missing")
            say("translations complete")
        case _:
            die(__doc__)


if __name__ == "__main__":
    main()
