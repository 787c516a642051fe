"""The packs that come with the product, as TOML files."""

from pathlib import Path

PACKS = Path(__file__).parent


def shipped(name: str) -> Path | None:
    """The file of a shipped pack by its name without ending ("fuling-lifecycle-2024"), or None."""
    path = PACKS / f"{name}.toml"
    return path if path.exists() else None
