"""The one door: every request passes here before any route of Panel or Bokeh sees it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import RequestHandler

from cgplab.dashboard.serving.logins import LOGIN, LOGOUT, Logins
from cgplab.dashboard.serving.names import Names

_OPEN = (LOGIN, LOGOUT)
_ICON = "/favicon.ico"
"""The pages that strangers see, and their picture, which Bokeh serves beside the root path. Nothing else is open."""


@dataclass(frozen=True)
class Answer:
    """Response to a request that is refused."""

    status: int
    line: str
    location: str = ""


class Gate(Matcher):
    """Matches the requests that may not pass; what it returns is for :class:`Refusal`.

    Parameters
    ----------
    names : Names
        What the server is called.
    logins : Logins, optional
        Who is logged in; None where nobody need be.
    prefix : str
        Path under which everything is served, or nothing.
    """

    def __init__(self, names: Names, logins: Logins | None, prefix: str) -> None:
        self._names, self._logins, self._prefix = names, logins, prefix

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Answer for :class:`Refusal`; None for a request that may pass."""
        answer = self._wrong_name(request) or self._elsewhere(request) or self._odd(request) or self._stranger(request)
        return None if answer is None else {"target_kwargs": {"answer": answer}}

    def _wrong_name(self, request: HTTPServerRequest) -> Answer | None:
        host = request.headers.get("Host", "")
        if self._names.knows(host):
            return None
        return Answer(
            421, f"This server is not called {host!r}. To allow the name, start it with --allow-origin {host or 'HOST'}"
        )

    def _elsewhere(self, request: HTTPServerRequest) -> Answer | None:
        """Refuse requests sent by pages of other origins; links that people follow are allowed."""
        headers, host = request.headers, request.headers.get("Host", "")
        origin = headers.get("Origin")
        if origin is not None and not self._names.may_ask(origin, host):
            name = origin.split("//")[-1]
            return Answer(403, f"Pages of {origin!r} may not use this server; --allow-origin {name} allows them")
        follows = request.method == "GET" and headers.get("Sec-Fetch-Dest") == "document"
        if origin is None and headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"} and not follows:
            return Answer(403, "Pages of other sites may not send requests to this server")
        return None

    def _odd(self, request: HTTPServerRequest) -> Answer | None:
        if "Bokeh-Session-Id" in request.headers or any(name.startswith("bokeh-") for name in request.arguments):
            return Answer(400, "The server creates sessions; a client must not supply a session id or token")
        return None

    def _stranger(self, request: HTTPServerRequest) -> Answer | None:
        if self._logins is None or self._logins.user(request) is not None:
            return None
        if request.path == _ICON or request.path in {self._prefix + path for path in _OPEN}:
            return None
        if request.method != "GET" or request.headers.get("Upgrade") or not self._is_page(request.path):
            return Answer(403, "Log in first")
        login = f"{self._prefix}{LOGIN}"
        return Answer(302, "Log in first", f"{login}?{urlencode({'next': request.uri or '/'})}")

    def _is_page(self, path: str) -> bool:
        return path in {self._prefix, f"{self._prefix}/"}


class Refusal(RequestHandler):
    """Gives the gate's answer to any method."""

    def initialize(self, answer: Answer) -> None:
        """Take what the gate returned."""
        self._answer = answer

    def prepare(self) -> None:
        """Answer in one line."""
        if self._answer.location:
            self.set_header("Location", self._answer.location)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_status(self._answer.status)
        self.finish(self._answer.line + "\n")

    def compute_etag(self) -> None:
        """No ETag: a refusal must not be cached."""
