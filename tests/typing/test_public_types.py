"""What a user's type checker infers from the public names; mypy reads this file, pytest runs it."""

from typing import assert_type

import numpy as np
from numpy.typing import NDArray

from gov_core import City, GridIndex, Route, Router, show_versions
from gov_core.city import Limit, Place
from gov_core.generate import generate_city
from gov_core.routing import Explanation


def test_types_are_what_a_reader_of_the_docs_expects() -> None:
    city = assert_type(generate_city(grids=12, seed=1), City)
    assert_type(city.places, tuple[Place, ...])
    assert_type(city.grades, tuple[str, ...] | None)

    index = assert_type(GridIndex.build(city.geometries), GridIndex)
    assert_type(index.locate(0.0, 0.0), int | None)
    assert_type(index.locate_batch(np.zeros(1), np.zeros(1)), NDArray[np.uint32])

    router = assert_type(Router.compile(city, index=index), Router)
    route = assert_type(router.route(lon=0.0, lat=0.0, matter="C01"), Route)
    assert_type(route.unit, str | None)
    assert_type(route.respond_within, Limit | None)
    assert_type(router.explain(lon=0.0, lat=0.0, matter="C01"), Explanation)

    assert_type(show_versions(), dict[str, str])
    assert route.status == "out_of_area"
