"""Actions in one session are not sent to others, and returning to a view does not build it again."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.protocol_session import ProtocolSession
from tests.dashboard.hosted import hosted
from tests.waiting import SECONDS

VIEWS = ["Evolve", "Live", "Runs", "Results", "Statistics"]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with hosted(tmp_path_factory.mktemp("sessions")) as server:
        yield f"http://{server.host}/"


def run(scene):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asyncio.wait_for(scene, SECONDS)).result()


def test_what_one_session_does_is_sent_to_no_other(address):
    async def scene():
        busy, idle = await ProtocolSession.open(address), await ProtocolSession.open(address)
        await idle.ask("SERVER-INFO-REQ", {})
        idle.told.clear()
        navigation = busy.model(labels=VIEWS)
        for view in (1, 2, 3, 4, 0):
            await busy.change(navigation, "active", view)
        # Any message to the idle session would arrive before this answer.
        await idle.ask("SERVER-INFO-REQ", {})
        busy.close()
        idle.close()
        return idle.told

    assert run(scene()) == []


def test_a_view_that_was_left_is_not_built_again(address):
    async def scene():
        session = await ProtocolSession.open(address, tab="runs")
        navigation = session.model(labels=VIEWS)
        sizes = []
        for view in (1, 2, 1, 2):
            await session.change(navigation, "active", view)
            await session.ask("PULL-DOC-REQ", {})  # returns once all updates have arrived
            sizes.append(sum(map(len, session.told)))
        session.close()
        return sizes

    first, _, *again = run(scene())
    assert max(again) < first / 4
