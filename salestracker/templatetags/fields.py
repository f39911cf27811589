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
def form_field(field: BoundField, label: str | None = None, hint: str | bool | None = None) -> dict[str, Any]:
    """One bound field; ``label`` and ``hint`` replace its own, ``hint=False`` leaves it out.

    Placeholders are dropped: they vanish with the first letter, a hint stays. A field with ``warnings`` shows them.
    """
    look, css = _look(field.field.widget)
    hint = "" if hint is False else hint or field.help_text
    described = " ".join(
        f"{field.auto_id}-{part}"
        for part, there in (
            ("hint", hint),
            ("error", field.errors),
            ("warning", getattr(field.field, "warnings", ())),
        )
        if there
    )
    return {
        "look": look,
        "field": field,
        "widget": _drawn(field, css, described) if look != "picks" else "",
        "label": label or field.label,
        "hint": hint,
        "is_optional": not field.field.required and look != "check",
        "described": described,
    }


def _drawn(field: BoundField, css: str, described: str) -> str:
    """The widget with our class and our ids; Django's own description would name hints that are not there."""
    widget = field.field.widget
    classes = [css, widget.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    attrs = field.build_widget_attrs({"id": widget.attrs.get("id") or field.auto_id}, widget) | {
        "class": " ".join(filter(None, classes)),
        "placeholder": False,
        "aria-describedby": described or False,
        "aria-invalid": "true" if field.errors else False,
    }
    return widget.render(name=field.html_name, value=field.value(), attrs=attrs, renderer=field.form.renderer)


@register.filter
def item(sequence: Any, position: int) -> Any:
    """The item at a position counted from 0; empty beyond the end."""
    return sequence[position] if position < len(sequence) else ""
