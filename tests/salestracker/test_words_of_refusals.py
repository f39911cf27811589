"""What people are refused with is said in their language."""

import ast

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

REFUSALS = {
    "ActionRefused",
    "FilterRefused",
    "KeysetRefused",
    "MoneyError",
    "NotAllowed",
    "QuestionRefused",
}
# Files and commands speak English, and so does what is kept: the job list, statements and their plans.
PLAIN = ("/imports/", "/management/", "/api/", "/sample/", "/incentives/", "/metrics/jobs/")


def test_refusals_are_marked_for_translation():
    unmarked = []
    for app in ("accounts", "pipeline", "metrics"):
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if any(part in path.as_posix() for part in PLAIN):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS and node.args):
                    continue
                if isinstance(node.args[0], ast.JoinedStr | ast.Constant):
                    unmarked.append(f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}")
    assert unmarked == []


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "By lost reason"), ("en-gb", "By lost reason"), ("de", "By Lost reason")]
)
def test_nouns_keep_their_capital_where_the_language_has_it(language, heading):
    with translation.override(language):
        assert Template("By {{ name|mid_sentence }}").render(Context({"name": "Lost reason"})) == heading
