"""A store that stops short of a capability says so with every call of it."""

from __future__ import annotations

import pytest

from gov_core.errors import CapabilityMissingError
from gov_core.storage.missing import NoOutbox, NoPersonalData
from gov_core.storage.outbox import Outbox
from gov_core.storage.personal import PersonalData


@pytest.mark.parametrize(("kind", "protocol"), [(NoOutbox, Outbox), (NoPersonalData, PersonalData)])
def test_every_call_is_refused(kind: type, protocol: type) -> None:
    store = kind()
    calls = [name for name in vars(protocol) if not name.startswith("_")]
    assert len(calls) >= 6
    for name in calls:
        with pytest.raises(CapabilityMissingError) as caught:
            getattr(store, name)("anything", option=1)
        assert caught.value.faults[0].hint
