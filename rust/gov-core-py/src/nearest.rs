//! Answers about borders: `Nearest`, one or in columns.

use gov_routing::{Nearest, UNCOVERED};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;

/// The grid nearest to a point, and the way there.
#[pyclass(name = "Nearest", module = "gov_core._core", frozen, eq, get_all)]
#[derive(PartialEq)]
pub(crate) struct PyNearest {
    slot: u32,
    distance_m: f64,
    bearing_deg: f64,
    lon: f64,
    lat: f64,
}

#[pymethods]
impl PyNearest {
    fn __repr__(&self) -> String {
        let Self { slot, distance_m, bearing_deg, lon, lat } = self;
        format!(
            "Nearest(slot={slot}, distance_m={distance_m}, bearing_deg={bearing_deg}, lon={lon}, lat={lat})"
        )
    }
}

impl From<Nearest> for PyNearest {
    fn from(near: Nearest) -> Self {
        let Nearest { slot, distance_m, bearing_deg, lon, lat } = near;
        Self { slot, distance_m, bearing_deg, lon, lat }
    }
}

/// The grids nearest to many points, in columns.
#[pyclass(name = "NearestBatch", module = "gov_core._core", frozen, get_all)]
pub(crate) struct PyNearestBatch {
    slot: Py<PyArray1<u32>>,
    distance_m: Py<PyArray1<f64>>,
    bearing_deg: Py<PyArray1<f64>>,
    lon: Py<PyArray1<f64>>,
    lat: Py<PyArray1<f64>>,
}

#[pymethods]
impl PyNearestBatch {
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.slot.bind(py).len()
    }
}

impl PyNearestBatch {
    pub(crate) fn new(py: Python<'_>, found: &[Option<Nearest>]) -> Self {
        let column = |of: fn(&Nearest) -> f64| {
            let values: Vec<f64> =
                py.detach(|| found.iter().map(|near| near.as_ref().map_or(f64::NAN, of)).collect());
            values.into_pyarray(py).unbind()
        };
        let slot: Vec<u32> = found.iter().map(|near| near.map_or(UNCOVERED, |near| near.slot)).collect();
        Self {
            slot: slot.into_pyarray(py).unbind(),
            distance_m: column(|near| near.distance_m),
            bearing_deg: column(|near| near.bearing_deg),
            lon: column(|near| near.lon),
            lat: column(|near| near.lat),
        }
    }
}
