"""The served dashboard in a thread of the tests' own process, and clients that speak HTTP and WebSocket to it."""

import asyncio
import http.client
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import websocket_connect

from cgplab.dashboard.server import Options, make_server
from cgplab.store import Store
from tests.waiting import SECONDS


@dataclass
class Hosted:
    """A running server."""

    server: object

    @property
    def host(self):
        return f"127.0.0.1:{self.server.port}"

    def ask(self, path="/", method="GET", body=None, **headers):
        """Status, headers in small letters and text of an answer; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=SECONDS)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, said, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def log_in(self, user="ada", password="secret", path="/login", **headers):
        """Answer to a login's form."""
        form = urlencode({"username": user, "password": password})
        return self.ask(path, "POST", form, Content_Type="application/x-www-form-urlencoded", **headers)

    def cookie_of(self, user="ada", password="secret"):
        """Cookie of a new login, as a browser would send it."""
        status, headers, _ = self.log_in(user, password)
        assert status == 302
        return headers["set-cookie"].split(";")[0]

    def token(self, **headers):
        """Token of a new session's page."""
        status, _, page = self.ask("/", **headers)
        assert status == 200
        return re.search(r'"token":"([^"]+)"', page)[1]

    def socket(self, then, token="x", **headers):
        """What ``await then(connection)`` returns for a new socket; the status where it is refused."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}

        async def spoken():
            request = HTTPRequest(f"ws://{self.host}/ws", headers=sent, request_timeout=SECONDS)
            try:
                connection = await websocket_connect(request, subprotocols=["bokeh", token])
            except HTTPClientError as error:
                return error.code
            try:
                return await asyncio.wait_for(then(connection), SECONDS)
            finally:
                connection.close()

        # In a thread of its own: Playwright's event loop may be going on in this one.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, spoken()).result()


@contextmanager
def hosted(directory, users=None, **options):
    """A server over an empty store; ``users`` must log in."""
    if users is not None:
        path = directory / "users.json"
        path.write_text(json.dumps(users))
        path.chmod(0o600)
        options.update(basic_auth=path, cookie_secret=options.get("cookie_secret", "s" * 40))
    ready, made = threading.Event(), []

    def serve():
        asyncio.set_event_loop(asyncio.new_event_loop())
        try:
            server = make_server(Store(directory / "store"), Options(port=0, **options))
            server.start()
            made.append(server)
        finally:
            ready.set()
        IOLoop.current().start()
        server.stop()
        IOLoop.current().close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(SECONDS)
    assert made, "the server did not start"
    try:
        yield Hosted(made[0])
    finally:
        loop = made[0].io_loop
        loop.add_callback(loop.stop)
        thread.join(SECONDS)
        assert not thread.is_alive()
