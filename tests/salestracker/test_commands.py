import json
import socket

import pytest
from django.core.management.base import CommandError

from salestracker.management.commands import build_assets, serve


def test_busy_port_is_named_before_anything_is_touched():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"127.0.0.1:{port}"):
            serve.refuse_busy_port("127.0.0.1", port)


@pytest.mark.django_db
def test_sign_ins_are_shown_for_sample_people_only(person, settings):
    assert "create_user" in serve.sign_in_lines()[0]
    person("admin", email="boss@company.example")
    assert serve.sign_in_lines() == []
    person("rep", email=settings.SAMPLE_SIGN_INS["rep"])
    lines = serve.sign_in_lines()
    assert settings.SAMPLE_PASSWORD in lines[0]
    assert [line.split() for line in lines[1:]] == [["rep", settings.SAMPLE_SIGN_INS["rep"]]]


def test_vendor_files_are_copied_without_source_maps(tmp_path):
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a.js").write_bytes(b"run();\n//# sourceMappingURL=a.js.map\n")
    (tmp_path / "package.json").write_text(json.dumps({"vendor": {"a/a.js": "a.js"}}), encoding="utf-8")
    copied = build_assets.copy_files(tmp_path, tmp_path / "vendor")
    assert (tmp_path / "vendor" / "a" / "a.js").read_bytes() == b"run();\n"
    assert copied == len(b"run();\n")
