"""Which names and pages the server answers to."""

import socket

import pytest

from cgplab.dashboard.serving.names import Names, check_names
from cgplab.errors import InputError


@pytest.mark.parametrize(
    ("address", "allowed", "known", "unknown"),
    [
        ("127.0.0.1", (), ["127.0.0.1:5006", "localhost:1", "LOCALHOST", "[::1]:5006", "localhost."],
         ["evil.example", "10.0.0.5:5006", "127.0.0.1.evil.example", "localhost.evil.example", "",
          "a@localhost", "::1:x", "localhost/x", "localhost:99999999", "[::1", "127.0.0.1\t"]),
        ("10.0.0.5", (), ["10.0.0.5:5006", "localhost", socket.gethostname()], ["10.0.0.6", "evil.example"]),
        ("0.0.0.0", (), ["10.0.0.5:5006", "[2001:db8::1]", socket.gethostname()],
         ["evil.example", "10.0.0.5.evil.example"]),
        ("127.0.0.1", ("Lab.example:8443", "*.example.org"),
         ["lab.example", "LAB.example:1", "a.example.org", "127.0.0.1"],
         ["lab.example.evil", "xlab.example", "example.org"]),
        ("127.0.0.1", ("*",), ["anything.example:7"], ["", "a@b"]),
    ],
)  # fmt: skip
def test_a_host_header_must_name_the_server(address, allowed, known, unknown):
    names = Names(address, allowed)
    assert [host for host in known if not names.knows(host)] == []
    assert [host for host in unknown if names.knows(host)] == []


def test_a_page_of_another_origin_may_not_ask():
    names = Names("127.0.0.1", ("lab.example", "deep.example:8443"))
    for origin, host, may in (
        ("http://127.0.0.1:5006", "127.0.0.1:5006", True),
        ("https://lab.example", "127.0.0.1:5006", True),
        ("https://lab.example:443", "lab.example", True),
        ("https://deep.example:8443", "127.0.0.1:5006", True),
        ("http://127.0.0.1:8888", "127.0.0.1:5006", False),  # another server of this machine
        ("http://localhost:5006", "127.0.0.1:5006", False),
        ("https://deep.example", "127.0.0.1:5006", False),
        ("null", "127.0.0.1:5006", False),
        ("", "127.0.0.1:5006", False),
        ("file://127.0.0.1:5006", "127.0.0.1:5006", False),
        ("http://evil.example", "127.0.0.1:5006", False),
        ("http://[", "127.0.0.1:5006", False),
    ):
        assert names.may_ask(origin, host) is may, origin


@pytest.mark.parametrize("name", ["http://lab.example", "lab.example:x", ":80", "a:1:2"])
def test_what_is_no_host_is_refused_in_one_line(name):
    with pytest.raises(InputError, match="HOST"):
        check_names((name,))
