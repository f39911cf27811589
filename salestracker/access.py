"""Who may open which address: one row per URL name, and what has no row stays shut.

The table says which *pages* a role has. Which *records* it sees on them is ``visible_to`` of each queryset.
"""

from dataclasses import dataclass

from accounts.roles import Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYONE = frozenset(Role.values)
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """``roles`` may open the address; ``write_roles`` may also change something there (None: the same roles).

    ``public`` addresses open without signing in. A role without access gets the page for what does not exist; a role
    that may only read is told so (403) when it writes.
    """

    roles: frozenset[str] = EVERYONE
    write_roles: frozenset[str] | None = None
    public: bool = False

    def may_open(self, role: str) -> bool:
        return self.public or role in self.roles

    def may_send(self, role: str, method: str) -> bool:
        """Whether a role that may open the address may use this HTTP method on it."""
        if self.public or method in SAFE_METHODS or self.write_roles is None:
            return True
        return role in self.write_roles


PUBLIC = Access(public=True)
SIGNED_IN = Access()
MANAGERS = Access(roles=frozenset({Role.MANAGER, Role.LEADER, Role.ADMIN}))
LEADERS = Access(roles=frozenset({Role.LEADER, Role.ADMIN}))
ADMINS = Access(roles=frozenset({Role.ADMIN}))
READ_ALL_WRITE_MANAGERS = Access(write_roles=MANAGERS.roles)
READ_ALL_WRITE_ADMINS = Access(write_roles=ADMINS.roles)
SHUT = Access(roles=NOBODY)


def names(access: Access, listed: str) -> dict[str, Access]:
    """The same row for each of the URL names in ``listed``, which are parted by blanks."""
    return dict.fromkeys(listed.split(), access)


ACCESS: dict[str, Access] = {
    # The program itself
    **names(PUBLIC, "healthz readyz counters language"),
    **names(SIGNED_IN, "api-schema api-docs"),
    # Signing in (allauth)
    **names(
        PUBLIC,
        """account_login account_logout account_inactive account_signup
        account_reset_password account_reset_password_done
        account_reset_password_from_key account_reset_password_from_key_done
        mfa_authenticate mfa_login_webauthn
        openid_connect_login openid_connect_callback
        socialaccount_login_cancelled socialaccount_login_error socialaccount_signup""",
    ),
    **names(
        SIGNED_IN,
        """account_reauthenticate account_change_password account_set_password
        mfa_index mfa_reauthenticate mfa_reauthenticate_webauthn
        mfa_activate_totp mfa_deactivate_totp
        mfa_generate_recovery_codes mfa_view_recovery_codes mfa_download_recovery_codes
        mfa_list_webauthn mfa_add_webauthn mfa_edit_webauthn mfa_remove_webauthn
        socialaccount_connections usersessions_list""",
    ),
    # An admin decides which address belongs to whom.
    **names(SHUT, "account_email account_confirm_email account_email_verification_sent account_confirm_login_code"),
    # Django's admin site; its own sign-in page would go round the second factor.
    "admin:*": ADMINS,
    "admin:login": SHUT,
    # Accounts: people, teams, customers
    # Pipeline: leads, deals, activities
    # Metrics: figures, targets, incentives
}


def access_of(view_name: str) -> Access | None:
    """The row of a URL name; a row ``namespace:*`` holds for a whole namespace. None: no row, so it stays shut."""
    if row := ACCESS.get(view_name):
        return row
    namespace, colon, _name = view_name.rpartition(":")
    return ACCESS.get(f"{namespace}:*") if colon else None
