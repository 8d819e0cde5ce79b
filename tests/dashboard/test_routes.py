"""Every route of the server, taken from its routing table: who may come, and which headers each answer has."""

import re

import pytest
from tornado.routing import PathMatches

from cgplab.dashboard.serving.gate import Gate
from tests.dashboard.hosted import hosted

OPEN = {"/login", "/logout", "/favicon.ico"}
NO_ROUTES = (
    "/nothing", "/static/../users.json", "/static/%2e%2e/x", "//", "/login/", "/rest/session_info", "/liveness",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "eA=="}


def paths(server):
    """One path per rule of the routing table, and some that have none."""
    application = server.server._tornado
    first, *others = application.default_router.rules
    assert isinstance(first.matcher, Gate)
    rules = [rule for router in others for rule in getattr(router.target, "rules", [router])]
    assert application.wildcard_router.rules[0] in rules
    found = []
    for rule in rules:
        if not isinstance(rule.matcher, PathMatches):
            continue  # Tornado's own last rule, which leads to the same table
        pattern = rule.matcher.regex.pattern
        path = pattern.replace("(?!extensions/)", "").replace("(.*)", "js/bokeh.min.js").replace("/?", "/").strip("^$")
        assert rule.matcher.regex.match(path), pattern
        found.append(path)
    assert len(found) > 6
    return [*found, *NO_ROUTES]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    with hosted(tmp_path_factory.mktemp("guarded"), users={"ada": "secret"}) as server:
        yield server


@pytest.fixture(scope="module")
def free(tmp_path_factory):
    with hosted(tmp_path_factory.mktemp("free")) as server:
        yield server


def check_headers(path, headers):
    assert headers["x-content-type-options"] == "nosniff", path
    assert headers["x-frame-options"] == "DENY", path
    assert headers["referrer-policy"] == "same-origin", path
    assert headers["cross-origin-resource-policy"] == "same-origin", path
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy, path
    assert "frame-ancestors 'none'" in policy, path
    assert "base-uri 'none'" in policy, path
    scripts = re.findall(r"script-src ([^;]*)", policy)
    assert not any("'unsafe-inline'" in words or "*" in words for words in scripts), path
    assert not [name for name in headers if name.startswith("access-control")], path


@pytest.mark.parametrize("method", METHODS)
def test_a_stranger_meets_the_login_at_every_route(guarded, method):
    for path in paths(guarded):
        status, headers, _ = guarded.ask(path, method, Origin=f"http://{guarded.host}")
        check_headers(path, headers)
        if path in OPEN:
            continue
        if (method, path) == ("GET", "/"):
            assert (status, headers["location"]) == (302, "/login?next=%2F")
        else:
            assert status == 403, path


def test_what_is_open_is_open_for_that_alone(guarded):
    for path in OPEN:
        assert guarded.ask(path)[0] == 200
        assert guarded.ask(path, "DELETE")[0] == 405
    assert OPEN.issubset(paths(guarded))
    assert guarded.ask("/login", "POST", Content_Length="70000")[0] == 400


def test_a_stranger_opens_no_socket(guarded, free):
    for path in paths(guarded):
        status, headers, _ = guarded.ask(path, **UPGRADE)
        check_headers(path, headers)
        assert path in OPEN or status == 403, path
    assert [path for path in paths(free) if free.ask(path, **UPGRADE)[0] == 101] == ["/ws"]


def test_every_answer_to_a_user_has_the_headers(guarded):
    cookie = guarded.cookie_of()
    for path in paths(guarded):
        if path not in OPEN:
            status, headers, _ = guarded.ask(path, Cookie=cookie)
            check_headers(path, headers)
            assert status in {200, 400, 403, 404}, path


def test_scripts_of_the_page_and_no_others_carry_the_nonce(free):
    pages = [free.ask("/") for _ in range(2)]
    nonces = [re.search(r"'nonce-([^']+)'", headers["content-security-policy"])[1] for _, headers, _ in pages]
    assert nonces[0] != nonces[1]
    for nonce, (_, headers, page) in zip(nonces, pages, strict=True):
        assert int(headers["content-length"]) == len(page.encode())
        assert page.count("<script") == page.count(f'<script nonce="{nonce}"') > 10
        assert not re.search(r"\son\w+=", page)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example"])
def test_another_name_is_refused_at_every_route(free, host):
    for path in paths(free):
        status, headers, line = free.ask(path, Host=host)
        check_headers(path, headers)
        assert status in {400, 421}, path
        assert "--allow-origin" in line, path
        assert headers["content-type"].startswith("text/plain")


def test_pages_of_others_are_refused_at_every_route(free):
    for path in paths(free):
        for sent in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
                     {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "image"},
                     {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "iframe"},
                     {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Dest": "script"}):  # fmt: skip
            for extra in ({}, UPGRADE):
                status, headers, _ = free.ask(path, **sent, **extra)
                check_headers(path, headers)
                assert status == 403, (path, sent)
    # A link that somebody follows is no such thing.
    assert free.ask("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="document")[0] == 200


def test_sessions_are_not_named_by_those_who_come(free):
    for path in ("/?bokeh-session-id=a", "/?bokeh-token=a", "/?bokeh-absolute-url=http://evil.example"):
        assert free.ask(path)[0] == 400
    assert free.ask("/", Bokeh_Session_Id="a")[0] == 400
    assert free.ask("/autoload.js?x=1")[0] == 404
    assert free.ask("/components/antigravity/a/_resources/b")[0] == 404
