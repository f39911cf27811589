"""``python -m tests.faults [AREA …]``: each fault in a copy of the tree; ends with 1 if one is missed."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.planted import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "var", "__pycache__", "*.pyc", ".mypy_cache", ".ruff_cache"
)


def main(areas: list[str]) -> int:
    chosen = [fault for fault in FAULTS if not areas or fault.area in areas]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
        missed = [fault for fault in chosen if not is_caught(fault, tree)]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} faults caught")
    return bool(missed)


def is_caught(fault: Fault, tree: Path) -> bool:
    """Whether one of its tests fails once the fault is planted; the copy is whole again afterwards."""
    file = tree / fault.file
    whole = file.read_text()
    if whole.count(fault.text) != 1:
        say(fault, f"OUT OF DATE: its text occurs {whole.count(fault.text)} times")
        return False
    file.write_text(whole.replace(fault.text, fault.instead))
    try:
        for test in fault.tests:
            if not (tree / test).exists():
                continue
            code = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", test],
                cwd=tree, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, check=False,
            ).returncode  # fmt: skip
            if code == 1:
                say(fault, f"caught by {test}")
                return True
            if code != 0:
                say(fault, f"NOT RUN: pytest ends with {code} on {test}")
                return False
    finally:
        file.write_text(whole)
    say(fault, "MISSED")
    return False


def say(fault: Fault, verdict: str) -> None:
    print(f"{fault.area:12} {fault.file}: {fault.wrong}: {verdict}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
