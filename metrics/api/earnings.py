"""What a deal pays, over the API: by the function that makes statements."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
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
    @extend_schema(operation_id="deal_earnings", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        """What the deal pays its credited reps: an open one if it is won now as it stands, a won one as it was.

        Only reps whose statements the caller sees, and who are on a plan that day.
        """
        deal = Deal.objects.visible_to(request.user).filter(pk=pk).first()
        if deal is None:
            raise Http404
        company, now = Company.current(), timezone.now()
        shared = CompanyFacts(company, business_date(now, company.zone))
        sellers = set(deal.credits.values_list("rep", flat=True)) or {deal.owner_id}
        reps = Rep.objects.filter(whose_pay(request.user), pk__in=sellers).order_by("pk") if shared.versions else []
        found = [(rep, deal_earning(deal, rep, shared=shared, now=now)) for rep in reps]
        return Response(
            {
                "deal": deal.pk,
                "outcome": deal.outcome,
                "if_won_now": deal.outcome == Outcome.OPEN,
                "earnings": [as_json(rep, earning) for rep, earning in found if earning is not None],
            }
        )


def as_json(rep: Rep, earning: Earning) -> dict[str, Any]:
    """``amount``: all that the deal adds to the statement; ``lines``: its own, as a statement has them."""
    terms = earning.version.terms
    return {
        "rep": rep.pk,
        "rep_key": rep.email or rep.external_id,
        "plan": terms.name,
        "version": earning.version.number,
        "period": earning.period.name,
        "currency": terms.currency,
        "amount": money_text(earning.amount, terms.currency),
        "lines": [line.as_json(terms.currency) for line in earning.lines],
    }
