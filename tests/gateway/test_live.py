"""Subscriptions: who may watch what, for how long, and how the socket behaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from contracts.errors import BudgetExceeded, Unavailable
from contracts.identity import GET_MENTORSHIPS
from contracts.wire import Envelope
from gateway.live import BACKLOG, Live, Watch, mentorship_of
from gateway.sockets import CONNECTIONS, SUBSCRIPTIONS
from gateway.types import cycles
from gateway.types.relay import global_id
from tests.gateway.fakes import Gateway, Socket, a_mentorship, a_token, an_envelope

WATCH = "subscription A($id: ID!) { mentorshipEvents(id: $id) { id type at subject sequence actorId title } }"
M1 = global_id("Mentorship", "m1")
AGREED = "goals.goal_agreed.v1"


async def watched_by(gateway: Gateway, watchers: int) -> None:
    """Wait until so many watch something."""
    async with asyncio.timeout(5):
        while gateway.live.count() != watchers:  # noqa: ASYNC110  # nothing tells when a subscription has begun
            await asyncio.sleep(0.001)


@asynccontextmanager
async def watching(gateway: Gateway, token: str = "") -> AsyncIterator[Socket]:
    """A socket that watches m1, as ann unless another token is given."""
    gateway.parts.hold(GET_MENTORSHIPS, [a_mentorship()])
    async with gateway.connect() as socket:
        await socket.init(token or a_token())
        socket.subscribe(WATCH, id=M1)
        await watched_by(gateway, 1)
        yield socket


async def code_of(socket: Socket) -> str:
    """The code of the error that comes next."""
    frame = await socket.receive()
    errors = frame["payload"] if frame["type"] == "error" else frame["payload"]["errors"]
    return str(errors[0]["extensions"]["code"])


async def test_a_party_sees_what_happens(gateway: Gateway) -> None:
    async with watching(gateway) as socket:
        gateway.live.on_envelope(an_envelope(AGREED, 3, goalId="x1"))
        shown = (await socket.receive())["payload"]["data"]["mentorshipEvents"]
        assert shown == {
            "id": "e3",
            "type": AGREED,
            "at": "2027-03-01T09:00:00+00:00",
            "subject": global_id("Goal", "x1"),
            "sequence": 3,
            "actorId": global_id("User", "bob"),
            "title": "A goal was agreed",
        }


async def test_a_phase_is_told_by_its_name_and_the_platform_is_no_person(gateway: Gateway) -> None:
    async with watching(gateway) as socket:
        card = {"id": "m1"}
        topic = "identity.mentorship_phase_changed.v1"
        gateway.live.on_envelope(
            an_envelope(topic, mentorship_id="", actor="part:workflows", phase="expectation_setting", mentorship=card)
        )
        shown = (await socket.receive())["payload"]["data"]["mentorshipEvents"]
        assert (shown["actorId"], shown["title"]) == (None, "The mentorship is now in the phase: expectation setting")


async def seen_by(gateway: Gateway, viewer: str, *envelopes: Envelope) -> list[str]:
    """Which of these events reach a viewer."""
    async with watching(gateway, a_token(viewer)) as socket:
        for envelope in (*envelopes, an_envelope(AGREED, 99)):
            gateway.live.on_envelope(envelope)
        ids: list[str] = []
        while not ids or ids[-1] != "e99":
            ids.append((await socket.receive())["payload"]["data"]["mentorshipEvents"]["id"])
        return ids[:-1]


async def test_events_reach_only_those_whom_they_concern(gateway: Gateway) -> None:
    events = (
        an_envelope("goals.goal_drafted.v1", 1),
        an_envelope("goals.goal_drafted.v1", 2, mentorship_id="m2"),
        an_envelope("goals.feedback_given.v1", 3),
        an_envelope("sessions.note_written.v1", 4, visibility="shared"),
        an_envelope("sessions.note_written.v1", 5, visibility="private"),
        an_envelope("notifications.notification_created.v1", 6),
        an_envelope("goals.something_new.v9", 7),
    )
    assert await seen_by(gateway, "bob", *events) == ["e1", "e3", "e4", "e5"]
    assert await seen_by(gateway, "ann", *events) == ["e1", "e3", "e4"]
    assert await seen_by(gateway, "manager", *events) == ["e1"]


@pytest.mark.parametrize("given", [M1, "x", global_id("Goal", "g1")])
async def test_what_the_viewer_may_not_see_cannot_be_watched(gateway: Gateway, given: str) -> None:
    gateway.parts.hold(GET_MENTORSHIPS, [])
    async with gateway.connect() as socket:
        await socket.init(a_token())
        socket.subscribe(WATCH, id=given)
        assert await code_of(socket) == "NOT_FOUND"
    assert gateway.live.count() == 0


async def test_a_watch_ends_with_its_token(gateway: Gateway) -> None:
    async with watching(gateway, a_token(lives=0.3)) as socket:
        assert await code_of(socket) == "UNAUTHENTICATED"
        assert (await socket.receive())["type"] == "complete"
    assert gateway.live.count() == 0


async def test_a_watch_ends_when_the_right_to_it_does(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycles, "ACCESS_SECONDS", 0.0)
    async with watching(gateway) as socket:
        gateway.parts.answer(GET_MENTORSHIPS, Unavailable("Down."))
        gateway.live.on_envelope(an_envelope(AGREED))
        assert (await socket.receive())["type"] == "next", "a part that is down changes nobody's right"
        gateway.parts.hold(GET_MENTORSHIPS, [])
        gateway.live.on_envelope(an_envelope(AGREED))
        assert await code_of(socket) == "NOT_FOUND"


async def test_a_watch_ends_with_the_process(gateway: Gateway) -> None:
    async with watching(gateway) as socket:
        gateway.live.close()
        assert await code_of(socket) == "UNAVAILABLE"


async def test_a_slow_watcher_is_ended_and_the_others_are_not() -> None:
    live = Live()
    with live.watch("m1") as slow, live.watch("m1") as quick:
        events = quick.events()
        for number in range(BACKLOG + 5):
            live.on_envelope(an_envelope(AGREED, number))
            assert (await anext(events)).id == f"e{number}"
        assert live.count() == 1
        with pytest.raises(BudgetExceeded):
            await _drained(slow)
    assert live.count() == 0


async def _drained(watch: Watch) -> list[Any]:
    return [envelope async for envelope in watch.events()]


async def test_an_event_that_nobody_can_read_reaches_nobody() -> None:
    live = Live()
    for data in (b"null", b"[]", b'{"mentorshipId":5}', b"{}", b'{"mentorship":{}}'):
        envelope = msgspec.structs.replace(an_envelope(AGREED), data=msgspec.Raw(data))
        live.on_envelope(envelope)
        assert mentorship_of(envelope) == ""


@pytest.mark.parametrize("token", ["", "bad"])
async def test_a_socket_of_nobody_is_closed(gateway: Gateway, token: str) -> None:
    for payload in ({"authorization": f"Bearer {token}"}, {"authorization": 5}, {}, None):
        async with gateway.connect() as socket:
            socket.send({"type": "connection_init", "payload": payload})
            assert await socket.closed() == 4403


async def test_the_header_of_the_handshake_says_who_is_there_too(gateway: Gateway) -> None:
    async with gateway.connect(authorization=f"Bearer {a_token()}") as socket:
        socket.send({"type": "connection_init"})
        assert (await socket.receive())["type"] == "connection_ack"


async def test_one_must_be_let_in_before_one_subscribes(gateway: Gateway) -> None:
    async with gateway.connect() as socket:
        socket.subscribe(WATCH, id=M1)
        assert await socket.closed() == 4401


async def test_a_page_on_another_origin_cannot_connect(gateway: Gateway) -> None:
    async with gateway.connect(origin="https://evil.example", host="test") as socket:
        assert socket.opened["type"] == "websocket.close"


async def test_only_one_protocol_is_spoken(gateway: Gateway) -> None:
    async with Socket(gateway.app, {}, "graphql-ws") as socket:
        assert socket.opened["type"] == "websocket.accept"
        assert await socket.closed() == 4406


FRAMES = ["null", "[]", "5", '"x"', "{", "{}", '{"type":"ping","payload":5}', '{"type":"x"}', "[" * 20_000]
FRAMES += ['{"type":"subscribe","id":1,"payload":{"query":"x"}}', '{"type":"subscribe","id":"1","payload":"x"}']
FRAMES += ['{"type":"subscribe","id":"1"}', '{"type":"complete"}', '{"type":"subscribe","id":"1","payload":{}}']


@pytest.mark.parametrize("frame", FRAMES)
async def test_a_frame_of_another_form_closes_the_socket(gateway: Gateway, frame: str) -> None:
    async with gateway.connect() as socket:
        await socket.init(a_token())
        socket.send(frame)
        assert await socket.closed() == 4400


async def test_a_ping_is_answered(gateway: Gateway) -> None:
    async with gateway.connect() as socket:
        socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_the_same_id_twice_and_a_second_init_close_the_socket(gateway: Gateway) -> None:
    async with watching(gateway) as socket:
        socket.subscribe(WATCH, id=M1)
        assert await socket.closed() == 4409
    async with gateway.connect() as socket:
        await socket.init(a_token())
        socket.send({"type": "connection_init"})
        assert await socket.closed() == 4429


@pytest.mark.parametrize("query", ["{ me { id } }", 'mutation { signOut(input: {refreshToken: "x"}) { signedOut } }'])
async def test_only_subscriptions_run_over_a_socket(gateway: Gateway, query: str) -> None:
    async with gateway.connect() as socket:
        await socket.init(a_token())
        socket.subscribe(query)
        assert await code_of(socket) == "INVALID"
    assert not gateway.parts.calls


@pytest.mark.parametrize("query", ["subscription {", "subscription { nothing }", "{" + "a " * 1001 + "}", "", "#"])
async def test_a_document_that_cannot_run_is_an_error(gateway: Gateway, query: str) -> None:
    async with gateway.connect() as socket:
        await socket.init(a_token())
        socket.subscribe(query)
        assert await code_of(socket) in ("INVALID", "BUDGET_EXCEEDED")


async def test_a_connection_has_so_many_subscriptions_and_a_person_so_many_connections(gateway: Gateway) -> None:
    gateway.parts.hold(GET_MENTORSHIPS, [a_mentorship()])
    async with gateway.connect() as first:
        await first.init(a_token())
        for number in range(SUBSCRIPTIONS + 1):
            first.subscribe(WATCH, str(number), id=M1)
        frame = await first.receive()
        assert (frame["type"], frame["id"]) == ("error", str(SUBSCRIPTIONS))
        others = [gateway.connect() for _ in range(CONNECTIONS)]
        for socket in others[:-1]:
            await socket.__aenter__()
            await socket.init(a_token())
        async with others[-1] as one_too_many:
            one_too_many.send({"type": "connection_init", "payload": {"authorization": f"Bearer {a_token()}"}})
            assert await one_too_many.closed() == 4429
        for socket in others[:-1]:
            await socket.__aexit__()
    assert gateway.live.count() == 0
    async with gateway.connect() as again:
        await again.init(a_token())


async def test_a_completed_subscription_is_forgotten(gateway: Gateway) -> None:
    async with watching(gateway) as socket:
        socket.send({"type": "complete", "id": "1"})
        await watched_by(gateway, 0)
        socket.subscribe(WATCH, id=M1)
        await watched_by(gateway, 1)
