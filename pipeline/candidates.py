"""Visible accounts and contacts that a lead may belong to, likeliest first."""

from django.db.models import Q

from accounts.models import Account, Contact
from pipeline.duplicates import business_domain, is_alike, plain_name
from pipeline.models import Lead

_OFFERED = 6


def account_candidates(lead: Lead, *, user: object) -> list[Account]:
    """The lead's own account, those of its e-mail's domain, of its contacts, and of a similar name."""
    visible = Account.objects.visible_to(user)
    domain = business_domain(lead.email)
    sure = Q(pk=lead.account_id)
    if domain:
        sure |= Q(domain__iexact=domain)
    if lead.email:
        sure |= Q(pk__in=Contact.objects.live().filter(email__iexact=lead.email).values("account"))
    found = list(visible.filter(sure).order_by("pk")[:_OFFERED])
    wanted = plain_name(lead.company)
    if len(wanted) > 2:
        first = wanted.split(" ")[0]
        near = visible.filter(name__icontains=first).exclude(pk__in=[row.pk for row in found]).order_by("pk")[:200]
        found += [row for row in near if is_alike(wanted, plain_name(row.name))]
    return found[:_OFFERED]


def contact_candidates(lead: Lead, *, user: object) -> list[Contact]:
    """Contacts with the lead's e-mail, and people of its name at the accounts that it may belong to."""
    visible = Contact.objects.visible_to(user).select_related("account")
    accounts = [row.pk for row in account_candidates(lead, user=user)]
    same = Q(account__in=accounts, name__iexact=lead.name) | Q(pk=lead.contact_id)
    if lead.email:
        same |= Q(email__iexact=lead.email)
    return list(visible.filter(same).order_by("pk")[:_OFFERED])
