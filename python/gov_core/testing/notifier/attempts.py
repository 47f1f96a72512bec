"""What one attempt promises: the right outcome for what the other end did, within the deadline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Delivered,
    Gone,
    Outcome,
    Rejected,
    Retry,
    Unknown,
)
from gov_core.testing.notifier.certificates import authority
from gov_core.testing.notifier.faults import TAKE, Fault, always, closed_port
from gov_core.testing.notifier.harness import Trusts
from gov_core.testing.notifier.promises import BODY, promise

if TYPE_CHECKING:
    from gov_core.notifications.protocol import Notification, Notifier
    from gov_core.testing.notifier.faults import FaultKind
    from gov_core.testing.notifier.promises import Trial

_GRACE_S = 0.25
"""By how much an attempt may be longer than its deadline, where a notifier promises deadlines."""


@promise("N01")
def success(trial: Trial) -> None:
    """What the receiver takes is delivered, byte for byte, again and again."""
    notifier = trial.notifier()
    described = notifier.describe()
    assert described.contract_version == NOTIFIER_CONTRACT
    assert described.carries in ("event", "text")
    assert described.max_bytes >= len(BODY)
    arrived = trial.harness.received()
    if arrived is None:
        server = trial.server()
        for number in range(20):
            assert notifier.send(trial.message(server.url, number)) == Delivered()
        assert list(server.effects) == [f"msg_{number:08}" for number in range(20)]
        if described.carries == "event":
            assert set(server.effects.values()) == {BODY}
    else:
        for number in range(20):
            assert notifier.send(trial.message(number=number)) == Delivered()
        arrived = trial.harness.received() or ()
        assert [id_ for id_, _ in arrived] == [f"msg_{number:08}" for number in range(20)]
    notifier.close()
    notifier.close()


@promise("N02", "network", "idempotent")
def id_is_the_same_at_every_attempt(trial: Trial) -> None:
    """The id goes along unchanged at every attempt, so that the receiver knows a repeat."""
    notifier = trial.notifier()
    server = trial.server(lambda _: TAKE if len(server.requests) > 2 else Fault("lose"))
    outcomes = [notifier.send(trial.message(server.url, attempt=attempt)) for attempt in (1, 2, 3)]
    assert outcomes[-1] == Delivered()
    assert {request.id for request in server.requests} == {"msg_00000001"}
    assert len(server.requests) == 3
    assert server.repeats == 2


@promise("N03", "network")
def refused(trial: Trial) -> None:
    """Where nobody listens it is to be tried again, and that is said at once."""
    message = trial.message(f"http://localhost:{closed_port()}/")
    assert isinstance(trial.notifier().send(message), Retry)
    assert _soonest(trial.notifier(), message, 2.0) < 2


@promise("N04", "network")
def reset_before_or_after(trial: Trial) -> None:
    """A connection that is reset leaves open what happened: it is never called delivered, nor given up."""
    kinds: tuple[FaultKind, ...] = ("reset", "lose")
    for kind in kinds:
        server = trial.server(always(kind))
        outcome = trial.notifier().send(trial.message(server.url))
        assert isinstance(outcome, Retry | Unknown), (kind, outcome)
        assert len(server.requests) == 1, "a notifier tries once"


@promise("N05", "network", "deadlines")
def blackhole(trial: Trial) -> None:
    """A receiver that never answers costs no more than the deadline."""
    server = trial.server(always("hang"))
    _within(trial, trial.message(server.url, deadline_s=0.6))


@promise("N06", "network", "deadlines")
def slow_drip(trial: Trial) -> None:
    """A receiver that answers a byte at a time costs no more than the deadline either."""
    server = trial.server(always("drip"))
    _within(trial, trial.message(server.url, deadline_s=0.6))


@promise("N07", "network")
def cut_or_endless_response(trial: Trial) -> None:
    """Half an answer is no success; an answer without end is read up to a bound, in time."""
    server = trial.server(always("cut"))
    outcome = trial.notifier().send(trial.message(server.url))
    assert isinstance(outcome, Retry | Unknown)
    server = trial.server(always("flood"))
    outcome, took_s = _timed(trial.notifier(), trial.message(server.url, deadline_s=1.0))
    assert not isinstance(outcome, Rejected | Gone)
    assert took_s < 1.0 + 10 * _GRACE_S, "it reads for ever"


@promise("N08", "network")
def too_many_requests(trial: Trial) -> None:
    """429 is to be tried again, not before the time that Retry-After says, in seconds or as a date."""
    from email.utils import formatdate

    asked = ["7", formatdate(time.time() + 90, usegmt=True), "soon", "-3", "1e9", ""]
    found = []
    for value in asked:
        server = trial.server(always("answer", 429, ("Retry-After", value)))
        outcome = trial.notifier().send(trial.message(server.url))
        assert isinstance(outcome, Retry)
        found.append(outcome.after_s)
    assert found[0] == 7
    assert found[1] is not None
    assert 80 <= found[1] <= 91
    assert found[2:] == [None] * 4


@promise("N09", "network")
def server_errors(trial: Trial) -> None:
    """What the receiver could not do is to be tried again; what it will never take is not."""
    for status in (500, 502, 503, 504, 408, 429):
        server = trial.server(always("answer", status))
        assert isinstance(trial.notifier().send(trial.message(server.url)), Retry), status
    server = trial.server(always("answer", 422))
    assert isinstance(trial.notifier().send(trial.message(server.url)), Rejected)


@promise("N10", "network")
def gone(trial: Trial) -> None:
    """410 says that there is nobody any more."""
    server = trial.server(always("answer", 410))
    assert isinstance(trial.notifier().send(trial.message(server.url)), Gone)


@promise("N11", "network")
def redirects_are_not_followed(trial: Trial) -> None:
    """A redirect is a failure, wherever it leads to."""
    other = trial.server()
    for status in (301, 302, 303, 307, 308):
        server = trial.server(always("answer", status, ("Location", other.url)))
        assert not isinstance(trial.notifier().send(trial.message(server.url)), Delivered)
    assert other.requests == []


@promise("N12", "network", hook=Trusts)
def invalid_certificates(trial: Trial) -> None:
    """What is sent by TLS goes to whom a trusted certificate names, or not at all."""
    trusts = trial.hook(Trusts)
    ours, theirs = authority(trial.folder / "ours"), authority(trial.folder / "theirs")
    for signer, name, expected in (
        (ours, "localhost", True),
        (theirs, "localhost", False),
        (ours, "x", False),
    ):
        server = trial.server(tls=signer.context(name))
        outcome = trusts.trusting(ours.certificate).send(trial.message(server.url))
        assert (outcome == Delivered()) is expected, (name, outcome)
        assert bool(server.requests) is expected
        assert expected or isinstance(outcome, Retry)


def _timed(notifier: Notifier, message: Notification) -> tuple[Outcome, float]:
    started = time.monotonic()
    outcome = notifier.send(message)
    return outcome, time.monotonic() - started


def _soonest(notifier: Notifier, message: Notification, enough_s: float) -> float:
    """How long an attempt takes, on a machine that does other things too: the shortest of three."""
    found = []
    for _ in range(3):
        outcome, took_s = _timed(notifier, message)
        assert isinstance(outcome, Unknown | Retry)
        found.append(took_s)
        if took_s < enough_s:
            break
    return min(found)


def _within(trial: Trial, message: Notification) -> None:
    assert _soonest(trial.notifier(), message, message.deadline_s + _GRACE_S) < message.deadline_s + _GRACE_S
