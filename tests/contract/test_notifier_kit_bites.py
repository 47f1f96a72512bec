"""Notifiers with a usual fault each: the kit catches every one, by the promise that names the fault."""

from __future__ import annotations

import logging
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

import gov_core.testing.notifier.harness as kit
from gov_core.notifications.adapters.addresses import Guard, networks
from gov_core.notifications.adapters.http import HttpClient
from gov_core.notifications.protocol import Delivered, Gone, Outcome, Rejected, Retry, Unknown
from gov_core.testing.notifier.promises import promises
from gov_core.testing.notifier.running import keep
from gov_core.testing.notifier.shipped import WebhookHarness

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gov_core.notifications.adapters.addresses import Address, Target
    from gov_core.notifications.protocol import Notification, Notifier, NotifierDescription


@dataclass
class Wrapped:
    """A good notifier with one fault."""

    good: Notifier
    fault: Callable[[Notifier, Notification], Outcome]

    def describe(self) -> NotifierDescription:
        return self.good.describe()

    def send(self, notification: Notification) -> Outcome:
        return self.fault(self.good, notification)

    def close(self) -> None:
        self.good.close()


def faulty(fault: Callable[[Notifier, Notification], Outcome]) -> type[WebhookHarness]:
    """A harness of webhooks with a fault."""

    class Faulty(WebhookHarness):
        def notifier(self) -> Notifier:
            return Wrapped(super().notifier(), fault)

    return Faulty


def by_urllib(good: Notifier, sent: Notification) -> Outcome:
    """As it is written in an afternoon: redirects are followed, and a timeout is one of each read."""
    del good
    request = urllib.request.Request(sent.to, sent.body, {"Webhook-Id": sent.id})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=sent.deadline_s) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as error:
        return Retry(f"http.{error.code}")
    except OSError:
        return Unknown("net.failed")
    return Delivered()


def twice(good: Notifier, sent: Notification) -> Outcome:
    first = good.send(sent)
    return first if isinstance(first, Delivered) else good.send(sent)


def logged(good: Notifier, sent: Notification) -> Outcome:
    logging.getLogger("a.notifier").debug("sending %s to %s", sent.body.decode(), sent.to)
    return good.send(sent)


def told(good: Notifier, sent: Notification) -> Outcome:
    found = good.send(sent)
    return found._replace(error=f"cannot reach {sent.to}") if isinstance(found, Retry | Unknown) else found


def raises(good: Notifier, sent: Notification) -> Outcome:
    found = good.send(sent)
    if isinstance(found, Retry):
        raise ConnectionError(found.error)
    return found


def instead(of: type, then: Outcome) -> Callable[[Notifier, Notification], Outcome]:
    """One outcome for another."""

    def send(good: Notifier, sent: Notification) -> Outcome:
        found = good.send(sent)
        return then if isinstance(found, of) else found

    return send


def hurried(good: Notifier, sent: Notification) -> Outcome:
    found = good.send(sent)
    return found._replace(after_s=None) if isinstance(found, Retry) else found


class Trusting(WebhookHarness):
    """Looks at no certificate."""

    def trusting(self, certificate: Path) -> Notifier:
        del certificate
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return self._made(HttpClient(Guard(networks(("127.0.0.0/8",))), tls=context))


class OneKey(WebhookHarness):
    """Signs with the newest key alone."""

    def signing(self, secrets: Sequence[str], now: Callable[[], float]) -> Notifier:
        return super().signing(secrets[:1], now)


class ByItsName(Guard):
    """Looks at the name, not at where it leads."""

    def addresses(self, target: Target, timeout_s: float) -> list[Address]:
        del timeout_s
        if target.host in ("localhost", "127.0.0.1", "::1"):
            raise OSError
        return list(self.resolve(target.host, target.port))


class Twice(Guard):
    """Looks at one answer of the name server, and goes to the next one."""

    def addresses(self, target: Target, timeout_s: float) -> list[Address]:
        super().addresses(target, timeout_s)
        return list(self.resolve(target.host, target.port))


class Unguarded(WebhookHarness):
    def strict(self) -> Notifier:
        return self._made(HttpClient(ByItsName(http=True)))


class Rebound(WebhookHarness):
    def resolving(self, resolve: Callable[[str, int], Sequence[Address]], allow: str) -> Notifier:
        return self._made(HttpClient(Twice(networks((allow,)), http=True, resolve=resolve)))


FAULTS: list[tuple[str, type[WebhookHarness], str]] = [
    ("a new id at each attempt", faulty(lambda good, sent: good.send(sent._replace(id=uuid4().hex))), "N02"),
    ("raises", faulty(raises), "N03"),
    ("tries again by itself", faulty(twice), "N04"),
    ("gives up what may come through", faulty(instead(Unknown, Rejected("net.cut"))), "N04"),
    ("a lost answer is a success", faulty(instead(Unknown, Delivered())), "N05"),
    ("a timeout for each read", faulty(by_urllib), "N06"),
    ("half an answer is a success", faulty(instead(Unknown, Delivered())), "N07"),
    ("is deaf to Retry-After", faulty(hurried), "N08"),
    ("any answer is a success", faulty(instead(Retry, Delivered())), "N09"),
    ("never tries a 5xx again", faulty(instead(Retry, Rejected("http.500"))), "N09"),
    ("goes on after 410", faulty(instead(Gone, Retry("http.410"))), "N10"),
    ("follows redirects", faulty(by_urllib), "N11"),
    ("looks at no certificate", Trusting, "N12"),
    ("loses what fails", faulty(instead(Retry, Delivered())), "N17"),
    ("signs with one key", OneKey, "N22"),
    ("guards names", Unguarded, "N25"),
    ("resolves twice", Rebound, "N26"),
    ("logs the address", faulty(logged), "N27"),
    ("tells the address as a code", faulty(told), "N27"),
]


@pytest.mark.parametrize(("harness", "number"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_caught(harness: Any, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gov_core.testing.notifier.running.harness_of", lambda _: harness)
    monkeypatch.setattr(kit, "harness_of", lambda _: harness)
    (promise,) = (each for each in promises() if each.number == number)
    with pytest.raises((AssertionError, ConnectionError, KeyError)):
        keep(promise, "faulty", seed=1, scale=0.5)
