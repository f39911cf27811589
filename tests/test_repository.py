"""What must hold for the files themselves."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINES_AT_MOST = 300
TOP_LEVEL = {
    ".ci", ".gitignore", ".npmrc", ".pre-commit-config.yaml", ".semgrep.yml", "CHANGELOG.md", "LICENSE", "Makefile",
    "README.md", "accounts", "benchmarks", "docs", "manage.py", "metrics", "package-lock.json", "package.json",
    "pipeline", "pyproject.toml", "requirements", "salestracker", "static", "templates", "tests",
}  # fmt: skip


def tracked(pattern: str = "*") -> list[Path]:
    """Files that git knows or would add, so that a new file is looked at before it is committed."""
    listed = subprocess.run(  # noqa: S603
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [path for line in listed.splitlines() if (path := ROOT / line).is_file()]


def test_python_files_are_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py")
        if "migrations" not in path.parts and (lines := path.read_text(encoding="utf-8").count("\n")) > LINES_AT_MOST
    }
    assert long == {}


def test_templates_carry_no_style_script_or_handler():
    forbidden = re.compile(
        r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on|<script(?![^>]*\b(src|type)=)", re.I
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("templates/*.html")
        if "email" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert found == []


def test_top_level_is_the_agreed_one():
    present = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert present - TOP_LEVEL == set()


@pytest.mark.parametrize("name", ["requirements/base.txt", "requirements/dev.txt", "package-lock.json"])
def test_lock_files_name_no_host(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|\"resolved\"", text)


def test_modules_have_telling_names():
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "base1", "manager2"}
    assert [path for path in tracked("*.py") if path.stem in vague] == []
