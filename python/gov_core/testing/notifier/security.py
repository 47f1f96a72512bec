"""What a notifier promises about keys, addresses and persons."""

from __future__ import annotations

import logging
import time
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

from gov_core.notifications.adapters.signing import new_secret
from gov_core.notifications.protocol import Delivered
from gov_core.testing.notifier.faults import Fault, always, closed_port
from gov_core.testing.notifier.harness import Guards, Signs
from gov_core.testing.notifier.promises import BODY, promise

if TYPE_CHECKING:
    from gov_core.notifications.adapters.addresses import Address
    from gov_core.testing.notifier.promises import Trial

CANARIES = ("张三丰的名字", "13912345678", "320102199001011234", "canary@example.invalid")
"""A name, a phone, an identity number and a mailbox that nobody has."""

FORBIDDEN_HOSTS = (
    *("127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0.0.0.0", "[::1]", "localhost"),  # noqa: S104  # refused
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::]"),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200", "[fd00::1]", "[fc00::1]"),
    *("169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "168.63.129.16", "192.0.0.192"),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "[ff02::1]", "198.18.0.1", "192.0.2.1"),
)
"""Where nothing may go: this machine, networks of one's own, link-local ranges, metadata services, groups."""


@promise("N22", "network", "signs", hook=Signs)
def keys_can_be_changed(trial: Trial) -> None:
    """While keys change a message is signed with each of them: a receiver that knows either takes it."""
    signs = trial.hook(Signs)
    server = trial.server()
    old, new, other = new_secret(), new_secret(), new_secret()
    for secrets, taken in (([old], (1, 0)), ([new, old], (1, 1)), ([new], (0, 1))):
        server.requests.clear()
        assert signs.signing(secrets, time.time).send(trial.message(server.url)) == Delivered()
        request = server.requests[0]
        found = [signs.is_signed(secret, request.body, request.headers) for secret in (old, new)]
        assert found == list(map(bool, taken))
        assert not signs.is_signed(other, request.body, request.headers)


@promise("N23", "network", "signs", hook=Signs)
def old_and_future_timestamps_are_refused(trial: Trial) -> None:
    """What was signed more than five minutes ago, or ahead, is not taken by a receiver."""
    signs = trial.hook(Signs)
    secret, server = new_secret(), trial.server()
    for shift_s, taken in ((-240, True), (240, True), (-360, False), (360, False)):
        server.requests.clear()
        now_s = time.time() + shift_s
        signs.signing([secret], partial(float, now_s)).send(trial.message(server.url))
        request = server.requests[0]
        assert signs.is_signed(secret, request.body, request.headers) is taken, shift_s


@promise("N24", "network", "signs", hook=Signs)
def a_body_that_was_touched_is_refused(trial: Trial) -> None:
    """One byte of the body, the id or the time that is another, and no receiver takes it."""
    signs = trial.hook(Signs)
    secret, server = new_secret(), trial.server()
    signs.signing([secret], time.time).send(trial.message(server.url))
    request = server.requests[0]
    assert signs.is_signed(secret, request.body, request.headers)
    for _ in range(50):
        at = trial.rng.randrange(len(request.body))
        touched = bytearray(request.body)
        touched[at] ^= trial.rng.randrange(1, 256)
        assert not signs.is_signed(secret, bytes(touched), request.headers)
    at_s = str(int(request.headers["webhook-timestamp"]) + 1)
    for change in (
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": at_s},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "\u00e9,\u00e9"},
    ):
        assert not signs.is_signed(secret, request.body, {**request.headers, **change})


@promise("N25", "network", "urls", hook=Guards)
def addresses_of_ones_own_are_refused(trial: Trial) -> None:
    """Nothing is sent to this machine, to networks of one's own, or to metadata services, however written."""
    guards = trial.hook(Guards)
    server = trial.server()
    notifier = guards.strict()
    for host in FORBIDDEN_HOSTS:
        outcome = notifier.send(trial.message(f"http://{host}:{server.port}/", deadline_s=2.0))
        assert not isinstance(outcome, Delivered), host
        assert getattr(outcome, "error", "") in ("net.forbidden", "net.dns", "channel.bad_url"), (
            host,
            outcome,
        )
    assert server.requests == []


@promise("N26", "network", "urls", hook=Guards)
def names_are_resolved_once(trial: Trial) -> None:
    """A name is resolved once a connection, which goes to that answer; one bad address spoils them all."""
    guards = trial.hook(Guards)
    server = trial.server()
    asked: list[str] = []
    allowed, forbidden = ip_address("127.0.0.1"), ip_address("127.0.0.2")

    def changing(host: str, port: int) -> list[Address]:
        del port
        asked.append(host)
        return [allowed if len(asked) == 1 else forbidden]

    notifier = guards.resolving(changing, "127.0.0.1/32")
    message = trial.message(f"http://rebinding.example:{server.port}/")
    assert notifier.send(message) == Delivered()
    assert asked == ["rebinding.example"]
    assert server.requests[0].headers["host"] == f"rebinding.example:{server.port}"
    mixed = guards.resolving(lambda host, port: [allowed, forbidden], "127.0.0.1/32")  # noqa: ARG005
    assert not isinstance(mixed.send(message), Delivered)
    second = guards.resolving(changing, "127.0.0.1/32")
    assert not isinstance(second.send(message), Delivered)
    assert len(server.requests) == 1


@promise("N27")
def nothing_personal_is_told(trial: Trial) -> None:
    """Address, title and body of a message stand in no log, no outcome and no error, whatever goes wrong."""
    told: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(f"{record.getMessage()} {record.exc_info}")

    root, listener = logging.getLogger(), Listener()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        notifier = trial.notifier()
        text = " ".join(CANARIES)
        body = BODY.replace("市容".encode(), text.encode())
        urls = [""]
        if trial.harness.address("http://localhost:1/") is not None:
            kinds = (Fault(), Fault("reset"), Fault("cut"), Fault("answer", 500), Fault("answer", 410))
            urls = [trial.server(always(*fault[:2])).url for fault in kinds]
            urls.append(f"http://localhost:{closed_port()}/?{CANARIES[1]}")
        for url in urls:
            message = trial.message(url, title=text, body=body)
            told += [repr(notifier.send(message)), repr(message), str(message)]
        for address in (*CANARIES, f"https://{CANARIES[1]}.invalid/", "\x00", ""):
            told.append(repr(notifier.send(trial.message(to=address, title=text, body=body, deadline_s=1.0))))
    finally:
        root.removeHandler(listener)
        root.setLevel(level)
    assert [line for line in told if any(canary in line for canary in CANARIES)] == []
