"""The file of users."""

import json

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from cgplab.cli import app
from cgplab.dashboard.serving.users import Users
from cgplab.errors import InputError

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def users(tmp_path):
    path = tmp_path / "users.json"

    def written(content):
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return Users(path)

    return written


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"5", b"{}", {"a": ""}, {"a": 5}, {"a": None}, {"a": {"b": "c"}}, ["a"], b"\xff",
     b"[" * 100_000, b'{"a":' * 100_000, b'{"a": "\\ud800"}'],
)  # fmt: skip
def test_a_damaged_file_lets_nobody_in_and_tells_nothing(users, content):
    found = users(content)
    with pytest.raises(InputError, match="at least one user") as error:
        found.read()
    assert "\n" not in str(error.value)
    assert found.secret("a") is None
    assert not found.accepts("a", "")
    assert not found.accepts("a", "c")


def test_plain_and_hashed_passwords_stand_side_by_side(users):
    found = users({"ada": "secret", "bob": QUICK.hash("tiger"), "eve": "ünïcode"})
    for user, password, right in (
        ("ada", "secret", True), ("ada", "tiger", False), ("ada", "", False), ("bob", "tiger", True),
        ("bob", "secret", False), ("bob", found.secret("bob"), False), ("eve", "ünïcode", True), ("", "", False),
        ("nobody", "tiger", False), ("nobody", "secret", False),
    ):  # fmt: skip
        assert found.accepts(user, password) is right, (user, password)


def test_changes_hold_at_once(users):
    found = users({"ada": "secret", "bob": "tiger"})
    assert found.accepts("ada", "secret")
    users({"ada": "secre2"})
    assert not found.accepts("ada", "secret")
    assert found.accepts("ada", "secre2")
    assert found.secret("bob") is None
    found.path.unlink()
    assert found.secret("ada") is None
    assert not found.accepts("ada", "secre2")


def test_a_damaged_hash_is_named_without_being_shown(users):
    with pytest.raises(InputError, match="hash of 'ada'") as error:
        users({"ada": "$argon2id$v=19$broken"}).read()
    assert "broken" not in str(error.value)


def test_a_file_for_everybody_is_told(users):
    found = users({"ada": "secret"})
    found.path.chmod(0o644)
    assert "chmod 600" in found.warning()
    found.path.chmod(0o640)
    assert found.warning() is None


def test_the_command_prints_a_hash_that_fits(users):
    done = CliRunner().invoke(app, ["password"], input="tiger\ntiger\n")
    assert done.exit_code == 0
    line = done.stdout.strip().splitlines()[-1]
    assert line.startswith("$argon2")
    assert users({"bob": line}).accepts("bob", "tiger")
