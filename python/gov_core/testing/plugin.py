"""The options of the kits for pytest; an entry point, so every run of pytest loads it.

It therefore imports nothing, and adds its options only to runs that name a kit: options as short as
``--seed`` would otherwise be in the way of those of other projects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of a kit that is named among the arguments."""
    config = pluginmanager.get_plugin("pytestconfig")
    arguments = "" if config is None else " ".join(map(str, config.invocation_params.args))
    if "gov_core.testing.store" in arguments.replace("/", "."):
        from gov_core.testing.store.collecting import add_options

        add_options(parser)
    if "gov_core.testing.notifier" in arguments.replace("/", "."):
        from gov_core.testing.notifier.collecting import add_options as add_options_of_notifiers

        add_options_of_notifiers(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Let a kit find its promises if it was asked for."""
    if "gov_core_store" in config.option and not config.option.help:
        from gov_core.testing.store.collecting import Kit

        config.pluginmanager.register(Kit(config), "gov_core.testing.store")
    if config.getoption("gov_core_notifier", None) is not None:
        from gov_core.testing.notifier.collecting import Kit as KitOfNotifiers

        config.pluginmanager.register(KitOfNotifiers(config), "gov_core.testing.notifier")
