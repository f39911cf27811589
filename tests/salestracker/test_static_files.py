import re
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_DIRS = [ROOT / "static"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    storage = {"BACKEND": "salestracker.static_storage.HashedModuleStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_imports_between_modules_lead_to_files_that_exist_when_only_hashed_names_are_kept(collected):
    modules = [path for path in (collected / "js").glob("*.js") if HASHED.search(path.name)]
    assert len(modules) == len(list((ROOT / "static/js").glob("*.js")))
    for module in modules:
        for name in re.findall(r"""(?:from|import)\s*["']([^"']+)["']""", module.read_text(encoding="utf-8")):
            assert HASHED.search(name), f"{module.name} imports {name}"
            target = collected / name.removeprefix("/static/") if name.startswith("/") else module.parent / name
            assert target.is_file(), f"{module.name} imports {name}"
