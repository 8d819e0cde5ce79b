"""Logins over real HTTP and WebSocket: they end with the password, the user, and the logout."""

import json
import logging
import re
from urllib.parse import urlencode

import pytest
from bokeh.util.token import get_token_payload

from tests.dashboard.hosted import hosted


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    directory = tmp_path_factory.mktemp("server")
    with hosted(directory, users={"ada": "secret", "bob": "tiger"}) as server:
        server.users = directory / "users.json"
        yield server


@pytest.fixture
def server(running):
    """The server with its users and throttles as in the beginning."""
    running.users.write_text(json.dumps({"ada": "secret", "bob": "tiger"}))
    logins = running.server._tornado.auth_provider
    for throttle in (logins.of_addresses, logins.of_users):
        throttle._tries.clear()
    return running


async def heard(connection):
    """First message of a socket: the server takes part."""
    return await connection.read_message()


@pytest.mark.parametrize(
    "change",
    [{"ada": "other", "bob": "tiger"}, {"bob": "tiger"}, None, "damaged"],
    ids=["changed", "removed", "gone", "damaged"],
)
def test_a_cookie_ends_with_its_password(server, change):
    ada, bob = server.cookie_of(), server.cookie_of("bob", "tiger")
    token = server.token(Cookie=ada)
    assert isinstance(server.socket(heard, token, Cookie=ada), str | bytes)

    async def until_closed(connection):
        await connection.read_message()
        if change is None:
            server.users.unlink()
        else:
            server.users.write_text(change if change == "damaged" else json.dumps(change))
        answers = server.ask("/metadata", Cookie=ada)[0], server.ask("/", Cookie=ada)[0]
        while await connection.read_message() is not None:
            pass
        return (*answers, connection.close_code)

    assert server.socket(until_closed, token, Cookie=ada) == (403, 302, 1008)
    assert server.socket(heard, token, Cookie=ada) == 403
    others_stay = isinstance(change, dict)
    assert (server.ask("/metadata", Cookie=bob)[0] == 200) is others_stay
    assert server.log_in()[0] == 403


def test_another_users_change_leaves_an_open_socket_alone(server):
    cookie = server.cookie_of()

    async def stays(connection):
        await connection.read_message()
        server.users.write_text(json.dumps({"ada": "secret"}))
        server.server._tornado.auth_provider.close_ended()
        connection.ping(b"1")
        return connection.close_code

    assert server.socket(stays, server.token(Cookie=cookie), Cookie=cookie) is None


def test_a_logout_ends_the_login_here_and_in_the_browser(server):
    first, second = server.cookie_of(), server.cookie_of()
    token = server.token(Cookie=first)

    async def until_closed(connection):
        await connection.read_message()
        status, headers, page = server.ask("/logout", Cookie=first)
        assert (status, "You are logged out" in page) == (200, True)
        assert headers["set-cookie"].startswith(f'{first.split("=")[0]}="";')
        while await connection.read_message() is not None:
            pass
        return connection.close_code

    assert server.socket(until_closed, token, Cookie=first) == 1008
    assert server.ask("/metadata", Cookie=first)[0] == 403
    assert server.ask("/metadata", Cookie=second)[0] == 200


def test_a_cookie_says_where_it_may_go(server):
    attributes = [part.strip() for part in server.log_in()[1]["set-cookie"].split(";")[1:]]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
    assert "Secure" not in attributes
    # Nobody asked to believe a proxy.
    assert "Secure" not in server.log_in(X_Forwarded_Proto="https")[1]["set-cookie"]


def test_a_page_does_not_tell_its_scripts_the_cookie(server):
    payload = get_token_payload(server.token(Cookie=server.cookie_of(), Authorization="Basic c2VjcmV0"))
    assert payload["headers"] == {}
    assert payload["cookies"] == {}


