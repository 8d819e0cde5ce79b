"""Names under which browsers reach the server; any other may be a stranger's page that points its name at this machine.

To the browser, such a page (DNS rebinding) would have the dashboard's own origin and could read and click everything.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from bokeh.server.util import check_allowlist, create_hosts_allowlist, match_host

from cgplab.errors import InputError

_LOCAL = "localhost"


def check_names(allowed: tuple[str, ...]) -> list[str]:
    """Names with ports, as Bokeh compares them; InputError where one is no ``HOST[:PORT]``."""
    try:
        return create_hosts_allowlist([name.lower() for name in allowed], None) if allowed else []
    except ValueError as error:
        raise InputError(
            f"--allow-origin takes HOST[:PORT], e.g. lab.example or lab.example:8443, not {', '.join(allowed)}"
        ) from error


class Names:
    """What a request may call the server, and which pages may ask.

    Parameters
    ----------
    address : str
        Address that is listened on.
    allowed : tuple of str
        ``HOST[:PORT]`` of a proxy in front; ``*`` stands for any part.
    """

    def __init__(self, address: str, allowed: tuple[str, ...] = ()) -> None:
        self._allowed = check_names(allowed)
        self._address = address.lower()
        self._own = {self._address, _LOCAL}
        self._anywhere = _is(address, "is_unspecified")
        if not _is(address, "is_loopback") and address != _LOCAL:
            self._own.add(socket.gethostname().lower())

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server; its port does not matter, a proxy may leave it out."""
        name = _name(host)
        if name is None:
            return False
        if name in self._own or _is(name, "is_loopback"):
            return True
        if self._anywhere and _is_address(name):  # no name is looked up for an address, so no DNS rebinding is possible
            return True
        return any(pattern == "*" or match_host(name, pattern.rsplit(":", 1)[0]) for pattern in self._allowed)

    def may_ask(self, origin: str, host: str) -> bool:
        """Whether a page of ``origin`` may ask the server that it calls ``host``."""
        parts = _split(origin)
        if parts is None or parts.scheme not in {"http", "https"}:
            return False
        netloc = _without_usual_port(parts.netloc)
        return netloc == _without_usual_port(host) or check_allowlist(netloc, self._allowed)


def _split(text: str):  # type: ignore[no-untyped-def]
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _name(host: str) -> str | None:
    parts = _split(f"//{host}")
    if parts is None or not parts.hostname or parts.netloc != host or "@" in host:
        return None
    return str(parts.hostname).rstrip(".")


def _without_usual_port(netloc: str) -> str:
    return netloc.lower().removesuffix(":443").removesuffix(":80")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is(name: str, quality: str) -> bool:
    return _is_address(name) and bool(getattr(ipaddress.ip_address(name), quality))
