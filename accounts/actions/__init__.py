"""All writes to who is who: accounts, roles, units, and what a person does with the own account.

Each action is one transaction and leaves one entry in the audit trail. Nothing is ever deleted.
"""

from accounts.actions.people import (
    correct_user,
    create_user,
    disable_demo_accounts,
    reset_password,
    set_active,
)
from accounts.actions.personal import (
    change_own_password,
    choose_language,
    issue_token,
    revoke_token,
    show_phone,
)
from accounts.actions.roles import end_role, grant_role
from accounts.actions.units import correct_unit, create_unit, end_unit, rename_unit

__all__ = [
    "change_own_password",
    "choose_language",
    "correct_unit",
    "correct_user",
    "create_unit",
    "create_user",
    "disable_demo_accounts",
    "end_role",
    "end_unit",
    "grant_role",
    "issue_token",
    "rename_unit",
    "reset_password",
    "revoke_token",
    "set_active",
    "show_phone",
]
