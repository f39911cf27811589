"""The command ``create_user``: the first admin, and others."""

import pytest
from django.core.management import call_command

from accounts.management.commands import create_user
from accounts.models import Team, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def terminal(monkeypatch):
    """A terminal at which somebody types these passwords."""

    def typing(*passwords):
        answers = iter(passwords)
        monkeypatch.setattr(create_user.sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(create_user, "getpass", lambda _question: next(answers))

    return typing


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch):
    class Pipe:
        @staticmethod
        def isatty():
            return False

    monkeypatch.setattr(create_user.sys, "stdin", Pipe())


def test_without_a_terminal_a_password_is_made_and_printed_once(capsys):
    call_command("create_user", "Ann@company.example", role="admin")
    printed = capsys.readouterr().out
    user = User.objects.get(email="ann@company.example")
    assert (user.role, user.name) == ("admin", "Ann")
    assert user.check_password(printed.rstrip().rpartition(" ")[2])


def test_a_typed_password_is_not_printed(capsys, terminal):
    terminal("correct horse battery", "correct horse battery")
    call_command("create_user", "ann@company.example", role="leader", name="Ann Lee")
    assert "horse" not in capsys.readouterr().out
    assert User.objects.get(name="Ann Lee").check_password("correct horse battery")


@pytest.mark.parametrize(
    ("typed", "says"),
    [(("short", "short"), "too short"), (("correct horse battery", "correct horse"), "differ")],
)
def test_a_password_that_will_not_do_is_refused(capsys, terminal, typed, says):
    terminal(*typed)
    with pytest.raises(SystemExit) as left:
        call_command("create_user", "ann@company.example", role="admin")
    assert left.value.code == 1
    assert says in capsys.readouterr().err
    assert not User.objects.exists()


def test_a_team_is_the_rep_s_or_the_one_that_a_manager_heads():
    team = Team.objects.create(name="North East", slug="north-east")
    call_command("create_user", "rep@company.example", role="rep", team="north-east")
    call_command("create_user", "boss@company.example", role="manager", team="North East")
    team.refresh_from_db()
    assert team.manager.email == "boss@company.example"
    assert User.objects.get(email="rep@company.example").rep.team == team


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"role": "rep", "team": "nowhere"}, "There is no team “nowhere”. Teams: north."),
        ({"role": "admin", "team": "north"}, "Only reps and managers"),
        ({"role": "admin", "email": "no address"}, "is no e-mail address"),
        ({"role": "admin", "email": "ANN@company.example"}, "already"),
    ],
)
def test_a_refusal_is_one_line_on_stderr_and_exit_1(capsys, arguments, says):
    Team.objects.create(name="North", slug="north")
    User.objects.create_user("ann@company.example", name="Ann")
    email = arguments.pop("email", "new@company.example")
    with pytest.raises(SystemExit) as left:
        call_command("create_user", email, **arguments)
    heard = capsys.readouterr()
    assert left.value.code == 1
    assert says in heard.err
    assert heard.out == ""
