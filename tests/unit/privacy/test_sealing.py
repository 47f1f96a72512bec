import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.errors import UnsealError
from gov_core.privacy.sealing import SubjectCipher, commitment_of, name_of

KEY, OTHER = bytes(32), bytes([1]) * 32
NAMES = st.sampled_from(["contact", "applicant", "text", "point", "room", "note"])
VALUES = st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
SUBJECTS = st.text("0123456789abcdef", min_size=1, max_size=32)


@given(name=NAMES, value=VALUES, subject=SUBJECTS)
def test_what_was_sealed_opens_again(name, value, subject):
    commitment, sealed = SubjectCipher(subject, KEY).seal(name, value)

    assert SubjectCipher(subject, KEY).open(name, commitment, sealed) == value
    assert (len(commitment), name_of(sealed)) == (32, name)
    assert len(value) < 4 or value not in sealed


@given(value=VALUES, names=st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] != pair[1]))
def test_a_value_does_not_open_as_another_field(value, names):
    name, other = names
    commitment, sealed = SubjectCipher("s", KEY).seal(name, value)
    renamed = sealed.replace(name.encode(), other.encode(), 1)

    for bytes_ in (sealed, renamed):
        with pytest.raises(UnsealError):
            SubjectCipher("s", KEY).open(other, commitment, bytes_)


@given(values=st.tuples(VALUES, VALUES))
def test_values_cannot_be_swapped_between_commitments_or_subjects(values):
    (first, sealed_first), (second, sealed_second) = (
        SubjectCipher("s", KEY).seal("text", one) for one in values
    )

    for commitment, sealed in ((first, sealed_second), (second, sealed_first)):
        with pytest.raises(UnsealError):
            SubjectCipher("s", KEY).open("text", commitment, sealed)
    with pytest.raises(UnsealError):
        SubjectCipher("t", KEY).open("text", first, sealed_first)
    with pytest.raises(UnsealError):
        SubjectCipher("s", OTHER).open("text", first, sealed_first)


@given(value=VALUES, data=st.data())
def test_bytes_that_were_cut_off_or_changed_do_not_open(value, data):
    commitment, sealed = SubjectCipher("s", KEY).seal("text", value)
    cut = data.draw(st.integers(0, len(sealed) - 1))
    spot, bit = data.draw(st.integers(0, len(sealed) - 1)), data.draw(st.integers(0, 7))
    changed = sealed[:spot] + bytes([sealed[spot] ^ (1 << bit)]) + sealed[spot + 1 :]

    for bytes_ in (sealed[:cut], changed, sealed + b"x", b""):
        with pytest.raises(UnsealError) as caught:
            SubjectCipher("s", KEY).open("text", commitment, bytes_)
        assert caught.value.code == "privacy.unreadable"
        assert caught.value.faults[0].hint


def test_equal_values_look_different_and_the_commitment_is_that_of_salt_and_value():
    drawn = [bytes([7]) * 44, bytes([9]) * 44]
    cipher = SubjectCipher("s", KEY, random=lambda _: drawn.pop(0))
    one, two = cipher.seal("text", b"same"), cipher.seal("text", b"same")

    assert one[0] == commitment_of(bytes([7]) * 32, b"same")
    assert one[0] != two[0]
    assert one[1] != two[1]


def test_sealing_twice_never_uses_a_nonce_twice():
    cipher = SubjectCipher("s", KEY)
    start = len("text") + 2
    nonces = {cipher.seal("text", b"same")[1][start : start + 12] for _ in range(2_000)}

    assert len(nonces) == 2_000
