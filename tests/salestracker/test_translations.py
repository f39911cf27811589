"""The second language is whole: every word that people see has its translation, with the same places to fill in."""

import re
import shutil
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse

GERMAN = settings.BASE_DIR / "salestracker" / "locale" / "de" / "LC_MESSAGES" / "django.po"
EXTRACTED = ("accounts", "pipeline", "metrics", "salestracker", "templates")
PLACES = re.compile(r"%(?:\(\w+\))?[sd%]|\{\w*\}")


@pytest.fixture(scope="module")
def german():
    with GERMAN.open("rb") as file:
        return [message for message in read_po(file, locale="de") if message.id]


def _texts(message) -> list[tuple[str, str]]:
    """English and German, for one and for many."""
    if isinstance(message.id, tuple):
        return list(zip(message.id, message.string, strict=True))
    return [(message.id, message.string)]


def test_every_message_is_translated(german):
    assert len(german) > 2000
    assert [message.id for message in german if not all(text for _english, text in _texts(message))] == []
    assert [message.id for message in german if message.fuzzy] == []


def test_translations_fill_in_the_same(german):
    wrong = []
    for message in german:
        pairs = _texts(message)
        for number, (english, text) in enumerate(pairs):
            ours, theirs = set(PLACES.findall(text)), set(PLACES.findall(english))
            one_of_many = len(pairs) > 1 and number == 0  # "one row" may leave out the 1
            if not (ours == theirs or (one_of_many and ours <= set(PLACES.findall(pairs[1][0])))):
                wrong.append((english, text))
            if [english.startswith("\n"), english.endswith("\n")] != [text.startswith("\n"), text.endswith("\n")]:
                wrong.append((english, text))
    assert wrong == []


@pytest.mark.gettext
def test_no_word_is_missing_from_the_file(german, tmp_path):
    """What ``make words`` would find is what is there."""
    for folder in EXTRACTED:
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.mo", "*.po"))
    shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)
    (tmp_path / "salestracker/locale/de/LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "manage.py", "makemessages", "--all", "--no-location", "--locale", "de"]
    settings_of = {"DEBUG": "1", "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=settings_of)  # noqa: S603
    with (tmp_path / "salestracker/locale/de/LC_MESSAGES/django.po").open("rb") as file:
        found = {(message.id, message.context) for message in read_po(file, locale="de") if message.id}
    ours = {(message.id, message.context) for message in german}
    assert sorted(map(str, found - ours)) == []
    assert sorted(map(str, ours - found)) == []


def test_a_reader_of_german_gets_german(cast):
    user = cast.rep
    type(user).objects.filter(pk=user.pk).update(language="de")
    client = Client()
    client.force_login(user)
    page = client.get(reverse("metrics:today")).content.decode()
    assert '<html lang="de"' in page
    assert "Heute" in page
    assert "Schnellerfassung" in page or "Erfassen" in page


def test_the_browser_says_the_language_before_anyone_signs_in(db):
    page = Client(headers={"accept-language": "de"}).get(reverse("account_login")).content.decode()
    assert "Anmelden" in page
    assert "Passwort" in page
