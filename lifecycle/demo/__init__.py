"""A district at work, made up: some 200 projects walked through the real actions around today's date."""

from lifecycle.demo.story import Told, tell

__all__ = ["Told", "tell"]
