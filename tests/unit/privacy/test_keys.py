import os
import stat
from base64 import b64encode

import pytest

from gov_core.errors import MasterKeyError
from gov_core.privacy import open_keys
from gov_core.privacy.key_file import FileKeys, create, drop_old, rotate
from gov_core.privacy.keys import EnvironmentKeys, KeyRing, new_key

ONE, TWO = bytes([1]) * 32, bytes([2]) * 32
KEY = bytes([9]) * 32


def test_a_key_opens_for_its_subject_alone():
    ring = KeyRing([ONE])
    wrapped = ring.wrap("s", KEY)

    assert ring.unwrap("s", wrapped) == KEY
    assert KEY not in wrapped
    with pytest.raises(MasterKeyError) as caught:
        ring.unwrap("t", wrapped)
    assert caught.value.code == "keys.damaged"


def test_a_wrong_master_key_is_told_by_its_id_and_gives_no_bytes():
    wrapped = KeyRing([ONE]).wrap("s", KEY)
    other = KeyRing([TWO], place="keys.txt")

    with pytest.raises(MasterKeyError) as caught:
        other.unwrap("s", wrapped)

    (fault,) = caught.value.faults
    assert fault.code == "keys.wrong"
    assert KeyRing([ONE]).describe().current in fault.message
    assert other.describe().current in fault.message
    assert "keys.txt" in fault.message
    assert fault.hint


def test_every_changed_or_missing_byte_of_a_wrapped_key_is_noticed():
    ring = KeyRing([ONE])
    wrapped = ring.wrap("s", KEY)
    for spot in range(len(wrapped)):
        for bad in (wrapped[:spot], wrapped[:spot] + bytes([wrapped[spot] ^ 1]) + wrapped[spot + 1 :]):
            with pytest.raises(MasterKeyError):
                ring.unwrap("s", bad)


def test_a_new_key_in_front_wraps_and_the_old_one_still_opens():
    old = KeyRing([ONE])
    ring = KeyRing([TWO, ONE])
    wrapped = old.wrap("s", KEY)

    assert ring.unwrap("s", wrapped) == KEY
    assert ring.version_of(wrapped) == old.describe().current
    assert ring.version_of(ring.wrap("s", KEY)) == ring.describe().current == ring.describe().versions[0]
    assert ring.version_of(b"what") == ""


@pytest.mark.parametrize(
    ("keys", "code"), [([], "keys.none"), ([b"short"], "keys.length"), ([ONE, ONE], "keys.twice")]
)
def test_keys_that_are_none_are_refused(keys, code):
    with pytest.raises(MasterKeyError) as caught:
        KeyRing(keys)
    assert caught.value.code == code


def test_no_repr_shows_a_key():
    ring = KeyRing([ONE])
    assert "1, 1" not in repr(ring)
    assert ONE.hex() not in repr(ring)
    assert b64encode(ONE).decode() not in repr(ring)


def test_a_file_is_made_for_its_owner_alone_and_never_over_another(tmp_path):
    path = tmp_path / "keys.txt"
    made = create(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.txt"]
    assert open_keys(f"file:{path}").unwrap("s", made.wrap("s", KEY)) == KEY
    before = path.read_bytes()
    with pytest.raises(MasterKeyError) as caught:
        create(path)
    assert caught.value.code == "keys.exists"
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["keys.txt"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o644])
def test_a_file_that_others_can_get_at_is_refused(tmp_path, mode):
    path = tmp_path / "keys.txt"
    create(path)
    path.chmod(mode)

    with pytest.raises(MasterKeyError) as caught:
        FileKeys(path)
    assert caught.value.code == "keys.open_to_others"
    assert "rotate" in caught.value.faults[0].hint


def test_a_link_is_followed_and_stays_one_when_keys_are_rotated(tmp_path):
    path, link = tmp_path / "keys.txt", tmp_path / "link.txt"
    current = create(path).describe().current
    link.symlink_to(path)

    assert FileKeys(link).describe().current == current
    rotated = rotate(link).describe().current
    assert link.is_symlink()
    assert FileKeys(path).describe().versions == (rotated, current)


def test_what_is_no_regular_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)

    for name in ("pipe", "nothing.txt", "."):
        with pytest.raises(MasterKeyError) as caught:
            FileKeys(tmp_path / name)
        assert caught.value.code == "keys.file"


def test_rotation_puts_a_new_key_in_front_and_dropping_leaves_only_that(tmp_path):
    path = tmp_path / "keys.txt"
    first = create(path)
    wrapped = first.wrap("s", KEY)
    second = rotate(path)

    assert second.describe().versions[1:] == (first.describe().current,)
    assert second.unwrap("s", wrapped) == KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    last = drop_old(path)
    assert last.describe().versions == (second.describe().current,)
    with pytest.raises(MasterKeyError, match=r"keys\.wrong"):
        last.unwrap("s", wrapped)
    assert [one.name for one in tmp_path.iterdir()] == ["keys.txt"]


def test_the_environment_holds_keys_split_by_commas(monkeypatch):
    monkeypatch.setenv("SOME_KEYS", f"{b64encode(TWO).decode()}, {b64encode(ONE).decode()}")

    assert open_keys("env:SOME_KEYS").unwrap("s", KeyRing([ONE]).wrap("s", KEY)) == KEY
    monkeypatch.setenv("SOME_KEYS", "not base64 at all!")
    with pytest.raises(MasterKeyError) as caught:
        EnvironmentKeys("SOME_KEYS")
    assert caught.value.code == "keys.format"
    assert "not base64 at all" not in str(caught.value)
    monkeypatch.delenv("SOME_KEYS")
    with pytest.raises(MasterKeyError, match=r"keys\.none"):
        EnvironmentKeys("SOME_KEYS")


@pytest.mark.parametrize(
    "address", ["", "file", "file:", "no_such:thing", "file:\0", "file:a\ud800", "env:\ud800"]
)
def test_an_address_of_nothing_is_refused(address):
    with pytest.raises(MasterKeyError) as caught:
        open_keys(address)
    assert caught.value.code == "keys.address"
    assert caught.value.hint


def test_a_key_that_is_given_for_its_address_is_not_told():
    with pytest.raises(MasterKeyError) as caught:
        open_keys(key := new_key())
    assert key not in str(caught.value)
