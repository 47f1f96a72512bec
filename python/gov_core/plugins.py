"""Plugins: adapters that other packages bring, found by their entry points.

A package names what it brings in its own metadata, under a group for each kind. Nothing of it is imported
until somebody asks for it by name, and whatever it then does wrong is a `PluginError` that says whose it is.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, TypeVar

from gov_core.errors import Fault, GovCoreError, PluginError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

Group: TypeAlias = Literal["gov_core.storage", "gov_core.notifications", "gov_core.keys"]
GROUPS: Final[tuple[Group, ...]] = ("gov_core.storage", "gov_core.notifications", "gov_core.keys")
"""Kinds of plugins: stores of cases, notifiers, providers of master keys."""

CONTRACT: Final = "contract_version"
"""Attribute of what an entry point names: for which version of the contract it was written."""

_Made = TypeVar("_Made")


class Plugin(NamedTuple):
    """An adapter that a package brings.

    Attributes:
        group: Its kind.
        name: What it is asked for by; of a store, the scheme of its addresses.
        package: The package it comes with; empty if its metadata do not say.
        version: Of the package.
        target: Where it is: ``package.module:function``.
    """

    group: str
    name: str
    package: str
    version: str
    target: str

    @property
    def title(self) -> str:
        """Whose it is, for messages."""
        return f"{self.name} of {self.package or 'an unnamed package'} {self.version}".rstrip()


def installed(group: Group) -> tuple[Plugin, ...]:
    """What is installed of a kind, by name. Imports none of it."""
    return tuple(sorted(_plugin(point) for point in entry_points(group=group)))


def find(group: Group, name: str) -> Plugin | None:
    """The plugin of a name; None if there is none.

    Raises:
        PluginError: Several packages bring one of this name.
    """
    found = [plugin for plugin in installed(group) if plugin.name == name]
    if len(found) > 1:
        titles = ", ".join(plugin.title for plugin in found)
        raise _failed(found[0], "plugin.ambiguous", f"several packages bring it: {titles}")
    return found[0] if found else None


def load(plugin: Plugin) -> object:
    """Import what a plugin names.

    Raises:
        PluginError: It is not there, or raises while it is imported.
    """
    (point, *_) = [each for each in entry_points(group=plugin.group) if _plugin(each) == plugin]
    try:
        return point.load()
    except (Exception, SystemExit) as error:
        message = f"it cannot be imported: {type(error).__name__}: {error}"
        raise _failed(plugin, "plugin.import", message) from error


def make(plugin: Plugin, maker: Callable[[], _Made]) -> _Made:
    """Call a plugin.

    Args:
        plugin: Whose it is.
        maker: What to call.

    Raises:
        PluginError: It raised an error that is none of gov_core; those pass as they are.
    """
    try:
        return maker()
    except GovCoreError:
        raise
    except (Exception, SystemExit) as error:
        message = f"it raised {type(error).__name__}: {error}"
        raise _failed(plugin, "plugin.raised", message) from error


def written_for(contract_version: int) -> Callable[[_Made], _Made]:
    """Say of what an entry point names for which version of the contract it was written.

    The number stands in the code of the plugin: one that is taken from gov_core would always fit.
    """

    def said(named: _Made) -> _Made:
        setattr(named, CONTRACT, contract_version)
        return named

    return said


def contract_of(loaded: object) -> int | None:
    """For which version of the contract something was written; None if it does not say."""
    version = getattr(loaded, CONTRACT, None)
    return version if isinstance(version, int) else None


def broken(plugin: Plugin, wrong: list[str]) -> PluginError:
    """A plugin that is not what it says, or not what its kind has to be."""
    return PluginError([_fault(plugin, "plugin.broken", message) for message in wrong])


def _plugin(point: EntryPoint) -> Plugin:
    package, version = (point.dist.name, point.dist.version) if point.dist else ("", "")
    return Plugin(point.group, point.name, package, version, point.value)


def _failed(plugin: Plugin, code: str, message: str) -> PluginError:
    return PluginError([_fault(plugin, code, message)])


def _fault(plugin: Plugin, code: str, message: str) -> Fault:
    hint = f"update or uninstall {plugin.package}" if plugin.package else "uninstall it"
    return Fault(code, f"plugin {plugin.title}: {message}", plugin.target, hint, (plugin.name,))
