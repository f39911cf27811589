import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from salestracker.management.commands.build_assets import fetch_packages, npm

LOADED = ("js/app.js", "js/board.js", "js/charts.js", "js/rows.js", "css/site.css")
"""What templates name. What these import becomes part of them, or a chunk that several of them share."""
OPTIONS = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--minify",
    "--target=es2022",
    "--legal-comments=none",
    "--chunk-names=js/[name]-[hash]",
)


class Command(BaseCommand):
    help = "Make one file of each script and style sheet that pages load, with all that it imports, in build/bundled."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.BASE_DIR / "build" / "bundled"
        shutil.rmtree(target, ignore_errors=True)
        bundle(settings.BASE_DIR, target)
        files = [path for path in target.rglob("*") if path.is_file()]
        self.stdout.write(f"Bundled: {sum(path.stat().st_size for path in files) // 1024} KiB in {len(files)} files.")


def bundle(root: Path, target: Path) -> None:
    """Raises CommandError with what the bundler says of a file that it cannot read."""
    package = root / "node_modules" / "esbuild"
    if not package.exists():  # somebody cleared the folder, which nothing else needs any more
        fetch_packages(root)
    program = package / json.loads((package / "package.json").read_text(encoding="utf-8"))["bin"]["esbuild"]
    _npm, environment = npm()
    node = shutil.which("node", path=environment.get("PATH")) or "node"
    command = [node, str(program), *LOADED, *OPTIONS, f"--outdir={target}", "--outbase=.", "--log-level=error"]
    done = subprocess.run(  # noqa: S603
        command, cwd=root / "static", env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"The scripts and style sheets could not be bundled:\n{done.stderr.strip()}")
