"""Finds master keys by their address: a file, a variable of the environment, or what a plugin brings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from gov_core.errors import Fault, MasterKeyError
from gov_core.privacy.key_file import FileKeys
from gov_core.privacy.keys import CONTRACT_VERSION, EnvironmentKeys, KeyProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HINT: Final = "file:keys.txt, file:/etc/gov-core/keys.txt or env:GOV_CORE_KEYS"
PROVIDERS: Final[Mapping[str, Callable[[str], KeyProvider]]] = {"file": FileKeys, "env": EnvironmentKeys}
"""Those that come along, by how their addresses begin."""
_NO_TEXT: Final = re.compile(r"[\0\ud800-\udfff]")
_METHODS: Final = ("describe", "wrap", "unwrap", "version_of")


def open_keys(address: str) -> KeyProvider:
    """Master keys by their address.

    Args:
        address: ``file:PATH``, ``env:VARIABLE``, or ``NAME:…`` for a provider that a plugin registers as
            NAME under the entry points ``gov_core.keys``; it is called with what follows the colon.

    Raises:
        MasterKeyError: There is no such provider, or it has no keys.
    """
    scheme, separator, rest = address.partition(":")
    if not separator or not rest or _NO_TEXT.search(address):
        # Not told what it is: it may be a key.
        raise MasterKeyError([Fault("keys.address", "this is no address of master keys", "", _HINT)])
    if (provider := PROVIDERS.get(scheme)) is not None:
        return provider(rest)
    return _of_plugin(scheme, rest)


def _of_plugin(scheme: str, rest: str) -> KeyProvider:
    from gov_core.plugins import broken, contract_of, find, load, make

    plugin = find("gov_core.keys", scheme)
    if plugin is None:
        message = f"there is no provider of keys called {scheme!r}"
        raise MasterKeyError([Fault("keys.address", message, rest, _HINT)])
    made = load(plugin)
    if not callable(made):
        raise broken(plugin, ["what it names cannot be called"])
    if (version := contract_of(made)) not in (None, CONTRACT_VERSION):
        raise broken(
            plugin, [f"it was written for version {version} of the contract, this is {CONTRACT_VERSION}"]
        )
    provider = make(plugin, lambda: made(rest))
    lacking = [name for name in _METHODS if not callable(getattr(provider, name, None))]
    if lacking:
        raise broken(plugin, [f"what it makes has no {name}" for name in lacking])
    return cast("KeyProvider", provider)
