"""Sealing and opening of personal data: what a field costs, without a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gov_core.privacy.plain import PersonalInput
from gov_core.privacy.sealing import SubjectCipher, commitment_of

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

FIELDS = 1_000
VALUES = [f"13{number:09}".encode() for number in range(FIELDS)]
TEXT = ("楼上漏水，吊顶塌了，请尽快上门。" * 8).encode()


@pytest.mark.parametrize("values", [VALUES, [TEXT] * FIELDS], ids=["contact", "text"])
def test_seal_1000_fields(benchmark: BenchmarkFixture, values: list[bytes]) -> None:
    cipher = SubjectCipher("s-1", bytes(32))
    sealed = benchmark(lambda: [cipher.seal("text", value) for value in values])

    assert len({commitment for commitment, _ in sealed}) == FIELDS
    assert cipher.open("text", *sealed[-1]) == values[-1]


def test_open_1000_fields(benchmark: BenchmarkFixture) -> None:
    cipher = SubjectCipher("s-1", bytes(32))
    sealed = [cipher.seal("contact", value) for value in VALUES]

    assert benchmark(lambda: [cipher.open("contact", *one) for one in sealed]) == VALUES


def test_what_hashing_alone_costs_for_1000_fields(benchmark: BenchmarkFixture) -> None:
    """The commitment without any encryption, to see what that adds."""
    digests = benchmark(lambda: [commitment_of(bytes(32), value) for value in VALUES])
    assert len(set(digests)) == FIELDS


def test_take_in_1000_fields(benchmark: BenchmarkFixture) -> None:
    """From what an app says to sealed rows: checks, encryption and rows, four fields each."""
    from gov_core.privacy.keys import KeyRing
    from gov_core.privacy.vault import Vault
    from gov_core.storage.memory import MemoryCaseStore

    vault = Vault(MemoryCaseStore(), KeyRing([bytes(32)]))

    def take_in() -> int:
        said = (
            PersonalInput(subject="s-1", contact="13800000001", text="漏水", room="3-301", applicant="x")
            for _ in range(FIELDS // 4)
        )
        return len(vault.seal(*said).personal)

    assert benchmark(take_in) == FIELDS
