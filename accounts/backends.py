"""Who may sign in with a password: the active, and demo accounts in demo mode alone."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class Passwords(ModelBackend):
    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at sign-in and again for every request of a session."""
        return super().user_can_authenticate(user) and not user.is_shut
