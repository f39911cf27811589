"""Icons as inline SVG, always beside a word; their names are Tabler's outline set."""

import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

_SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse|polygon)\b[^>]*/>", re.DOTALL)


class IconMissing(LookupError):
    """No icon of that name in the set."""


@cache
def _archive() -> ZipFile:
    return ZipFile(BytesIO(files("tablericons").joinpath("tablericons.zip").read_bytes()))


@cache
def icon_names() -> frozenset[str]:
    """Every name that ``{% icon %}`` knows."""
    return frozenset(
        name.removeprefix("outline/").removesuffix(".svg")
        for name in _archive().namelist()
        if name.startswith("outline/")
    )


@cache
def _shapes(name: str) -> SafeString:
    if name not in icon_names():
        raise IconMissing(f"No icon is called “{name}”.")
    source = _archive().read(f"outline/{name}.svg").decode()
    return SafeString("".join(re.sub(r"\s+", " ", shape).replace(" />", "/>") for shape in _SHAPE.findall(source)))


@register.simple_tag
def icon(name: str, extra_class: str = "") -> SafeString:
    """The icon as SVG, hidden from screen readers: the word beside it says what it means."""
    css = f"ti {extra_class}" if extra_class else "ti"
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', css, _shapes(str(name)))
