"""Style sheets and templates agree: nothing is used that is not declared."""

import re
from pathlib import Path

from metrics.pay.statement_pdf import SHEET

ROOT = Path(__file__).resolve().parents[2]
STYLES = {path: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("static/css/*.css"))}
SCRIPTS = {path: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("static/js/*.js"))}
TEMPLATES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("templates/**/*.html"))
    if "email" not in path.parts
}
CODE = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("salestracker/templatetags/*.py")}
ALL_STYLES = "\n".join(STYLES.values())
DECLARED = set(re.findall(r"\.(st-[a-z0-9-]+)", ALL_STYLES))
# Names of Tabler's own variables are Tabler's to declare.
OWN_PROPERTY = re.compile(r"var\((--st-[a-z0-9-]+)")


def missing(sources: dict[Path, str], pattern: str, declared: set[str]) -> dict[str, set[str]]:
    found = {str(path.relative_to(ROOT)): set(re.findall(pattern, text)) - declared for path, text in sources.items()}
    return {path: names for path, names in found.items() if names}


def test_every_class_of_ours_is_declared():
    in_class = r"(?<![\w-])(st-[a-z0-9]+(?:-[a-z0-9]+)*)(?![\w-]*:)"
    assert missing(TEMPLATES, in_class, DECLARED) == {}
    assert missing(CODE, in_class, DECLARED) == {}
    assert missing(SCRIPTS, r"[.\"' ](st-[a-z0-9]+(?:-[a-z0-9]+)*)(?![\w-]*:)", DECLARED | {"st-draft"}) == {}


def test_every_custom_property_is_declared():
    declared = set(re.findall(r"(--st-[a-z0-9-]+)\s*:", ALL_STYLES))
    assert missing(STYLES, OWN_PROPERTY.pattern, declared) == {}
    tokens = {name.removeprefix("--st-") for name in declared}
    assert missing(SCRIPTS, r"token\(\"([a-z0-9-]+)\"\)", tokens) == {}


PAPER = SHEET.removeprefix("css/")
"""The sheet of the PDF alone, in inks of its own: paper has no theme."""


def test_colours_are_named_once():
    """A colour in another sheet than the tokens is white on a filled button or the paper of a picture code."""
    allowed = {"#fff", "#1b2130", "#e7eaf0", "#b9c4ff", "#3547ad"}
    colours = {
        path.name: set(re.findall(r"#[0-9a-f]{3,8}\b", text)) - allowed
        for path, text in STYLES.items()
        if path.name not in {"tokens.css", PAPER}
    }
    assert {name: found for name, found in colours.items() if found} == {}


def test_every_sheet_and_script_is_loaded():
    assert "css/site.css" in TEMPLATES[ROOT / "templates/components/stylesheets.html"]
    imported = STYLES[ROOT / "static/css/site.css"]
    assert [path.name for path in STYLES if f'"./{path.name}"' not in imported] == ["site.css", PAPER]


def test_style_sheets_stay_short():
    assert {path.name: text.count("\n") for path, text in {**STYLES, **SCRIPTS}.items() if text.count("\n") > 300} == {}


def test_cells_of_tables_say_their_column():
    """On a phone a row becomes a card, and the head of its column is printed from data-label."""
    cell = re.compile(r"<td(?![^>]*\b(?:data-label|colspan|class=\"[^\"]*\b(?:drop|acts)\b))[^>]*>")
    tables = {path: text for path, text in TEMPLATES.items() if "st-table" in text and "allauth" not in path.parts}
    assert missing(tables, cell.pattern, set()) == {}


def test_a_page_with_a_chart_loads_its_scripts():
    with_chart = [
        path for path, text in TEMPLATES.items() if "components/chart_figure.html" in text and "extends" in text
    ]
    assert [path for path in with_chart if "components/chart_scripts.html" not in TEMPLATES[path]] == []


def test_every_component_names_its_context():
    parts = {path: text for path, text in TEMPLATES.items() if path.parent.name == "components"}
    assert [path.name for path, text in parts.items() if not text.startswith("{% comment %}")] == []


def test_components_are_included_with_only():
    include = re.compile(r"{%\s*include\s+\"components/[^%]*%}")
    open_doors = {
        str(path.relative_to(ROOT)): found
        for path, text in TEMPLATES.items()
        if (found := [tag for tag in include.findall(text) if not re.search(r"\bonly\s*%}$", tag)])
    }
    assert open_doors == {}
