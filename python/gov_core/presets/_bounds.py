"""Parameters of a preset, judged all at once."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from gov_core.errors import Fault, PresetError
from gov_core.presets._preset import preset

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Bounds:
    """Collects what is wrong with the parameters of one preset.

    Args:
        name: Name of the preset; faults are placed at ``QINGHE.streets``.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._faults: list[Fault] = []

    def whole(self, parameter: str, value: object, least: int, most: int, why: str = "") -> int:
        """Notes what is no whole number within bounds, both allowed.

        Args:
            parameter: Its name.
            value: As given.
            least: Smallest value that can be.
            most: Largest value that can be.
            why: What the bounds follow from.

        Returns:
            A value to judge the other parameters by: this one, or the smallest if it is out of bounds.
        """
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        message = f"{parameter} is {value!r}, not a whole number from {least:,} to {most:,}"
        self._note("out_of_range", parameter, message, why)
        return least

    def number(self, parameter: str, value: object, least: float, most: float) -> None:
        """Notes what is no number within bounds, both allowed."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            message = f"{parameter} is {value!r}, not a number from {least:,} to {most:,}"
            self._note("out_of_range", parameter, message, "")

    def ground(self, km2: object, centre: object, seed: object) -> None:
        """Notes a size, a middle and a seed that no generated ground can have."""
        self.number("km2", km2, 0.01, 100_000)
        self.whole("seed", seed, 0, 2**63)
        if isinstance(centre, tuple) and len(centre) == 2:
            self.number("centre[0]", centre[0], -180, 180)
            self.number("centre[1]", centre[1], -70, 70)
        else:
            message = f"centre is {centre!r}, not a longitude and a latitude"
            self._note("out_of_range", "centre", message, "such as (119.02, 33.60)")

    def options(self, options: Collection[str]) -> None:
        """Notes options that the preset does not have."""
        known = [option.name for option in preset(self._name).options]
        for option in options:
            if option not in known:
                message = f'{self._name} has no option "{option}"'
                self._note("unknown_option", "options", message, nearest(option, known))

    def known(self, parameters: Iterable[str], known: Collection[str]) -> None:
        """Notes parameters that the preset does not have."""
        for parameter in parameters:
            if parameter not in known:
                message = f'{self._name} has no parameter "{parameter}"'
                self._note("unknown_parameter", parameter, message, nearest(parameter, known))

    def done(self) -> None:
        """Ends the judging.

        Raises:
            PresetError: With every fault noted.
        """
        if self._faults:
            raise PresetError(self._faults)

    def _note(self, code: str, parameter: str, message: str, hint: str) -> None:
        self._faults.append(Fault(f"preset.{code}", message, f"{self._name}.{parameter}", hint))


def nearest(name: str, known: Collection[str]) -> str:
    """A hint that says what was probably meant, or what there is."""
    close = get_close_matches(name, known, 1)
    return f'did you mean "{close[0]}"?' if close else f"known: {', '.join(known) or 'none'}"
