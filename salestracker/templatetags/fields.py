"""Form fields as the design language wants them: label above, hint and error below, tied by aria-describedby."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()

_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _look(widget: forms.Widget) -> tuple[str, str]:
    """How a widget is laid out (check, picks, control) and its class."""
    if isinstance(widget, forms.CheckboxInput):
        return "check", "form-check-input"
    if isinstance(widget, _CHOICES):
        return "picks", ""
    return "control", "form-select" if isinstance(widget, forms.Select) else "form-control"


@register.inclusion_tag("components/field.html")
def form_field(field: BoundField, label: str | None = None, hint: str | None = None) -> dict[str, Any]:
    """One bound field; ``label`` and ``hint`` replace its own."""
    look, css = _look(field.field.widget)
    hint = hint or field.help_text
    described = [f"{field.id_for_label}-{part}" for part, there in (("hint", hint), ("error", field.errors)) if there]
    attrs = {
        "class": " ".join(filter(None, [css, field.field.widget.attrs.get("class", ""), field.errors and "is-invalid"]))
    }
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return {
        "look": look,
        "field": field,
        "widget": field.as_widget(attrs=attrs) if look != "picks" else "",
        "label": label or field.label,
        "hint": hint,
        "is_optional": not field.field.required and look != "check",
        "described": attrs.get("aria-describedby", ""),
    }


@register.filter
def item(sequence: Any, position: int) -> Any:
    """The item at a position counted from 0; empty beyond the end."""
    return sequence[position] if position < len(sequence) else ""
