"""Serve the dashboard: which address, who may come, under which path."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgplab.errors import InputError
from cgplab.store import Store

_LOGIN = str(Path(__file__).parent / "pages" / "login.html")
"""Page of logins and after logouts; pictures of Panel's own come from elsewhere."""


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
        JSON file ``{"user": "password", ...}``.
    cookie_secret : str, optional
        Signs the login's cookies; needed with ``basic_auth``.
    allow_origin : tuple of str
        ``HOST[:PORT]`` under which browsers reach a server behind a proxy.
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
    cookie_secret: str | None = None
    allow_origin: tuple[str, ...] = ()
    root_path: str = ""
    read_only: bool = False
    insecure: bool = False
    show: bool = False

    def check(self) -> None:
        """Raise InputError where the options are wrong or would let strangers in."""
        if not 0 <= self.port <= 65535:
            raise InputError(f"the port must lie between 0 and 65535, not {self.port}")
        if self.basic_auth is not None:
            _check_passwords(self.basic_auth)
            if not self.cookie_secret:
                raise InputError(
                    "--basic-auth needs --cookie-secret TEXT, which signs logins; make one: openssl rand -hex 32"
                )
        elif not _is_loopback(self.address) and not self.insecure:
            raise InputError(
                f"{self.address} lets other machines in: give --basic-auth FILE (or --insecure on a network you trust)"
            )
        if self.root_path and not self.root_path.startswith("/"):
            raise InputError(f"the root path must begin with /, e.g. /cgplab, not {self.root_path!r}")


def serve(store: Store, options: Options) -> None:
    """Serve until interrupted.

    Raises
    ------
    InputError
        The options are wrong, or the port is taken.
    """
    options.check()
    import panel as pn

    from cgplab.dashboard.page import page

    def session() -> "pn.template.FastListTemplate":
        return page(store, options.read_only)

    settings: dict[str, Any] = {}
    if options.basic_auth is not None:
        settings.update(
            basic_auth=str(options.basic_auth),
            cookie_secret=options.cookie_secret,
            login_template=_LOGIN,
            logout_template=_LOGIN,
        )
    if options.root_path:
        settings["root_path"] = options.root_path
        settings["prefix"] = options.root_path
    try:
        server = pn.io.server.get_server(
            {"/": session},
            port=options.port,
            address=options.address,
            websocket_origin=list(options.allow_origin) or None,
            title="cgplab",
            **settings,
        )
    except OSError as error:
        raise InputError(
            f"cannot listen on {options.address}:{options.port}: {error.strerror}; choose another --port"
        ) from error
    url = f"http://{options.address}:{server.port}{options.root_path}/"
    print(f"cgplab dashboard: {url}   store {store.root}   (Ctrl-C ends it; runs go on)", flush=True)
    if options.show:
        server.io_loop.add_callback(server.show, "/")
    try:
        server.start()
        server.io_loop.start()
    except KeyboardInterrupt:
        print()
    finally:
        server.stop()


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError as error:
        raise InputError(f"{address!r} is not an address to listen on, e.g. 127.0.0.1 or 0.0.0.0") from error


def _check_passwords(path: Path) -> None:
    from cgplab.schema import Name, Word, read_as

    try:
        users = read_as(path, dict[Name, Word])
    except InputError as error:
        raise InputError(f'{error}; it must hold {{"user": "password", ...}} in JSON') from error
    if not users:
        raise InputError(f'{path} must hold {{"user": "password", ...}} in JSON with at least one user')
