"""The banner above doubtful figures, for templates."""

from typing import Any

from django import template

from metrics.snapshots.doubts import doubt_banner

register = template.Library()


@register.inclusion_tag("components/banners.html", takes_context=True)
def doubts(context: Any) -> dict[str, Any]:
    """What pages of figures say when the audit of the newest night found something; nothing else."""
    found = doubt_banner(context["user"])
    return {"banners": [found] if found else []}
