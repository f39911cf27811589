"""Leads as they were at the end of an earlier day, as far as their dates tell.

A lead keeps when it came, was answered, qualified, disqualified and converted, and when it first got an owner. All else
has no history: name, score, channel, and who had it after its first owner stand as they are today.
"""

from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, Q, Value, When

from pipeline.leads import fill_lead_dates
from pipeline.models import Lead
from pipeline.models.lead import LeadQuerySet
from pipeline.past import Moment


def leads_at(moment: Moment, leads: LeadQuerySet) -> LeadQuerySet:
    """Those of ``leads`` that had come by then, each with ``status_then`` and whether it ``had_owner``.

    What somebody took back since (a disqualification) is not kept. A status without its day holds from the beginning.
    """
    end = moment.end
    converted = Q(converted_at__lt=end) | Q(converted_at=None, deal__isnull=False)
    disqualified = Q(disqualified_at__lt=end) | Q(disqualified_at=None) & ~Q(disqualified_reason="")
    status = Case(
        When(converted, then=Value(Lead.Status.CONVERTED)),
        When(disqualified, then=Value(Lead.Status.DISQUALIFIED)),
        When(qualified_at__lt=end, then=Value(Lead.Status.QUALIFIED)),
        When(first_responded_at__lt=end, then=Value(Lead.Status.CONTACTED)),
        default=Value(Lead.Status.NEW),
        output_field=CharField(),
    )
    owned = ExpressionWrapper(
        Q(owner__isnull=False) & (Q(assigned_at=None) | Q(assigned_at__lt=end)), output_field=BooleanField()
    )
    return leads.filter(created_at__lt=end).annotate(status_then=status, had_owner=owned)


def lead_then(lead: Lead, moment: Moment) -> Lead:
    """A lead of ``leads_at``, unsaved, with its columns as they were."""
    later = {
        name
        for name in ("assigned_at", "first_responded_at", "qualified_at", "disqualified_at", "converted_at")
        if (at := getattr(lead, name)) is not None and at >= moment.end
    }
    for name in later:
        setattr(lead, name, None)
    if "disqualified_at" in later:
        lead.disqualified_reason = ""
    if "converted_at" in later:
        lead.account = lead.contact = lead.deal = None
    if not lead.had_owner:  # type: ignore[attr-defined]
        lead.owner = None
    lead.status = lead.status_then  # type: ignore[attr-defined]
    fill_lead_dates(lead, moment.company.zone)
    return lead
