"""Logins: cookies that hold only as long as the user's password, and the sockets that were opened with them."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from bokeh.server.auth_provider import AuthProvider
from tornado.httputil import HTTPServerRequest
from tornado.netutil import is_valid_ip
from tornado.web import RequestHandler, create_signed_value, decode_signed_value
from tornado.websocket import WebSocketHandler

from cgplab.dashboard.serving.throttle import Throttle
from cgplab.dashboard.serving.users import Users

LOGIN, LOGOUT = "/login", "/logout"
DAYS = 1
"""How long a login lasts; a page that is open stays open."""
_POLICY_VIOLATION = 1008
"""Code with which a socket is closed whose login has ended."""


class Logins(AuthProvider):  # type: ignore[misc]
    """Who is logged in.

    A cookie holds the user's name, a number of its own and a keyed hash over the user and what the file of users holds
    for them now. With another password, or without the user, the hash is another and the cookie says nothing.

    Parameters
    ----------
    users : Users
    secret : str
        Key of cookies.
    scope : str
        What tells this server from others that users reach under the same name; cookies know no ports.
    path : str
        Path under which the dashboard is served.
    proxied : bool
        Whether a proxy says in X-Forwarded-For and X-Forwarded-Proto who asks, and how.
    """

    def __init__(self, users: Users, secret: str, scope: str, path: str = "", proxied: bool = False) -> None:
        self.users, self.proxied = users, proxied
        self.prefix = path
        self._key = secret.encode()
        self.cookie = f"cgplab-{self._keyed(scope)[:16]}"
        self.of_addresses = Throttle(free=5, longest=900)
        self.of_users = Throttle(free=20, longest=60)
        self._ended: dict[str, float] = {}
        self._sockets: WeakSet[WebSocketHandler] = WeakSet()
        super().__init__()

    # What Bokeh asks of a provider.

    @property
    def get_user(self) -> Callable[[RequestHandler], str | None]:
        """Who a request is from; sockets are remembered, to be closed with their logins."""

        def found(handler: RequestHandler) -> str | None:
            user = self.user(handler.request)
            if user is not None and isinstance(handler, WebSocketHandler):
                self._sockets.add(handler)
            return user

        return found

    @property
    def login_url(self) -> str:
        """Path of the login page, below the root path."""
        return LOGIN

    @property
    def login_handler(self) -> type[RequestHandler]:
        """The login page."""
        from cgplab.dashboard.serving.login_page import LoginPage

        return LoginPage

    @property
    def logout_url(self) -> str:
        """Path that ends a login."""
        return LOGOUT

    @property
    def logout_handler(self) -> type[RequestHandler]:
        """The page after a logout."""
        from cgplab.dashboard.serving.login_page import LogoutPage

        return LogoutPage

    # Cookies.

    def user(self, request: HTTPServerRequest, lasting: bool = False) -> str | None:
        """User whose login a request's cookie proves.

        Parameters
        ----------
        request : HTTPServerRequest
        lasting : bool
            Whether the cookie's age is not looked at, for pages that are open.
        """
        proof = self._proof(request, lasting)
        return None if proof is None else proof[0]

    def _proof(self, request: HTTPServerRequest, lasting: bool = False) -> tuple[str, str] | None:
        """User and the login's own number."""
        held = request.cookies.get(self.cookie)
        if held is None:
            return None
        days = 36_500 if lasting else DAYS
        text = decode_signed_value(self._key, self.cookie, held.value, max_age_days=days)
        if text is None:
            return None
        try:
            number, mark, user = json.loads(text)
        except ValueError:
            return None
        secret = self.users.secret(user)
        if secret is None or number in self._ended or not hmac.compare_digest(mark, self._mark(user, secret, number)):
            return None
        return user, number

    def begin(self, handler: RequestHandler, user: str, secret: str) -> None:
        """Log a user in; ``secret`` is the user's entry in the file when the password was compared."""
        number = secrets.token_hex(16)
        text = json.dumps([number, self._mark(user, secret, number), user])
        value = create_signed_value(self._key, self.cookie, text).decode()
        handler.set_cookie(self.cookie, value, expires_days=DAYS, **self._attributes(handler.request))

    def end(self, handler: RequestHandler) -> None:
        """Log out: forget the cookie here and in the browser, and close its sockets."""
        proof = self._proof(handler.request)
        if proof is not None:
            now = time.monotonic()
            self._ended = {number: until for number, until in self._ended.items() if until > now}
            self._ended[proof[1]] = now + DAYS * 86_400
            self.close_ended()
        handler.clear_cookie(self.cookie, **self._attributes(handler.request))

    def close_ended(self) -> None:
        """Close the sockets whose logins hold no longer."""
        for socket in list(self._sockets):
            if self.user(socket.request, lasting=True) is None:
                self._sockets.discard(socket)
                socket.close(_POLICY_VIOLATION, "log in again")

    def _attributes(self, request: HTTPServerRequest) -> dict[str, Any]:
        return {
            "path": self.prefix or "/",
            "httponly": True,
            "samesite": "Lax",
            "secure": self._is_https(request),
        }

    def _mark(self, user: str, secret: str, number: str) -> str:
        return self._keyed(json.dumps(["login", user, secret, number]))

    def _keyed(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    # What a proxy says; only the last entry is the proxy's own, the others may be forged by the client.

    def address(self, request: HTTPServerRequest) -> str:
        """Address that a request comes from."""
        said = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() if self.proxied else ""
        return said if is_valid_ip(said) else str(request.remote_ip)

    def _is_https(self, request: HTTPServerRequest) -> bool:
        said = request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip() if self.proxied else ""
        return (said or request.protocol) == "https"
