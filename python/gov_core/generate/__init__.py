"""Generated cities and events: as large and as awkward as real ones, seeded, of no real place or person."""

from gov_core.generate.addresses import generate_addresses
from gov_core.generate.city import generate_city
from gov_core.generate.events import event_batches, generate_events
from gov_core.generate.partition import Partition, partition

__all__ = [
    "Partition",
    "event_batches",
    "generate_addresses",
    "generate_city",
    "generate_events",
    "partition",
]
