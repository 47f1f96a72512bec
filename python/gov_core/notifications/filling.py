"""From a notice to the values that templates may name: ids become names, times those of the city."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from gov_core.errors import Fault, NotificationError
from gov_core.notifications.templates import word_of, words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from gov_core.city import City
    from gov_core.notifications.notice import Notice


_OF_OTHERS: Final = frozenset(("into", "case", "child", "children", "parent"))
"""Ids of other cases. A reporter is told of the case they reported, by its own id: that of another one may
hold the reference of somebody else."""


class Speech:
    """What is said with: names of bodies, places and matters, and whose time it is.

    Args:
        city: What the city is called.
        names: Id or code to name; what is not there is called by its id.
        zone: In which times are told; that of China if None.
    """

    def __init__(self, city: str, names: Mapping[str, str], zone: tzinfo | None = None) -> None:
        from gov_core.cases import china

        self._city, self._names, self._zone = city, names, zone or china().tz

    @classmethod
    def of(cls, city: City, zone: tzinfo | None = None) -> Speech:
        """The names of a city, in its newest version; bodies first."""
        named = [(matter.code, matter.name) for matter in city.matters]
        named += [(place.id, place.name) for place in city.places]
        named += [(unit.id, unit.name) for unit in city.units]
        return cls(city.name, {id_: name for id_, name in named if name}, zone)

    def values(self, notice: Notice) -> dict[str, Any]:
        """What a template may name, for a notice.

        Raises:
            NotificationError: ``notice.unreadable``: its event is none of this release.
        """
        try:
            return self._values(notice)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            hint = "it was written by another program or release; redrive it with that release"
            raise NotificationError(
                [Fault("notice.unreadable", "the event in it is none", "", hint)]
            ) from error

    def _values(self, notice: Notice) -> dict[str, Any]:
        event, language = notice.event, notice.manner.language
        data: dict[str, Any] = event["data"]
        said: dict[str, Any] = data.get("event", {})
        reported = notice.manner.reported
        if reported:
            said = {name: value for name, value in said.items() if name not in _OF_OTHERS}
        clock = str(said.get("clock", ""))
        return {
            "city": self._city,
            "case": reported or data["case"],
            "version": data["version"],
            "event": event["type"],
            "what": word_of(event["type"], language),
            "at": self._time(event["timestamp"]),
            "state": data["state"],
            "matter": self._name(data.get("matter")),
            "grade": data.get("grade", ""),
            "place": self._name(data.get("place")),
            "unit": self._name(data.get("unit")),
            "owner": self._name(data.get("owner")),
            "units": [self._name(unit) for unit in said.get("units", ())],
            "due": self._time(data.get("due")),
            "level": data.get("level", 0),
            "role": data.get("role", ""),
            "body": self._name(data.get("body")),
            "reason": data.get("reason", ""),
            "clock": words(language)["clocks"].get(clock, clock),
            "ended": bool(said.get("ended", False)),
            "data": said,
            "to": self._name(notice.manner.to),
        }

    def _name(self, id_: object) -> str:
        text = str(id_ or "")
        return self._names.get(text) or text

    def _time(self, text: str | None) -> str:
        return f"{datetime.fromisoformat(text).astimezone(self._zone):%Y-%m-%d %H:%M}" if text else ""
