"""Signing in: e-mail and password, a second factor, passkeys, the company's OpenID Connect; never signing up."""

from salestracker.env import SettingRefused, env_int, env_str
from salestracker.settings.environment import HTTPS

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXIES", 0, low=0, high=9)
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Addresses come from the admin who invites, so nobody has to prove theirs before signing in.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "salestracker"
# RFC 6238, 5.2: one step early or late, for clocks that differ and for a code typed at the end of its 30 seconds.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

USERSESSIONS_TRACK_ACTIVITY = True

# The sample company's people; they can sign in only on a loopback address (``accounts.adapters``).
SAMPLE_DOMAIN = "sample.example"
SAMPLE_PASSWORD = "try-salestracker"  # noqa: S105
SAMPLE_SIGN_INS = {role: f"{role}@{SAMPLE_DOMAIN}" for role in ("rep", "manager", "leader", "admin")}

# Somebody known to the company's identity provider still needs an account here, made by an admin.
SOCIALACCOUNT_ADAPTER = "accounts.adapters.CompanySignInAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False

OIDC_URL = env_str("OIDC_URL")
if OIDC_URL:
    if not OIDC_URL.startswith("https://"):
        raise SettingRefused("OIDC_URL", "must begin with https://.")
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "company",
                    "name": env_str("OIDC_NAME", "Company account"),
                    "client_id": env_str("OIDC_CLIENT_ID"),
                    "secret": env_str("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_URL},
                }
            ],
            "OAUTH_PKCE_ENABLED": True,
        }
    }
