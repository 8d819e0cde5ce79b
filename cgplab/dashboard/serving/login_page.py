"""The pages that strangers see: the login, and what is shown after a logout."""

import math
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

from cgplab.dashboard.serving.headers import form_policy
from cgplab.dashboard.serving.logins import LOGIN, Logins
from cgplab.dashboard.serving.throttle import address_key
from cgplab.words import counted

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parents[1] / "pages"), autoescape=True)
_LONGEST = 1000
"""Characters of a name or password; longer ones are wrong."""
_TOLD_APART = 100
"""Characters by which the throttle tells names apart."""
_COMPARING = ThreadPoolExecutor(1, thread_name_prefix="passwords")
"""One comparison at a time, outside the loop that serves everybody: a hash is slow on purpose."""


class _Page(RequestHandler):
    @property
    def _logins(self) -> Logins:
        logins: Logins = self.application.auth_provider  # type: ignore[attr-defined]
        return logins

    def _show(self, status: int = 200, alert: str = "", said: str = "") -> None:
        nonce = secrets.token_urlsafe(16)
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", form_policy(nonce))
        action = f"{self._logins.prefix}{LOGIN}"
        if self._next():
            action += f"?{urlencode({'next': self._next()})}"
        self.finish(_PAGES.get_template("login.html").render(nonce=nonce, alert=alert, said=said, action=action))

    def _next(self) -> str:
        """Where to go after the login: a path of this server, or nothing."""
        wanted = self.get_query_argument("next", "", strip=False)
        try:
            parts = urlsplit(wanted)
        except ValueError:
            return ""
        plain = wanted.isascii() and wanted.isprintable() and " " not in wanted and "\\" not in wanted
        inside = wanted == self._logins.prefix or wanted.startswith(f"{self._logins.prefix}/")
        if parts.scheme or parts.netloc or wanted.startswith("//") or not plain or not inside:
            return ""
        return wanted


class LoginPage(_Page):
    """Ask for user and password."""

    def get(self) -> None:
        """Show the form."""
        self._show()

    async def post(self) -> None:
        """Compare the password; log in or say why not."""
        user = self.get_body_argument("username", "", strip=False)
        password = self.get_body_argument("password", "", strip=False)
        logins = self._logins
        address = address_key(logins.address(self.request))
        name = user[:_TOLD_APART]
        wait = max(logins.of_addresses.wait(address), logins.of_users.wait(name))
        if wait > 0:
            seconds = math.ceil(wait)
            self.set_header("Retry-After", str(seconds))
            self._show(429, f"Too many wrong logins. Try again in {counted(seconds, 'second')}.")
            return
        logins.of_addresses.count(address)
        logins.of_users.count(name)
        secret = logins.users.secret(user)
        short = len(user) <= _LONGEST and len(password) <= _LONGEST
        right = short and await IOLoop.current().run_in_executor(_COMPARING, logins.users.accepts, user, password)
        if not right or secret is None:
            self._show(403, "Invalid username or password.")
            return
        logins.of_addresses.take_back(address)
        logins.of_users.forget(name)
        logins.begin(self, user, secret)
        self.redirect(self._next() or f"{logins.prefix}/")


class LogoutPage(_Page):
    """End the login."""

    def get(self) -> None:
        """Log out and show the form again."""
        self._logins.end(self)
        self._show(said="You are logged out.")
