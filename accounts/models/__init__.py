from accounts.models.account import Account, Contact
from accounts.models.audit import AuditEntry
from accounts.models.company import Company
from accounts.models.holiday import Holiday
from accounts.models.job import JobRun
from accounts.models.rate import ExchangeRate, ReplacedRate
from accounts.models.team import Rep, Team, TeamMembership
from accounts.models.token import ApiToken
from accounts.models.user import User

__all__ = [
    "Account",
    "ApiToken",
    "AuditEntry",
    "Company",
    "Contact",
    "ExchangeRate",
    "Holiday",
    "JobRun",
    "Rep",
    "ReplacedRate",
    "Team",
    "TeamMembership",
    "User",
]
