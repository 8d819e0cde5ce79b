"""The served dashboard from outside: commands, passwords, origins, paths, and views in notebook cells."""

import asyncio
import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from http.cookiejar import CookieJar

import pytest

from cgplab.dashboard import EvolveView, LiveView, RunsView
from cgplab.store import State, Store
from tests.dashboard.serving import ENTRIES, ROOT, served
from tests.waiting import HANG, SECONDS


def opened(url, data=None, jar=None):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar if jar is not None else CookieJar()))
    with opener.open(url, data, timeout=SECONDS) as answer:
        return answer.url, answer.read().decode()


def socket_is_refused(url, origin):
    """Whether a page from ``origin`` is kept from the server's socket."""
    from tornado.httpclient import HTTPClientError, HTTPRequest
    from tornado.websocket import websocket_connect

    async def connect():
        try:
            connection = await websocket_connect(HTTPRequest(url, headers={"Origin": origin}, request_timeout=SECONDS))
        except HTTPClientError as error:
            return error.code == 403
        connection.close()
        return False

    # In a thread of its own: Playwright's event loop may be going on in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, connect()).result()


def test_strangers_meet_a_login(tmp_path):
    users = tmp_path / "users.json"
    users.write_text(json.dumps({"ada": "secret"}))
    with served("cgplab", "dashboard", "--port", "0", "--basic-auth", str(users), "--cookie-secret", "x" * 40,
                "--read-only") as address:  # fmt: skip
        base = f"http://127.0.0.1:{address[1]}"
        url, page = opened(base)
        assert url.startswith(f"{base}/login")
        assert "password" in page
        for password, inside in (("wrong", False), ("secret", True)):
            jar = CookieJar()
            form = urllib.parse.urlencode({"username": "ada", "password": password}).encode()
            opened(f"{base}/login", jar=jar)
            with nullcontext() if inside else pytest.raises(urllib.error.HTTPError, match="403"):
                opened(f"{base}/login", form, jar)
            url, page = opened(f"{base}/", jar=jar)
            assert (("/login" not in url) and "cgplab" in page) == inside


def test_a_proxy_path_and_a_name_for_browsers():
    with served("cgplab", "dashboard", "--port", "0", "--root-path", "/lab", "--allow-origin",
                "lab.example") as address:  # fmt: skip
        base = f"127.0.0.1:{address[1]}"
        assert address[0].endswith("/lab/")
        _, page = opened(f"http://{base}/lab/")
        (script,) = re.findall(r'src="([^"]*bokeh\.min\.js[^"]*)"', page)
        opened(urllib.parse.urljoin(f"http://{base}/lab/", script))
        with pytest.raises(urllib.error.HTTPError, match="404"):
            opened(f"http://{base}/")
        assert socket_is_refused(f"ws://{base}/lab/ws", "http://evil.example")
        assert not socket_is_refused(f"ws://{base}/lab/ws", "https://lab.example")


def test_panel_serve_takes_the_entry_points():
    with served("panel", "serve", *ENTRIES, "--port", "0", "--address", "127.0.0.1") as address:
        for entry in ("evolve", "runs"):
            _, page = opened(f"http://127.0.0.1:{address[1]}/{entry}")
            assert "cgplab" in page
            assert "cdn." not in page


def test_an_open_door_is_refused_in_one_line():
    command = [sys.executable, "-m", "cgplab", "dashboard", "--address", "0.0.0.0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "--basic-auth" in line


def test_read_only_views_do_nothing_even_when_asked(tmp_path):
    store = Store(tmp_path / "store")
    form = EvolveView(store, read_only=True)
    assert form.start.disabled
    form._start(None)
    assert list(store.runs()) == []
    assert "read-only" in RunsView(store, read_only=True).delete()
    for control in (LiveView(store, read_only=True)._control, form.batch._control):
        control.fit([State.RUNNING, State.PAUSED])
        assert all(button.disabled for button in control._buttons.values())


def test_views_work_in_notebook_cells(tmp_path):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    cells = [
        "import panel as pn\npn.extension('tabulator')\nfrom cgplab.dashboard import LiveView\nLiveView()",
        "from cgplab.dashboard import EvolveView, ResultsView, RunsView, StatisticsView\nRunsView()",
        "EvolveView()", "ResultsView()", "StatisticsView()",
    ]  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(
        notebook, timeout=HANG, startup_timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": ROOT}}
    ).execute()
    words = ("No run to watch yet", "No runs yet", "Start", "Nothing to draw yet", "This cannot be compared")
    for cell, said in zip(notebook.cells, words, strict=True):
        shown = json.dumps(cell.outputs)
        assert said in shown
        assert "text/html" in shown
