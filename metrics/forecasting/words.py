"""What the methods of forecasting are called, what they do, and why one has nothing to say."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHOD_WORDS: dict[str, str | Promise] = {
    "naive": _("As a year ago"),
    "holt_winters": _("Trend and season"),
    "pipeline": _("Open deals"),
    "median": _("Middle of the three"),
}
METHOD_HELP: dict[str, str | Promise] = {
    "naive": _("won so far, and for the rest what the same days brought a year ago (seasonal naive)"),
    "holt_winters": _("won so far, and for the rest level, damped trend and season as they go on (Holt-Winters)"),
    "pipeline": _("won so far, and each open amount times the chance that deals of its stage and age had of being won "
                  "in as many days"),
    "median": _("the method whose figure for the company lies in the middle; of two their mean"),
}  # fmt: skip
REASONS: dict[str, str | Promise] = {
    "naive": _("needs the same days of the year before"),
    "holt_winters": _("needs 24 whole months of revenue"),
    "pipeline": _("needs deals watched for as long as the period still runs"),
    "median": _("no method has enough history"),
}
