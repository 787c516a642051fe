"""Template tags of the visual language."""

from django.template import Library

register = Library()
