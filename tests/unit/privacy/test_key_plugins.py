import pytest

from gov_core.errors import MasterKeyError, PluginError
from gov_core.privacy import open_keys

MODULE = """
from gov_core.errors import Fault, MasterKeyError
from gov_core.plugins import written_for
from gov_core.privacy.keys import KeyRing

@written_for(1)
def good(rest):
    return KeyRing([rest.encode().ljust(32)], name="vault", place=rest)

@written_for(9)
def newer(rest):
    return good(rest)

def raising(rest):
    raise ConnectionError("no key service")

def refusing(rest):
    raise MasterKeyError([Fault("keys.none", "no such key", rest)])

def nothing(rest):
    return object()

number = 5
"""
NAMES = ("good", "newer", "raising", "refusing", "nothing", "number", "missing")


@pytest.fixture(autouse=True)
def package(tmp_path, monkeypatch):
    (tmp_path / "some_keys.py").write_text(MODULE, "utf-8")
    info = tmp_path / "some_keys-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-keys\nVersion: 1.2\n", "utf-8")
    points = "".join(f"{name} = some_keys:{name}\n" for name in NAMES)
    (info / "entry_points.txt").write_text(f"[gov_core.keys]\n{points}", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)


def test_a_provider_of_a_plugin_is_called_with_what_follows_the_colon():
    keys = open_keys("good:kms.example/one")

    assert keys.describe().name == "vault"
    assert keys.unwrap("s", keys.wrap("s", bytes(32))) == bytes(32)
    with pytest.raises(MasterKeyError, match=r"kms\.example/two"):
        open_keys("good:kms.example/two").unwrap("s", keys.wrap("s", bytes(32)))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("newer", "plugin.broken"),
        ("raising", "plugin.raised"),
        ("nothing", "plugin.broken"),
        ("number", "plugin.broken"),
        ("missing", "plugin.import"),
    ],
)
def test_a_plugin_that_is_not_what_it_has_to_be_is_told_whose_it_is(name, code):
    with pytest.raises(PluginError) as caught:
        open_keys(f"{name}:x")
    assert {fault.code for fault in caught.value.faults} == {code}
    assert "some-keys 1.2" in str(caught.value)


def test_what_a_plugin_refuses_by_itself_passes_as_it_is():
    with pytest.raises(MasterKeyError, match=r"keys\.none"):
        open_keys("refusing:x")
