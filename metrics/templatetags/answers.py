"""What an account last said in surveys, for its page."""

from typing import Any

from django import template

from accounts.models import Account
from metrics.models import SurveyResponse

register = template.Library()


@register.inclusion_tag("metrics/_account_answers.html", takes_context=True)
def account_answers(context: Any, account: Account) -> dict[str, Any]:
    """The newest answer of each kind that the reader may see, with how many there are; nothing for reps."""
    rows = SurveyResponse.objects.visible_to(context["user"]).exclude(score=None)
    found: dict[str, dict[str, Any]] = {}
    for row in rows.filter(account__in=Account.objects.family(account)).order_by("-at", "-pk"):
        one = found.setdefault(row.kind, {"kind": row.get_kind_display(), "newest": row, "count": 0})
        one["count"] += 1
    return {"answers": [found[kind] for kind in sorted(found, reverse=True)]}
