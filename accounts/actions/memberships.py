"""Writes of who was in which team when. Days without a membership are days in no team."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import write_audit
from accounts.actions.configuration import check_admin, date_history, locked_row
from accounts.business_dates import business_date
from accounts.errors import ActionRefused
from accounts.memberships import TeamHistory
from accounts.models import Company, Rep, Team, TeamMembership, User

BEGINNING, ENDLESS, DAY = datetime.date.min, datetime.date.max, datetime.timedelta(days=1)
Points = dict[datetime.date, int | None]
"""From which day on a rep is in which team; None: in none. Before the first point he is in none."""


@transaction.atomic
def change_team_from(
    *, rep: Rep, team: Team | None, day: datetime.date | None, by: User | None, now: datetime.datetime
) -> Rep:
    """Put a rep into ``team`` (None: into no team) from ``day`` on, until the next change that is known already.

    ``day`` None: from the beginning. Raises ActionRefused for a day to come, and when nothing would change.
    """
    check_admin(by)
    rep = locked_row(rep)
    today = business_date(now, Company.current().zone)
    if day is not None and day > today:
        raise ActionRefused(_("Enter a change of team on its first day, not before."), "day")
    points = points_of(rep)
    _store(rep, {**points, day or BEGINNING: team.pk if team else None}, points, now)
    detail = {"team": str(team) if team else None, "from": day.isoformat() if day else None}
    write_audit(action="change team", subject=rep, by=by, now=now, detail=detail)
    return rep


@transaction.atomic
def remove_team_change(*, rep: Rep, day: datetime.date | None, by: User | None, now: datetime.datetime) -> Rep:
    """Take back a change of team that began on ``day`` (None: the beginning): what was before goes on."""
    check_admin(by)
    rep = locked_row(rep)
    points = points_of(rep)
    if (day or BEGINNING) not in points:
        raise ActionRefused(_("No change of team began on that day."), "day")
    rest = {start: team for start, team in points.items() if start != (day or BEGINNING)}
    _store(rep, rest, points, now)
    detail = {"from": day.isoformat() if day else None}
    write_audit(action="take back change of team", subject=rep, by=by, now=now, detail=detail)
    return rep


def points_of(rep: Rep) -> Points:
    """The rep's changes of team; where memberships overlap the later one wins."""
    history = TeamHistory.load([rep.pk])
    spans = history.spans(rep.pk)
    days = {start for start, _end, _team in spans} | {end + DAY for _start, end, _team in spans if end < ENDLESS}
    return {day: history.team_on(rep.pk, day) for day in sorted(days)}


def _store(rep: Rep, wanted: Points, before: Points, now: datetime.datetime) -> None:
    """Make the rep's memberships say ``wanted``, keeping the rows that still hold, and set the team of today."""
    wanted = _without_repeats(wanted)
    if wanted == _without_repeats(before):
        raise ActionRefused(_("The rep is in this team already on that day."), "team")
    rows = {row.starts_on or BEGINNING: row for row in TeamMembership.objects.select_for_update().filter(rep=rep)}
    for start in rows.keys() - {day for day, team in wanted.items() if team is not None}:
        date_history(rows.pop(start), now).delete()
    days = list(wanted)
    for at, (start, team) in enumerate(wanted.items()):
        if team is None:
            continue
        row = rows.get(start) or TeamMembership(rep=rep, starts_on=None if start == BEGINNING else start)
        end = days[at + 1] - DAY if at + 1 < len(days) else None
        if row.pk is None or (row.team_id, row.ends_on) != (team, end):
            row.team_id, row.ends_on = team, end
            date_history(row, now).save()
    team_today = TeamHistory.load([rep.pk]).team_on(rep.pk, business_date(now, Company.current().zone))
    if rep.team_id != team_today:
        rep.team_id = team_today
        date_history(rep, now).save()


def _without_repeats(points: Points) -> Points:
    """In order, without the points at which nothing changes."""
    kept: Points = {}
    last: int | None = None
    for day in sorted(points):
        if points[day] != last:
            kept[day] = last = points[day]
    return kept
