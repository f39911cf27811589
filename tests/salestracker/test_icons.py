import re
from pathlib import Path

import pytest

from salestracker import navigation
from salestracker.templatetags.icons import IconMissing, icon, icon_names
from salestracker.templatetags.words import KIND_ICONS, STATES

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"""\{%\s*icon\s+["']([^"']+)["']|\bicon=["']([a-z0-9-]+)["']""")


def names_in_templates() -> dict[str, str]:
    found = {}
    for path in ROOT.glob("templates/**/*.html"):
        for groups in NAMED.findall(path.read_text(encoding="utf-8")):
            found["".join(groups)] = str(path.relative_to(ROOT))
    return found


def test_every_icon_named_in_a_template_exists():
    named = names_in_templates()
    assert named
    assert {name: path for name, path in named.items() if name not in icon_names()} == {}


def test_every_icon_named_in_python_exists():
    shell = [entry.icon for group in navigation.GROUPS for entry in group.entries]
    tools = [entry.icon for entry in (*navigation.NEW, *navigation.ACCOUNT, navigation.QUICK_LOG, navigation.SEARCH)]
    states = [look[1] for look in STATES.values()]
    assert {*shell, *tools, *states, *KIND_ICONS.values()} - icon_names() == set()


def test_an_icon_is_hidden_from_screen_readers_and_carries_no_style():
    svg = icon("briefcase", "st-push")
    assert svg.startswith('<svg class="ti st-push" viewBox="0 0 24 24" aria-hidden="true"><path')
    assert "style" not in svg


def test_every_icon_has_shapes():
    assert [name for name in icon_names() if icon(name).count("<") < 3] == []


def test_an_unknown_icon_is_refused():
    with pytest.raises(IconMissing):
        icon("no-such-icon")
