"""The gate of a stage: what a deal must have before it enters. One rule for every way in."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import ActionRefused
from pipeline.models import Deal, Stage

ASKABLE = {
    "account": gettext_lazy("Account"),
    "contact": gettext_lazy("Contact"),
    "amount": gettext_lazy("Amount"),
    "expected_close_on": gettext_lazy("Expected close"),
    "channel": gettext_lazy("Channel"),
    "campaign": gettext_lazy("Campaign"),
    "competitor": gettext_lazy("Competitor"),
    "lines": gettext_lazy("Product lines"),
    "next_step_on": gettext_lazy("Next step"),
}
"""What a stage may ask for: fields of a deal, its lines, a planned activity."""


class FieldsMissing(ActionRefused):
    """The stage asks for ``fields``, which the deal lacks."""

    def __init__(self, stage: Stage, fields: Sequence[str]) -> None:
        names = ", ".join(str(ASKABLE.get(name, name)) for name in fields)
        text = _("“%(stage)s” needs: %(fields)s.") % {"stage": stage, "fields": names}
        super().__init__(text, fields[0])
        self.fields = tuple(fields)


def missing_fields(deal: Deal, stage: Stage) -> list[str]:
    """What ``stage`` requires and the deal lacks, by its name in ``ASKABLE``."""
    return [name for name in stage.required_fields if not _has(deal, name)]


def _has(deal: Deal, name: str) -> bool:
    if name == "lines":
        return deal.pk is not None and deal.lines.exists()
    return getattr(deal, name, None) not in (None, "")


def check_gate(deal: Deal, stage: Stage) -> None:
    """FieldsMissing when the deal may not enter the stage as it is."""
    if missing := missing_fields(deal, stage):
        raise FieldsMissing(stage, missing)
