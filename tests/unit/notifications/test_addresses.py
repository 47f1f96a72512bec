"""The guard: what leads into one's own network is refused, however it is written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from gov_core.notifications.adapters.addresses import Address, Guard, networks, target_of
from gov_core.notifications.adapters.http import HttpClient, Unanswered


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.1", "240.0.0.1", "10.0.0.1", "100.64.0.1", "169.254.169.254", "168.63.129.16"),
        *("192.88.99.1", "255.255.255.255", "224.0.0.1", "::", "::1", "fe80::1", "fd00:ec2::254"),
        "fec0::1",  # site-local of old
        *("::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "2002:7f00:1::"),  # IPv4 inside
        *("64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2001:0:7f00:1::"),
        *("4000::1", "5f00::1", "3fff::1", "2001:db8::1"),  # nobody's
    ],
)
def test_addresses_that_nobody_outside_has_are_refused(address: str) -> None:
    assert not Guard().allows(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1"])
def test_addresses_of_the_open_internet_pass(address: str) -> None:
    # Python calls all of 6to4 private since 3.12.4: refused there, which is safe too.
    if ip_address(address).is_global:
        assert Guard().allows(ip_address(address))


def test_a_network_that_is_allowed_may_be_reached_by_its_translation_too() -> None:
    guard = Guard(networks(("10.20.0.0/16",)))
    assert guard.allows(ip_address("10.20.1.1"))
    assert guard.allows(ip_address("64:ff9b::a14:101"))
    assert not guard.allows(ip_address("10.21.1.1"))


@pytest.mark.parametrize("value", ["token\nX-Admin: 1", "密钥"])
def test_a_header_that_cannot_be_sent_is_an_answer_and_no_error_that_quotes_it(value: str) -> None:
    def nobody(host: str, port: int) -> list[Address]:
        raise AssertionError(f"{host}:{port} was asked for")

    client = HttpClient(Guard(resolve=nobody))
    headers = [("Authorization", f"Bearer {value}")]
    answer = client.post(target_of("https://sms.example/"), headers, b"{}", 1.0)
    assert answer == Unanswered("net.bad_header", sent=False)
