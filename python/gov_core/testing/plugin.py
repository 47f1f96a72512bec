"""The options of the kits for pytest; an entry point, so every run of pytest loads it.

It therefore imports nothing, and adds its options only to runs that name a kit: options as short as
``--seed`` would otherwise be in the way of those of other projects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of the kits that are named among the arguments."""
    config = pluginmanager.get_plugin("pytestconfig")
    arguments = "" if config is None else " ".join(map(str, config.invocation_params.args))
    arguments = arguments.replace("/", ".")
    named = [kit for kit in ("store", "notifier") if f"gov_core.testing.{kit}" in arguments]
    if not named:
        return
    from gov_core.testing.kit.collecting import add_options

    add_options(parser)
    if "store" in named:
        from gov_core.testing.store.collecting import add_options as add_options_of_stores

        add_options_of_stores(parser)
    if "notifier" in named:
        from gov_core.testing.notifier.collecting import add_options as add_options_of_notifiers

        add_options_of_notifiers(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Let a kit find its promises if it was asked for."""
    kits = {"gov_core_store", "gov_core_notifier"} & vars(config.option).keys()
    if not kits or config.option.help:
        return
    if len(kits) > 1:
        import pytest

        raise pytest.UsageError("one kit a run: gov_core.testing.store, or gov_core.testing.notifier")
    if "gov_core_store" in kits:
        from gov_core.testing.store.collecting import kit_of
    else:
        from gov_core.testing.notifier.collecting import kit_of
    config.pluginmanager.register(kit_of(config), "gov_core.testing.kit")
