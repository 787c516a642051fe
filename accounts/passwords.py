"""Password rules (GB/T 22239-2019 8.1.4.1 asks for complexity; the numbers are settings)."""

import secrets
import string
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator, get_default_password_validators
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class Length:
    def __init__(self, minimum: int = 8) -> None:
        self.minimum = minimum

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.minimum:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return _("密码至少 %(n)d 位") % {"n": self.minimum}


class Classes:
    """At least ``minimum`` of: capital letters, small letters, digits, other characters."""

    def __init__(self, minimum: int = 3) -> None:
        self.minimum = minimum

    def validate(self, password: str, user: Any = None) -> None:
        kinds = {
            "upper" if c.isupper() else "lower" if c.islower() else "digit" if c.isdigit() else "other"
            for c in password
        }
        if len(kinds) < self.minimum:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        return _("密码须包含大写字母、小写字母、数字、符号中的至少 %(n)d 类") % {"n": self.minimum}


class NotTheName:
    def validate(self, password: str, user: Any = None) -> None:
        username = str(getattr(user, "username", "")).lower()
        if username and username in password.lower():
            raise ValidationError(self.get_help_text(), code="password_has_username")

    def get_help_text(self) -> str:
        return _("密码不能包含用户名")


class NotCommon(CommonPasswordValidator):
    def validate(self, password: str, user: Any = None) -> None:
        if password.lower().strip() in self.passwords:
            raise ValidationError(self.get_help_text(), code="password_too_common")

    def get_help_text(self) -> str:
        return _("密码不能是常见的密码")


# Without what is misread on paper: 0 O o 1 l I.
_READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in "0Oo1lI")


def one_time_password(username: str = "") -> str:
    """A random password of 70 bits that meets the rules, for a first sign-in: "h7Kq-Xw3n-Tz8e"."""
    while True:
        groups = ["".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3)]
        password = "-".join(groups)
        try:
            Classes(3).validate(password)
            NotTheName().validate(password, type("Named", (), {"username": username}))
        except ValidationError:
            continue
        return password


def hints() -> list[str]:
    """The rules in force as sentences, for the page that changes a password."""
    return [str(rule.get_help_text()) for rule in get_default_password_validators()]
