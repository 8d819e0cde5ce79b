"""A dashboard client that draws nothing but speaks the server's protocol as a browser does."""

import asyncio
import json
import re
from typing import Any, Self

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httputil import url_concat
from tornado.websocket import WebSocketClientConnection, websocket_connect

_MOST_BYTES = 64 << 20
_SECONDS = 60.0
"""Wait for an answer; after that the server is taken to hang."""


class ProtocolSession:
    """Socket of a session, and the models of its document as first received.

    Messages are three texts of JSON (header, metadata, content) and pairs of frames for buffers, see Bokeh's
    ``bokeh.protocol``.

    Attributes
    ----------
    told : list of str
        Contents of messages received without a request, such as document changes.
    """

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket = socket
        self._sent = 0
        self._document: Any = None
        self.told: list[str] = []
        self._news = asyncio.Event()
        self._answers: dict[str, asyncio.Future[str]] = {}
        # Read messages as they arrive, as browsers do: an unread message blocks the session on the server.
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, address: str, **arguments: str) -> Self:
        """Session of a page.

        Parameters
        ----------
        address : str
            Of the page, with a slash at its end.
        **arguments
            Of its URL.
        """
        page = await AsyncHTTPClient().fetch(url_concat(address, arguments), request_timeout=_SECONDS)
        token = re.search(r'"token":"([^"]+)"', page.body.decode())
        assert token is not None, "the page names no session"
        request = HTTPRequest(f"{address.replace('http', 'ws', 1)}ws", request_timeout=_SECONDS)
        socket = await websocket_connect(request, subprotocols=["bokeh", token[1]], max_message_size=_MOST_BYTES)
        session = cls(socket)
        await session._next()  # of the connection itself
        session._document = json.loads(await session.ask("PULL-DOC-REQ", {}))
        # Until a browser says that it has drawn the document, Panel keeps further changes back.
        ready = {"type": "event", "name": "document_ready", "values": {"type": "map"}}
        await session._tell({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": ready})
        return session

    def model(self, **attributes: object) -> str:
        """Id of the first model with such attributes."""
        found = _found(self._document, attributes)
        assert found is not None, f"no model has {attributes}"
        return found

    async def change(self, model: str, attribute: str, value: object) -> None:
        """Change an attribute as a user would, and wait for the update that the server sends in response.

        Only for changes that make the page send an update; any other change times out.
        """
        self.told.clear()
        self._news.clear()
        await self._tell({"kind": "ModelChanged", "model": {"id": model}, "attr": attribute, "new": value})
        await self._next()

    async def _next(self) -> None:
        await asyncio.wait_for(self._news.wait(), _SECONDS)

    async def _tell(self, event: dict[str, object]) -> None:
        await self.ask("PATCH-DOC", {"events": [event]})

    async def ask(self, kind: str, content: object) -> str:
        """Send a message and return the content of the answer."""
        self._sent += 1
        name = str(self._sent)
        answer = self._answers[name] = asyncio.get_running_loop().create_future()
        for part in ({"msgid": name, "msgtype": kind}, {}, content):
            await self._socket.write_message(json.dumps(part))
        return await asyncio.wait_for(answer, _SECONDS)

    async def _read(self) -> None:
        while (header := await self._socket.read_message()) is not None:
            told = json.loads(header)
            _, content = await self._frame(), await self._frame()
            for _ in range(2 * told.get("num_buffers", 0)):
                await self._frame()
            answer = self._answers.pop(told.get("reqid", ""), None)
            if answer is None:
                self.told.append(content)
                self._news.set()
            elif told["msgtype"] == "ERROR":
                answer.set_exception(RuntimeError(content))
            else:
                answer.set_result(content)

    async def _frame(self) -> str:
        frame = await self._socket.read_message()
        assert frame is not None, "the server has ended the session"
        return frame if isinstance(frame, str) else ""

    def close(self) -> None:
        """Close the session."""
        self._reader.cancel()
        self._socket.close()


def _found(value: Any, attributes: dict[str, object]) -> str | None:
    """Id of the first model with such attributes in a document's JSON."""
    if isinstance(value, dict):
        own = value.get("attributes")
        if isinstance(own, dict) and all(own.get(name) == wanted for name, wanted in attributes.items()):
            return str(value["id"])
        inner: Any = value.values()
    else:
        inner = value if isinstance(value, list) else ()
    return next((found for item in inner if (found := _found(item, attributes)) is not None), None)
