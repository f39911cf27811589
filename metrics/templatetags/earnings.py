"""What a deal pays the reader, for templates of deals."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.business_dates import business_date
from accounts.models import Company
from accounts.money import from_minor
from accounts.roles import Role
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.preview import deal_earning
from metrics.pay.earning_words import next_steps
from metrics.pay.statement_rows import row_of
from metrics.period_names import period_title
from metrics.views.own import own_rep
from pipeline.models import Deal, Outcome

register = template.Library()


@register.inclusion_tag("metrics/_deal_earnings.html", takes_context=True)
def deal_earnings(context: Any, deal: Deal) -> dict[str, Any]:
    """What the deal pays the reader, as a rep with a plan; nothing for everybody else."""
    user = context["user"]
    rep = own_rep(user) if user.role in (Role.REP, Role.MANAGER) else None
    if rep is None:
        return {}
    company, now = Company.current(), timezone.now()
    shared = CompanyFacts(company, business_date(now, company.zone))
    found = deal_earning(deal, rep, shared=shared, now=now) if shared.versions else None
    if found is None:
        return {}
    terms = found.version.terms
    return {
        "is_open": deal.outcome == Outcome.OPEN,
        "amount": from_minor(found.amount, terms.currency),
        "currency": terms.currency,
        "plan": terms.name,
        "period": period_title(found.period),
        "rows": [row_of(line, terms, {}) for line in found.lines],
        "rest": from_minor(found.amount - sum(line.amount for line in found.lines), terms.currency),
        "steps": next_steps(found.progress, terms),
    }
