"""How the dashboard is served, and what is refused before it is."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from cgplab.dashboard.serving.names import check_names
from cgplab.dashboard.serving.users import Users
from cgplab.errors import InputError

_SHORTEST_SECRET = 32
"""Characters; whoever holds a cookie may try secrets without asking the server."""


@dataclass(frozen=True)
class Options:
    """How the dashboard is served.

    Attributes
    ----------
    port : int
        0 takes a free one.
    address : str
        Address to listen on.
    basic_auth : Path, optional
        JSON file ``{"user": "password or its hash", ...}``, see :class:`cgplab.dashboard.serving.users.Users`.
    cookie_secret : str, optional
        Signs the login's cookies; needed with ``basic_auth``.
    allow_origin : tuple of str
        ``HOST[:PORT]`` under which browsers reach a server behind a proxy.
    proxy_headers : bool
        Whether a proxy in front says in X-Forwarded-For and X-Forwarded-Proto who asks, and how.
    root_path : str
        Path under which a proxy serves the dashboard, e.g. ``/cgplab``.
    read_only : bool
        Whether runs may only be looked at.
    insecure : bool
        Whether other machines may come without a password.
    show : bool
        Whether to open a browser.
    """

    port: int = 5006
    address: str = "127.0.0.1"
    basic_auth: Path | None = None
    cookie_secret: str | None = field(default=None, repr=False)
    allow_origin: tuple[str, ...] = ()
    proxy_headers: bool = False
    root_path: str = ""
    read_only: bool = False
    insecure: bool = False
    show: bool = False

    def check(self) -> None:
        """Raise InputError where the options are wrong or would let strangers in."""
        if not 0 <= self.port <= 65535:
            raise InputError(f"the port must lie between 0 and 65535, not {self.port}")
        if self.basic_auth is not None:
            Users(self.basic_auth).read()
            if not self.cookie_secret:
                raise InputError(
                    "--basic-auth needs --cookie-secret TEXT, which signs logins; make one: openssl rand -hex 32"
                )
            if len(self.cookie_secret) < _SHORTEST_SECRET:
                raise InputError(
                    f"the cookie secret has {len(self.cookie_secret)} characters, fewer than {_SHORTEST_SECRET}, "
                    "and could be guessed; make one: openssl rand -hex 32"
                )
        elif not _is_loopback(self.address) and not self.insecure:
            raise InputError(
                f"{self.address} lets other machines in: give --basic-auth FILE (or --insecure on a network you trust)"
            )
        if self.root_path and not self.root_path.startswith("/"):
            raise InputError(f"the root path must begin with /, e.g. /cgplab, not {self.root_path!r}")
        check_names(self.allow_origin)


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError as error:
        raise InputError(f"{address!r} is not an address to listen on, e.g. 127.0.0.1 or 0.0.0.0") from error
