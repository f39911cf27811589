"""The bars of a waterfall in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BAR_WORDS: dict[str, str | Promise] = {
    "starting": _("Starting"),
    "new": _("New"),
    "reopened": _("Reopened"),
    "pulled_in": _("Pulled in"),
    "increased": _("Increased"),
    "transferred_in": _("Transferred in"),
    "won": _("Won"),
    "lost": _("Lost"),
    "decreased": _("Decreased"),
    "pushed_out": _("Pushed out"),
    "transferred_out": _("Transferred out"),
    "exchange_rate": _("Exchange rate"),
    "ending": _("Ending"),
}

MRR_WORDS: dict[str, str | Promise] = {
    "new": _("New"),
    "expansion": _("Expansion"),
    "contraction": _("Contraction"),
    "churn": _("Churn"),
    "reactivation": _("Reactivation"),
}
