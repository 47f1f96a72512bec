"""What is said when something is reported (问题收集)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  # pydantic reads the fields
from typing import ClassVar

from gov_core.cases.case import Evidence, Sealed, Service  # noqa: TC001  # as above
from gov_core.casework.checking import CHECKED
from gov_core.casework.locating import Where
from gov_core.storage.personal import Personal  # noqa: TC001  # pydantic reads the fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is said when something is reported.

    Attributes:
        matter: Code of the matter.
        channel: Where it comes from: ``hotline``, ``grid``, ``open311``, ``window`` …
        reference: Its id there; the same again is the same case. Never a phone number or a name: the id of
            the case is made from it, and stands in logs.
        case_id: Id for the case; made from channel and reference, or anew, if empty.
        grade: Its grade; empty if it has none.
        lon: Degrees, in the CRS of the city; None if not known.
        lat: As `lon`.
        place: Id of a place; empty if not known.
        address: Standard address; empty if not known.
        asset: Class of the component it is about; empty if about none.
        occurred_at: When it happened, with a time zone; None for now.
        sealed: Commitments to what it says about persons and homes.
        personal: The same, encrypted, to be kept beside the case.
        complained_of: Ids of the bodies it complains of.
        service: What is asked of a window.
        evidence: What comes with it.
        parent: Id of the case it is split from; splitting fills it in.
        draft: Whether it is not handed in yet.
        alarm: Ids of the bodies to alarm at once; empty for none.
        reason: Why an alarm is raised, as a code.
    """

    __pydantic_config__: ClassVar = CHECKED
    matter: str
    channel: str
    reference: str = ""
    case_id: str = ""
    grade: str = ""
    lon: float | None = None
    lat: float | None = None
    place: str = ""
    address: str = ""
    asset: str = ""
    occurred_at: datetime | None = None
    sealed: tuple[Sealed, ...] = ()
    personal: tuple[Personal, ...] = ()
    complained_of: tuple[str, ...] = ()
    service: Service | None = None
    evidence: tuple[Evidence, ...] = ()
    parent: str = ""
    draft: bool = False
    alarm: tuple[str, ...] = ()
    reason: str = ""

    @property
    def where(self) -> Where:
        """What it says of where it is."""
        return Where(lon=self.lon, lat=self.lat, place=self.place, address=self.address, asset=self.asset)
