"""Which code is running: the version of the project and the commit it was checked out at, for every run to note."""

import tomllib
from pathlib import Path

from salestracker.env import env_str
from salestracker.settings.environment import BASE_DIR


def version_of(root: Path) -> str:
    """As 0.1.0 (1f2e3d4c5b6a); without the commit where there is no checkout, at most 60 characters."""
    project = root / "pyproject.toml"
    version = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"] if project.exists() else ""
    commit = commit_of(root)[:12]
    return f"{version} ({commit})"[:60] if commit else version


def commit_of(root: Path) -> str:
    """The commit of a git checkout, read from its files; empty when there is none."""
    git = root / ".git"
    try:
        if git.is_file():  # a worktree's file says where its folder is
            git = root / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        ref = head.removeprefix("ref: ")
        common = git / "commondir"
        store = git / common.read_text(encoding="utf-8").strip() if common.exists() else git
        if (store / ref).exists():
            return (store / ref).read_text(encoding="utf-8").strip()
        packed = (store / "packed-refs").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {ref}")), "")


CODE_VERSION = env_str("CODE_VERSION") or version_of(BASE_DIR)
"""Noted by every job, and so by every stored figure. An image without a checkout may give it in the environment."""
