"""Surveys: what customers say of us, and how many say anything."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import BUYERS, SELLERS
from metrics.dimensions import TIME
from metrics.measures.ripening import Ripening
from metrics.measures.surveys import ANSWERS, INVITATIONS, Answered, Promoters, SurveyMeasure, SurveyRatio

ANSWER = (*SELLERS, *BUYERS, "touchpoint", *TIME)
ANSWERING = _("the day of the answer")
_NPS, _CSAT = Q(kind="nps"), Q(kind="csat")

votes = SurveyMeasure("nps_votes", ANSWERS, _NPS, value="vote", apart=True)
answers = SurveyMeasure("nps_answers", ANSWERS, _NPS, apart=True)
decided = SurveyMeasure("nps_decided", ANSWERS, _NPS & ~Q(vote=0), apart=True)
satisfied = SurveyMeasure("csat_satisfied", ANSWERS, _CSAT & Q(score__gte=4))
rated = SurveyMeasure("csat_answers", ANSWERS, _CSAT)
invited = SurveyMeasure("survey_invitations", INVITATIONS)
answered = Answered("survey_answered", INVITATIONS)

METRICS = (
    Promoters(
        slug="nps",
        name=_("Net promoter score (NPS)"),
        unit="score",
        better="higher",
        group="customer",
        timing="leading",
        dimensions=ANSWER,
        top=votes,
        bottom=answers,
        decided=decided,
        date=ANSWERING,
        help=_(
            "Promoters (9 or 10) less detractors (0 to 6) of all who answered, from -100 to 100, with the interval in"
            " which it lies (at 95 %). Surveys about a single occasion are told only by touchpoint. Of one"
            " rep it is shown from five answers on, and nobody's answer is."
        ),
        formula=_("(promoters - detractors) / answers x 100"),
        example="5 promoters, 3 passives, 2 detractors: +30 (± 48)",
    ),
    SurveyRatio(
        slug="csat",
        name=_("Customer satisfaction (CSAT)"),
        unit="percent",
        better="higher",
        group="customer",
        timing="leading",
        dimensions=ANSWER,
        top=satisfied,
        bottom=rated,
        date=ANSWERING,
        help=_(
            "Of the answers on a scale of 1 to 5, how many are 4 or 5. Of one rep it is shown from five answers on."
        ),
        formula=_("answers of 4 or 5 / answers"),
        example="16 of 20: 80%",
    ),
    SurveyRatio(
        slug="survey_response_rate",
        name=_("Survey response rate"),
        unit="percent",
        better="higher",
        group="customer",
        timing="leading",
        dimensions=ANSWER,
        top=answered,
        bottom=invited,
        cohort=True,
        ripens=Ripening(_("answers"), days=14),
        date=_("the day of the invitation"),
        help=_(
            "Of the invitations sent in the period, how many are answered by the as-of day. Most who answer do so"
            " within 14 days, so younger invitations are still maturing."
        ),
        formula=_("invitations answered so far / invitations"),
        example="10 of 40: 25%",
    ),
)
