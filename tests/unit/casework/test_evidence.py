"""Evidence in files: told by its bytes, named by its digest, never written over."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.cases.case import Evidence
from gov_core.errors import (
    CapabilityMissingError,
    CapacityExceededError,
    CaseRefusedError,
    IntegrityViolationError,
    PayloadRejectedError,
    StoreUnavailableError,
    UnknownEvidenceError,
)
from gov_core.storage.evidence_files import FORMATS, FileEvidenceStore, format_of
from town import AFTER, PHOTO, ROADS, Town

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = {
    "jpeg": b"\xff\xd8\xff\xe0 picture",
    "png": b"\x89PNG\r\n\x1a\n picture",
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "heic": b"\x00\x00\x00\x18ftypheic....",
    "pdf": b"%PDF-1.7 paper",
    "ogg": b"OggS sound",
    "wav": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    "mp3": b"ID3 sound",
    "m4a": b"\x00\x00\x00\x18ftypM4A ....",
    "mp4": b"\x00\x00\x00\x18ftypisom....",
}


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [one.name for one in FORMATS])
def test_format_by_first_bytes(name: str) -> None:
    found = format_of(SAMPLES[name])
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "data", [b"", b"RIFF\x00\x00\x00\x00AVI ", b"MZ\x90\x00", b"<svg/>", b"#!/bin/sh\n", b"PK\x03\x04"]
)
def test_no_format(data: bytes) -> None:
    assert format_of(data) is None


def test_kept_once_under_its_digest_and_read_back(tmp_path: Path) -> None:
    store = FileEvidenceStore(tmp_path)
    kept = store.put(PHOTO)
    assert store.put(PHOTO) == kept
    assert (kept.digest, kept.kind, kept.format, kept.bytes) == (
        sha256(PHOTO).hexdigest(),
        "photo",
        "jpeg",
        len(PHOTO),
    )
    assert store.get(kept.digest) == PHOTO
    assert files(tmp_path) == [f"{kept.digest[:2]}/{kept.digest}"]
    assert list(FileEvidenceStore(tmp_path).digests()) == [kept.digest]
    assert store.verify() == ()


@given(tail=st.binary(max_size=200))
def test_what_is_put_is_got(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    store = FileEvidenceStore(tmp_path_factory.getbasetemp() / "evidence")
    assert store.get(store.put(PHOTO + tail).digest) == PHOTO + tail


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"", ["evidence.empty"]),
        (b"hello", ["evidence.unknown_format"]),
        (b"x" * 200, ["evidence.too_large", "evidence.unknown_format"]),
        (SAMPLES["mp4"], ["evidence.unknown_format"]),
        (PHOTO + bytes(200), ["evidence.too_large"]),
    ],
)
def test_refused_with_every_reason(tmp_path: Path, data: bytes, codes: list[str]) -> None:
    store = FileEvidenceStore(tmp_path, max_bytes=100, kinds=("photo", "document"))
    with pytest.raises(PayloadRejectedError) as caught:
        store.put(data)
    assert [fault.code for fault in caught.value.faults] == codes
    assert all(fault.hint for fault in caught.value.faults)
    assert files(tmp_path) == []


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32, "é" * 64])
def test_unknown_digest_is_no_path(tmp_path: Path, digest: str) -> None:
    store = FileEvidenceStore(tmp_path)
    assert not store.has(digest)
    with pytest.raises(UnknownEvidenceError):
        store.get(digest)


def test_changed_file_is_told_and_never_written_over(tmp_path: Path) -> None:
    store = FileEvidenceStore(tmp_path)
    digest = store.put(PHOTO).digest
    place = tmp_path / digest[:2] / digest
    place.write_bytes(b"\xff\xd8\xff\xe0 another")
    with pytest.raises(IntegrityViolationError):
        store.get(digest)
    with pytest.raises(IntegrityViolationError):
        store.put(PHOTO)
    assert place.read_bytes() == b"\xff\xd8\xff\xe0 another"
    assert [fault.code for fault in store.verify()] == ["integrity.changed_evidence"]
    assert files(tmp_path) == [f"{digest[:2]}/{digest}"]


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, CapacityExceededError), (errno.EACCES, StoreUnavailableError)]
)
@pytest.mark.parametrize("call", ["fsync", "link"])
def test_disk_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception], call: str
) -> None:
    store = FileEvidenceStore(tmp_path)
    store.put(SAMPLES["pdf"])
    before = files(tmp_path)

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(number, "it fails")

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fails)
        with pytest.raises(kind):
            store.put(PHOTO)
    assert files(tmp_path) == before
    assert store.get(store.put(PHOTO).digest) == PHOTO


def test_a_file_that_is_there_already_is_durable_too_when_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever put it first may have been stopped between giving it its name and making that last."""
    store = FileEvidenceStore(tmp_path)
    place = tmp_path / store.put(PHOTO).digest[:2]
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    store.put(PHOTO)
    assert {place.stat().st_ino, tmp_path.stat().st_ino} <= set(synced)


def test_casework_keeps_and_asks_for_what_it_was_brought(tmp_path: Path) -> None:
    town = Town(more={"evidence": FileEvidenceStore(tmp_path)})
    town.working()
    with pytest.raises(CaseRefusedError) as caught:
        town.casework.give_feedback("C-1", ROADS, evidence=(AFTER,))
    assert [(fault.code, fault.ids) for fault in caught.value.faults] == [
        ("case.evidence_not_kept", (AFTER.digest,))
    ]
    photo = town.casework.keep(PHOTO, shows="after")
    assert photo == Evidence(sha256(PHOTO).hexdigest(), "photo", "after", len(PHOTO))
    outcome = town.casework.give_feedback("C-1", ROADS, evidence=(photo,))
    assert outcome.case.evidence == (photo,)
    assert PHOTO not in b"".join(event.envelope.data for event in town.store.read_case("C-1"))


def test_casework_without_a_store_for_evidence_says_so() -> None:
    with pytest.raises(CapabilityMissingError):
        Town().casework.keep(PHOTO)
