"""What must hold for the files themselves."""

import json
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
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("Not a git checkout: which files belong to the project is not known.")
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


@pytest.mark.parametrize("name", ["base.txt", "dev.txt", "uv.txt"])
def test_python_lock_files_hold_hashes_and_no_host(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_front_end_lock_file_holds_hashes_and_no_host():
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    del packages[""]
    assert all(package["integrity"] for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_modules_have_telling_names():
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "base1", "manager2"}
    assert [path for path in tracked("*.py") if path.stem in vague] == []
