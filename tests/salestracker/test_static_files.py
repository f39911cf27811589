import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from salestracker.management.commands.bundle_assets import LOADED, bundle

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


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundled")
    bundle(ROOT, target)
    return target


def test_every_script_that_a_template_names_is_bundled():
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    assert set(re.findall(r"static ['\"](js/[a-z_]+\.js)", templates)) == {name for name in LOADED if "js/" in name}


def test_a_module_that_two_scripts_share_stands_in_one_file(bundled):
    texts = {path.name: path.read_text(encoding="utf-8") for path in (bundled / "js").glob("*.js")}
    assert [name for name, text in texts.items() if "[data-offline-banner]" in text] == [
        name for name in texts if name.startswith("chunk-")
    ]
    for name, text in texts.items():
        imported = re.findall(r"""(?:from|import)\s*["']([^"']+)["']""", text)
        assert all((bundled / "js" / one).is_file() and "chunk-" in one for one in imported), name


def test_all_sheets_are_in_the_one_that_pages_load(bundled):
    text = (bundled / "css/site.css").read_text(encoding="utf-8")
    assert "@import" not in text
    assert "--st-" in text
    assert "@media print" in text


def test_a_script_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "static/js").mkdir(parents=True)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "static/js/app.js").write_text("import './gone.js'", encoding="utf-8")
    with pytest.raises(CommandError, match=r"gone\.js"):
        bundle(tmp_path, tmp_path / "target")
