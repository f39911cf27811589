import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.business_dates import business_date, day_start
from accounts.models import Company, Rep
from accounts.roles import Role
from accounts.working_days import WorkingCalendar
from metrics.pages.addresses import read_question
from metrics.pages.own_target import own_target
from metrics.pages.reading import Reader
from metrics.pages.tiles import changes, figure_entry
from metrics.pages.today import Day, waiting_by_rep
from metrics.pay.payouts import next_payout
from metrics.period_names import period_title, progress_mark
from metrics.periods import DAY, containing
from metrics.scopes import rep_scope
from metrics.views.own import asked_rep, team_reps
from metrics.views.pages import FigurePage

MONTH = ("won_revenue", "deals_won", "win_rate", "activities_logged")


class TodayView(FigurePage):
    """What a rep does today. A manager who does not sell picks a rep of the team."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        rep = asked_rep(request)
        if rep is not None:
            return render(request, "metrics/today.html", self.day(request, rep))
        if request.user.role == Role.MANAGER:
            return render(request, "metrics/today_team.html", self.team(request))
        if request.user.role == Role.REP:
            return render(request, "metrics/no_rep.html")
        raise Http404

    @staticmethod
    def day(request: HttpRequest, rep: Rep) -> dict[str, Any]:
        now = timezone.now()
        company = Company.current_with_days_off()
        today = business_date(now, company.zone)
        day = Day(rep, user=request.user, company=company, today=today, now=now)
        has_deals = day.open_deals().exists()
        return {
            "rep": rep,
            "is_own": rep.user_id == request.user.pk,
            "others": [other for other in team_reps(request.user) if other.pk != rep.pk],
            "today": today,
            "now": now,
            "zone": company.zone,
            "calendar": WorkingCalendar.of(company),
            "may_write": request.user.role != Role.LEADER,
            "here": request.get_full_path(),
            "overdue": day.overdue(),
            "due": day.due(),
            "no_step": day.without_step(),
            "leads": day.new_leads(),
            "hours": day.hours,
            "has_deals": has_deals,
            "since": day.since,
            "since_yesterday": day.since == today - DAY,
            "news": day.news(),
            **month_so_far(request, rep, day.hours.calendar),
            **pay(request, rep, company, now),
        }

    @staticmethod
    def team(request: HttpRequest) -> dict[str, Any]:
        now = timezone.now()
        zone = Company.current().zone
        today = business_date(now, zone)
        ends = day_start(today + DAY, zone)
        return {
            "today": today,
            "reps": waiting_by_rep(team_reps(request.user), begins=day_start(today, zone), ends=ends),
        }


def pay(request: HttpRequest, rep: Rep, company: Company, now: datetime.datetime) -> dict[str, Any]:
    """What comes next, and where its lines are."""
    own = rep.user_id == request.user.pk
    return {
        "payout": next_payout(rep, company=company, now=now),
        "earnings_url": reverse("metrics:earnings") + ("" if own else f"?rep={rep.pk}"),
        "target_url": reverse("metrics:my_numbers") if own else "",
    }


def month_so_far(request: HttpRequest, rep: Rep, calendar: WorkingCalendar) -> dict[str, Any]:
    """The rep's month beside the same days of the month before, and the target with the way to it."""
    asking = read_question(QueryDict(), user=request.user, now=timezone.now(), scope=rep_scope(rep))
    asking = asking.for_period(containing(asking.today, "month"))
    reader = Reader(asking)
    month = []
    for slug in MONTH:
        reading = reader.reading(slug)
        month.append({**figure_entry(reader, reading.figure), "change": changes(reading)[0]})
    return {
        "target": own_target(reader, rep, calendar=calendar),
        "month": month,
        "month_title": period_title(asking.period),
        "month_mark": progress_mark(asking.period, asking.as_of, asking.today, calendar),
        "numbers_url": asking.address("metrics:kpis", by=None, where=()),
    }
