"""Serve the dashboard: which address, who may come, under which path."""

import sys
from typing import TYPE_CHECKING, Any

from cgplab.dashboard.serving.gate import Gate, Refusal
from cgplab.dashboard.serving.headers import SafeHeaders
from cgplab.dashboard.serving.logins import Logins
from cgplab.dashboard.serving.names import Names
from cgplab.dashboard.serving.options import Options
from cgplab.dashboard.serving.users import Users
from cgplab.errors import InputError
from cgplab.store import Store

if TYPE_CHECKING:
    import panel as pn

__all__ = ["SAFE", "Options", "make_server", "serve"]

_CHECK_LOGINS = 2000
"""Milliseconds within which a socket is closed after its login has ended."""
_LONGEST_FORM = 65_536
"""Bytes; the only form is the login's, all else comes over the socket."""

SAFE: dict[str, Any] = {
    "transforms": [SafeHeaders],
    # A page's session token would carry the login's cookie, for any script of the page to read.
    "include_cookies": [],
    "include_headers": [],
    "http_server_kwargs": {"max_body_size": _LONGEST_FORM},
}
"""What every server of the dashboard is given, whoever may come."""


def make_server(store: Store, options: Options) -> "pn.io.server.Server":
    """Server that listens already and answers once its loop runs.

    Raises
    ------
    InputError
        The options are wrong, or the port is taken.
    """
    options.check()
    import panel as pn
    from tornado.ioloop import PeriodicCallback
    from tornado.routing import Rule

    from cgplab.dashboard.page import page

    def session() -> "pn.template.FastListTemplate":
        return page(store, options.read_only)

    settings: dict[str, Any] = dict(SAFE)
    logins = _logins(store, options)
    if logins is not None:
        settings["auth_provider"] = logins
    if options.root_path:
        settings["root_path"] = options.root_path
        settings["prefix"] = options.root_path
    try:
        server = pn.io.server.get_server(
            {"/": session}, port=options.port, address=options.address, title="cgplab", **settings
        )
    except OSError as error:
        raise InputError(
            f"cannot listen on {options.address}:{options.port}: {error.strerror}; choose another --port"
        ) from error
    application = server._tornado
    _close_unused(application)
    names = Names(options.address, options.allow_origin)
    application.default_router.rules.insert(0, Rule(Gate(names, logins, options.root_path), Refusal))
    application.websocket_origins.add("*")  # the gate compares origins, with the name that was asked for
    if logins is not None:
        server.io_loop.add_callback(PeriodicCallback(logins.close_ended, _CHECK_LOGINS).start)
    return server


def serve(store: Store, options: Options) -> None:
    """Serve until interrupted.

    Raises
    ------
    InputError
        The options are wrong, or the port is taken.
    """
    server = make_server(store, options)
    warning = Users(options.basic_auth).warning() if options.basic_auth else None
    if warning:
        print(f"cgplab: {warning}", file=sys.stderr, flush=True)
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


def _logins(store: Store, options: Options) -> Logins | None:
    if options.basic_auth is None:
        return None
    scope = "\n".join((str(options.basic_auth.resolve()), str(store.root), options.root_path))
    return Logins(
        Users(options.basic_auth), options.cookie_secret or "", scope, options.root_path, options.proxy_headers
    )


def _close_unused(application: Any) -> None:
    """Take away the routes of Panel that the dashboard does not use.

    One embeds views in other sites' pages; the other imports any Python module to serve the files beside it.
    """
    from panel.io.server import AutoloadJsHandler, ComponentResourceHandler

    rules = application.wildcard_router.rules
    rules[:] = [rule for rule in rules if rule.target not in {AutoloadJsHandler, ComponentResourceHandler}]
