"""All areas that hold each point, for areas that may overlap."""

import numpy as np
import shapely

from gov_core.routing import LayerIndex

names = ["警务区 1", "警务区 2", "公园", "景区"]
areas = [
    shapely.box(0.00, 0.00, 0.02, 0.02),
    shapely.box(0.02, 0.00, 0.04, 0.02),
    shapely.Point(0.02, 0.01).buffer(0.006),
    shapely.box(0.01, 0.005, 0.03, 0.015) - shapely.box(0.012, 0.007, 0.014, 0.009),
]
layer = LayerIndex.build(areas)

lon = np.array([0.005, 0.020, 0.013, 0.500])
lat = np.array([0.005, 0.010, 0.008, 0.500])
offsets, ids = layer.locate_all_batch(lon, lat)
for at, point in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
    print(point, [names[i] for i in ids[offsets[at] : offsets[at + 1]]])

found = np.split(ids, offsets[1:-1])
for point, owners in zip(shapely.points(lon, lat), found, strict=True):
    assert owners.tolist() == [i for i, area in enumerate(areas) if area.intersects(point)]
