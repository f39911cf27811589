"""Activities as they were at the end of an earlier day, as far as they tell: when they were noted and when done.

Due days, words and owners have no history: they stand as they are today.
"""

from django.db.models import Q, QuerySet

from pipeline.models import Activity
from pipeline.past import Moment


def activities_at(moment: Moment, rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """What was done or had been noted by then."""
    return rows.filter(Q(done_at__lt=moment.end) | Q(due_at__isnull=False, logged_at__lt=moment.end))


def done_by(moment: Moment, rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """What was done by then."""
    return rows.filter(done_at__lt=moment.end)


def planned_at(moment: Moment, rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """What had been planned by then and was not done yet."""
    return rows.filter(Q(done_at=None) | Q(done_at__gte=moment.end), due_at__isnull=False, logged_at__lt=moment.end)


def activity_then(activity: Activity, moment: Moment) -> Activity:
    """The activity, unsaved, not done yet where it was done later."""
    if activity.done_at and activity.done_at >= moment.end:
        activity.done_at = activity.done_on = None
        activity.outcome = ""
    return activity