def test_forged_and_foreign_cookies_are_worth_nothing(server, tmp_path):
    good = server.cookie_of()
    name, value = good.split("=", 1)
    for forged in (f"{name}=", f"{name}=ada", f"{name}={value[:-1]}", f"{name}={value[:-1]}0", f"{name}x={value}",
                   f"user={value}", f"{name}=\xff"):  # fmt: skip
        if forged != good:
            assert server.ask("/metadata", Cookie=forged)[0] == 403, forged
    # The same users and passwords: another secret, or the same and another file.
    for secret in ("t" * 40, "s" * 40):
        (directory := tmp_path / secret[:1]).mkdir()
        with hosted(directory, users={"ada": "secret"}, cookie_secret=secret) as other:
            assert other.ask("/metadata", Cookie=good)[0] == 403
            own = other.cookie_of()
            assert other.ask("/metadata", Cookie=own)[0] == 200
            assert server.ask("/metadata", Cookie=own)[0] == 403
            assert server.ask("/metadata", Cookie=f"{name}={own.split('=', 1)[1]}")[0] == 403


def test_wrong_logins_wait(server):
    answers = [server.log_in("nobody", "wrong") for _ in range(6)]
    assert [status for status, _, _ in answers] == [403] * 5 + [429]
    _, headers, page = answers[-1]
    assert re.search(r"Too many wrong logins\. Try again in \d+ seconds?\.", page)
    assert int(headers["retry-after"]) >= 1
    # The right password waits as well, from this address; what others say in a header does not help.
    assert server.log_in("ada", "secret", X_Forwarded_For="10.0.0.9", X_Real_Ip="10.0.0.9")[0] == 429


def test_a_user_is_guarded_from_many_addresses(tmp_path):
    with hosted(tmp_path, users={"ada": "secret", "bob": "tiger"}, proxy_headers=True) as server:
        statuses = [server.log_in("ada", "wrong", X_Forwarded_For=f"192.0.2.1, 10.0.{n}.1")[0] for n in range(21)]
        assert statuses == [403] * 20 + [429]
        assert server.log_in("bob", "tiger", X_Forwarded_For="10.1.0.1")[0] == 302
        # The proxy's own entry counts, the last.
        for _ in range(5):
            server.log_in("eve", "wrong", X_Forwarded_For="10.2.0.1")
        assert server.log_in("bob", "tiger", X_Forwarded_For="10.9.9.9, 10.2.0.1")[0] == 429
        assert server.log_in("bob", "tiger", X_Forwarded_For="10.2.0.1, 10.9.9.9")[0] == 302
        https = server.log_in("bob", "tiger", X_Forwarded_For="10.3.0.1", X_Forwarded_Proto="https")[1]
        assert "Secure" in https["set-cookie"]


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("/?tab=runs", "/?tab=runs"), ("http://evil.example/", "/"), ("//evil.example", "/"), ("/\\evil.example", "/"),
     ("\\\\evil.example", "/"), ("javascript:alert(1)", "/"), ("/%09/evil.example", "/%09/evil.example"),
     ("/\t/evil.example", "/"), ("/\r\nSet-Cookie: a=b", "/"), ("evil.example", "/"), ("http:///evil.example", "/"),
     ("///evil.example", "/"), (" //evil.example", "/"), ("", "/"), ("http://[", "/")],
)  # fmt: skip
def test_a_login_leads_to_this_server_only(server, wanted, reached):
    path = f"/login?{urlencode({'next': wanted})}"
    assert server.ask(path)[0] == 200
    status, headers, _ = server.log_in(path=path)
    assert (status, headers["location"]) == (302, reached)


def test_nothing_that_is_sent_comes_back_as_html(server):
    evil = "\"'><script>alert(1)</script>"
    for path in (f"/login?{urlencode({'error': evil, 'next': evil})}", f"/login?{urlencode({'next': '/' + evil})}"):
        for _, _, page in (server.ask(path), server.log_in(evil, evil, path)):
            assert "<script" not in page
    cookie = server.cookie_of()
    plain = server.ask("/", Cookie=cookie)[2].count("<script")
    for name in ("theme", "tab", "filters", "where", "run"):
        _, _, page = server.ask(f"/?{urlencode({name: evil})}", Cookie=cookie)
        assert page.count("<script") <= plain
        assert "alert(1)" not in page


def test_passwords_stay_out_of_logs(server, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        server.log_in("ada", "swordfish-1")
        server.users.write_text('{"ada": "swordfish-2", ')
        server.log_in("ada", "swordfish-3")
        server.log_in("ada", "swordfish-4" * 1000)
        server.log_in("ada", "swordfish-5", "/login?next=http://[")
    said = capfd.readouterr()
    assert "nobody can log in" in caplog.text
    assert "swordfish" not in caplog.text + said.out + said.err
