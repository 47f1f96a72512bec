//! `GridIndex`.

use gov_routing::{BuildError, BuildOptions, Fault, Geometries, GridIndex, Profile, UNCOVERED};
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::column::{Column, aligned};
use crate::error;

/// Exact point-in-partition index over the leaf grids of one city.
#[pyclass(name = "GridIndex", module = "gov_core._core", frozen)]
pub(crate) struct PyGridIndex(pub(crate) GridIndex);

#[pymethods]
impl PyGridIndex {
    /// Builds the index from polygons that are a partition, and proves that they are.
    #[staticmethod]
    #[pyo3(signature = (geometries, *, profile = "fast", snap_deg = None, threads = 0, ids = None))]
    fn build(
        py: Python<'_>,
        geometries: &Bound<'_, PyAny>,
        profile: &str,
        snap_deg: Option<f64>,
        threads: usize,
        ids: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let profile = match profile {
            "fast" => Profile::Fast,
            "compact" => Profile::Compact,
            other => {
                let message = format!("profile must be 'fast' or 'compact', not {other:?}");
                return Err(PyValueError::new_err(message));
            }
        };
        if snap_deg.is_some_and(|snap| !(snap > 0.0 && snap < 1.0)) {
            return Err(PyValueError::new_err("snap_deg must lie between 0 and 1 degree"));
        }
        let name = |slot: u32| match ids.as_ref().and_then(|ids| ids.get(slot as usize)) {
            Some(id) => id.clone(),
            None => format!("geometry {slot}"),
        };
        let geometries = read_geometries(py, geometries).map_err(|fail| match fail {
            Failure::Faults(faults) => error::build(py, &BuildError { faults }, name),
            Failure::Python(error) => error,
        })?;
        if let Some(ids) = &ids
            && ids.len() != geometries.len()
        {
            let message = format!("{} ids for {} geometries", ids.len(), geometries.len());
            return Err(PyValueError::new_err(message));
        }
        let options = BuildOptions { profile, snap_deg, threads };
        let built = py.detach(|| GridIndex::build(geometries, options));
        built.map(Self).map_err(|e| error::build(py, &e, name))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("GridIndex(grids={}, profile={:?}, bytes={})", self.0.len(), self.profile(), self.0.bytes())
    }

    /// "fast" or "compact".
    #[getter]
    fn profile(&self) -> &'static str {
        match self.0.profile() {
            Profile::Fast => "fast",
            Profile::Compact => "compact",
        }
    }

    /// Size in memory, in bytes.
    #[getter]
    fn nbytes(&self) -> usize {
        self.0.bytes()
    }

    /// The slot of the grid that owns a point, or None where no grid is.
    fn locate(&self, lon: f64, lat: f64) -> PyResult<Option<u32>> {
        self.0.locate(lon, lat).map_err(|e| error::query(&e))
    }

    /// The slots of many points; UNCOVERED where no grid is.
    #[pyo3(signature = (lon, lat, *, threads = 1))]
    fn locate_batch<'py>(
        &self,
        py: Python<'py>,
        lon: &Bound<'py, PyAny>,
        lat: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<u32>>> {
        let (lon, lat) = (Column::extract(lon)?, Column::extract(lat)?);
        if lon.len() != lat.len() {
            let message = format!("lon has {} values, lat has {}", lon.len(), lat.len());
            return Err(PyValueError::new_err(message));
        }
        let pieces = aligned(lon.pieces()?, lat.pieces()?);
        let length = lon.len();
        let mut slots = py
            .detach(|| {
                let mut slots = vec![0; length];
                let mut rest = &mut slots[..];
                for (lon, lat) in pieces {
                    let (out, after) = rest.split_at_mut(lon.len());
                    self.0.locate_batch(lon, lat, out, threads)?;
                    rest = after;
                }
                Ok(slots)
            })
            .map_err(|e| error::query(&e))?;
        for at in lon.nulls().into_iter().chain(lat.nulls()) {
            slots[at] = UNCOVERED;
        }
        Ok(slots.into_pyarray(py))
    }
}

enum Failure {
    Faults(Vec<Fault>),
    Python(PyErr),
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

/// Reads any kind of geometries; what is not well-known binary yet is made so in Python.
fn read_geometries(py: Python<'_>, source: &Bound<'_, PyAny>) -> Result<Geometries, Failure> {
    let wkbs = py.import("gov_core.routing.geometry")?.call_method1("to_wkb", (source,))?;
    let mut geometries = Geometries::default();
    let mut faults = Vec::new();
    for (slot, wkb) in wkbs.try_iter()?.enumerate() {
        let wkb: PyBackedBytes = wkb?.extract().map_err(PyErr::from)?;
        if let Err(fault) = geometries.push_wkb(&wkb) {
            let reason = match fault {
                Fault::BadGeometry { reason, .. } => reason,
                other => other.to_string(),
            };
            faults.push(Fault::BadGeometry { slot: slot as u32, reason });
        }
    }
    if faults.is_empty() { Ok(geometries) } else { Err(Failure::Faults(faults)) }
}
