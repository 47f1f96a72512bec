"""What a user does first with an installed package; run outside of the repository by .ci/packages."""

import sys
from pathlib import Path

import gov_core
from gov_core import City, GridIndex, Router
from gov_core.generate import generate_city, generate_events

assert Path(gov_core.__file__).is_relative_to(sys.prefix), gov_core.__file__

generate_city(grids=40, seed=3).save("city")
city = City.load("city")
index = GridIndex.build(city.geometries)
index.save("city.index")
router = Router.compile(city, index=GridIndex.open("city.index"))
events = generate_events(city, 10_000)
routed = router.route_batch(events)
assert routed.num_rows == 10_000
assert routed["id"].to_pylist() == events["id"].to_pylist()
assert routed["status"].to_pylist().count("routed") > 9_500

print(*(f"{name} {found}" for name, found in gov_core.show_versions().items()), sep=", ")
