"""Which addresses can look at an earlier day: one row per URL name, and what has no row refuses to.

``as_of`` is the day from which one looks, ``known_on`` the day whose knowledge is used. A page that left one of them
unread would show today's state under yesterday's date.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from pipeline.views.moments import PARTS


def names(parts: tuple[str, ...], listed: str) -> dict[str, tuple[str, ...]]:
    """The same row for each of the URL names in ``listed``, which are parted by blanks."""
    return dict.fromkeys(listed.split(), parts)


LOOKING_BACK: dict[str, tuple[str, ...]] = {
    # Deals and figures keep what was true and when it was learnt
    **names(PARTS, "pipeline:board pipeline:deal_list pipeline:deal_detail api:deal-list api:deal-detail"),
    **names(
        PARTS,
        """metrics:my_numbers metrics:team metrics:kpis metrics:metric_list metrics:metric metrics:metric_records
        metrics:metric_csv metrics:pipeline_changes metrics:cohorts metrics:durations metrics:funnel
        api:metric-detail api:metric-records api:metric-series api:pipeline-as-of api:pipeline-changes""",
    ),
    # What is known now about an earlier day
    **names(
        ("as_of",),
        """pipeline:lead_list pipeline:lead_detail pipeline:activity_list pipeline:activity_detail
        api:lead-list api:lead-detail api:activity-list api:activity-detail
        metrics:forecast api:forecast""",
    ),
    # Targets as they held at an instant
    **names(("known_on",), "api:target-list api:target-detail"),
}


def refusal(view_name: str, params: Mapping[str, str]) -> tuple[str, str] | None:
    """The part of an address that its page can't answer, and why; None when it can answer all of it."""
    possible = LOOKING_BACK.get(view_name, ())
    for part in PARTS:
        if params.get(part) and part not in possible:
            if possible:
                return part, _("%(part)s: not possible here, only %(other)s.") % {"part": part, "other": possible[0]}
            return part, _("%s: this page shows what is there today and can't look at another day.") % part
    return None
