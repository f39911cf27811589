"""The groups of metrics in the words of people."""

from django.utils.translation import gettext_lazy as _

GROUPS = {
    "performance": _("Results"),
    "pipeline": _("Pipeline"),
    "activity": _("Activity"),
    "marketing": _("Leads and marketing"),
    "customer": _("Customers"),
    "forecast": _("Forecast"),
    "cost": _("Costs"),
    "financial": _("Money"),
}
