"""A statement as a file for the payee: the page for print, set by WeasyPrint."""

from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

TEMPLATE = "metrics/statement_print.html"
SHEET = "css/statement_paper.css"


class PdfUnavailable(Exception):
    """The system's library for text (Pango) is not installed, so no PDF can be made."""


def statement_pdf(context: dict[str, Any]) -> bytes:
    """The PDF of a statement; ``context`` as the template names it. Raises PdfUnavailable."""
    try:
        # Read only when asked for: it takes seconds, and everything else runs where the library is missing.
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    return HTML(string=render_to_string(TEMPLATE, context)).write_pdf(stylesheets=[finders.find(SHEET)])
