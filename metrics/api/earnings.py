"""What a deal pays a rep, over the API: by the function that makes statements."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.business_dates import business_date
from accounts.models import Company, Rep
from metrics.incentives.company_facts import CompanyFacts
from metrics.incentives.lines import money_text
from metrics.incentives.preview import Earning, deal_earning
from metrics.models.statement import whose_pay
from pipeline.models import Deal, Outcome


class DealEarningsView(APIView):
    @extend_schema(
        operation_id="deal_earnings",
        parameters=[
            OpenApiParameter("rep", OpenApiTypes.INT, description="whose pay; else the caller's, or the owner's")
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, pk: int) -> Response:
        """What the deal pays a rep: an open one if it is won now as it stands, a won one as it was.

        ``earning`` is null without a plan on that day, or for a rep whose pay the caller does not see.
        """
        deal = Deal.objects.visible_to(request.user).filter(pk=pk).first()
        if deal is None:
            raise Http404
        company, now = Company.current(), timezone.now()
        shared = CompanyFacts(company, business_date(now, company.zone))
        rep = asked_rep(request, deal)
        earning = deal_earning(deal, rep, shared=shared, now=now) if rep and shared.versions else None
        return Response(
            {
                "deal": deal.pk,
                "outcome": deal.outcome,
                "if_won_now": deal.outcome == Outcome.OPEN,
                "rep": rep.pk if rep else None,
                "earning": as_json(rep, earning) if rep and earning else None,
            }
        )


def asked_rep(request: Request, deal: Deal) -> Rep | None:
    """The rep that ``rep`` names, else the caller, else the deal's owner; None for one whose pay is out of sight."""
    asked = request.query_params.get("rep", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise ValidationError({"rep": ["Not the number of a rep."]})
    seen = Rep.objects.filter(whose_pay(request.user))
    if asked:
        return seen.filter(pk=int(asked)).first()
    return seen.filter(user=request.user).first() or seen.filter(pk=deal.owner_id).first()


def as_json(rep: Rep, earning: Earning) -> dict[str, Any]:
    """``amount``: all that the deal adds to the statement; ``lines``: its own, as a statement has them."""
    terms = earning.version.terms
    return {
        "rep": rep.email or rep.external_id,
        "plan": terms.name,
        "version": earning.version.number,
        "period": earning.period.name,
        "currency": terms.currency,
        "amount": money_text(earning.amount, terms.currency),
        "lines": [line.as_json(terms.currency) for line in earning.lines],
    }
