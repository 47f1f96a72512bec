//! `GridIndex`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gov_routing::{BuildError, BuildOptions, Fault, Geometries, GridIndex, Profile, UNCOVERED, Verify};
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::column::answers;
use crate::error;
use crate::nearest::{PyNearest, PyNearestBatch};

/// Exact point-in-partition index over the leaf grids of one city.
#[pyclass(name = "GridIndex", module = "gov_core._core", frozen)]
pub(crate) struct PyGridIndex {
    pub(crate) index: Arc<GridIndex>,
    /// The file that it was opened from.
    path: Option<PathBuf>,
}

#[pymethods]
impl PyGridIndex {
    /// Builds the index from polygons that are a partition, and proves that they are.
    #[staticmethod]
    #[pyo3(signature = (geometries, *, profile = "fast", snap_deg = None, threads = 0, ids = None, digest = ""))]
    fn build(
        py: Python<'_>,
        geometries: &Bound<'_, PyAny>,
        profile: &str,
        snap_deg: Option<f64>,
        threads: usize,
        ids: Option<Vec<String>>,
        digest: &str,
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
        let mut index = built.map_err(|e| error::build(py, &e, name))?;
        if let Some(ids) = &ids {
            index = index.with_ids(ids, digest).map_err(|e| error::query(&e))?;
        }
        Ok(Self { index: Arc::new(index), path: None })
    }

    /// Opens a saved index by mapping its file.
    #[staticmethod]
    #[pyo3(signature = (path, *, verify = None))]
    fn open(py: Python<'_>, path: PathBuf, verify: Option<bool>) -> PyResult<Self> {
        let path = std::path::absolute(path)?;
        let index = py.detach(|| GridIndex::open(&path, verification(verify)));
        index
            .map(|index| Self { index: Arc::new(index), path: Some(path.clone()) })
            .map_err(|e| error::file(&e, &path))
    }

    /// Saves the index: whole under a temporary name, then renamed.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.index.save(&path)).map_err(|e| error::file(&e, &path))
    }

    /// The index in the form of a file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut bytes = Vec::with_capacity(self.index.bytes() + 4096);
        py.detach(|| self.index.write(&mut bytes))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads an index from what `to_bytes` gave.
    #[staticmethod]
    #[pyo3(signature = (data, *, verify = None))]
    fn from_bytes(py: Python<'_>, data: PyBackedBytes, verify: Option<bool>) -> PyResult<Self> {
        let index = py.detach(|| GridIndex::from_bytes(&data, verification(verify)));
        index
            .map(|index| Self { index: Arc::new(index), path: None })
            .map_err(|e| error::file(&e, Path::new("")))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        match &this.path {
            // Who unpickles maps the same file, as long as it is the same.
            Some(path) => {
                Ok((slf.getattr("_reopen")?, (path.clone(), this.index.content_sum()).into_pyobject(py)?))
            }
            None => Ok((slf.getattr("from_bytes")?, (this.to_bytes(py)?,).into_pyobject(py)?)),
        }
    }

    #[staticmethod]
    fn _reopen(py: Python<'_>, path: PathBuf, sum: u64) -> PyResult<Self> {
        let opened = Self::open(py, path.clone(), Some(false))?;
        if opened.index.content_sum() == sum {
            return Ok(opened);
        }
        Err(error::IndexFileError::new_err((
            "the file holds another index than when it was pickled",
            path.display().to_string(),
            "pickle again, or keep the file as it was",
            "index_file.changed",
        )))
    }

    /// The ids of the grids by slot, if they were named.
    #[getter]
    fn ids<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.index.ids().map(|ids| PyTuple::new(py, ids)).transpose()
    }

    /// The digest of the city that the grids are of; empty if none was given.
    #[getter]
    fn digest(&self) -> &str {
        self.index.digest()
    }

    /// What was done to the input while building.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let report = self.index.report();
        let dict = PyDict::new(py);
        dict.set_item("edges", report.edges)?;
        dict.set_item("noded", report.noded)?;
        dict.set_item("snapped", report.snapped)?;
        Ok(dict)
    }

    fn __len__(&self) -> usize {
        self.index.len()
    }

    fn __repr__(&self) -> String {
        format!(
            "GridIndex(grids={}, profile={:?}, bytes={})",
            self.index.len(),
            self.profile(),
            self.index.bytes()
        )
    }

    /// "fast" or "compact".
    #[getter]
    fn profile(&self) -> &'static str {
        match self.index.profile() {
            Profile::Fast => "fast",
            Profile::Compact => "compact",
        }
    }

    /// Size in memory, in bytes.
    #[getter]
    fn nbytes(&self) -> usize {
        self.index.bytes()
    }

    /// The slot of the grid that owns a point, or None where no grid is.
    fn locate(&self, lon: f64, lat: f64) -> PyResult<Option<u32>> {
        self.index.locate(lon, lat).map_err(|e| error::query(&e))
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
        let slots = answers(py, lon, lat, UNCOVERED, |lon, lat, out| {
            self.index.locate_batch(lon, lat, out, threads)
        })?;
        Ok(slots.into_pyarray(py))
    }

    /// The grid that owns a point, or else the nearest one within some metres, or None.
    #[pyo3(signature = (lon, lat, *, within_m))]
    fn locate_nearest(&self, lon: f64, lat: f64, within_m: f64) -> PyResult<Option<PyNearest>> {
        let near = self.index.locate_nearest(lon, lat, within_m).map_err(|e| error::query(&e))?;
        Ok(near.map(PyNearest::from))
    }

    /// The same for many points.
    #[pyo3(signature = (lon, lat, *, within_m, threads = 1))]
    fn locate_nearest_batch(
        &self,
        py: Python<'_>,
        lon: &Bound<'_, PyAny>,
        lat: &Bound<'_, PyAny>,
        within_m: f64,
        threads: usize,
    ) -> PyResult<PyNearestBatch> {
        let found = answers(py, lon, lat, None, |lon, lat, out| {
            self.index.locate_nearest_batch(lon, lat, within_m, out, threads)
        })?;
        Ok(PyNearestBatch::new(py, &found))
    }

    /// Metres from a point to the border of the grid that holds it, or None where no grid does.
    fn border_distance_m(&self, lon: f64, lat: f64) -> PyResult<Option<f64>> {
        self.index.border_distance_m(lon, lat).map_err(|e| error::query(&e))
    }

    /// The same for many points; NaN where no grid is.
    #[pyo3(signature = (lon, lat, *, threads = 1))]
    fn border_distance_batch<'py>(
        &self,
        py: Python<'py>,
        lon: &Bound<'py, PyAny>,
        lat: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let metres = answers(py, lon, lat, f64::NAN, |lon, lat, out| {
            self.index.border_distance_batch(lon, lat, out, threads)
        })?;
        Ok(metres.into_pyarray(py))
    }
}

fn verification(verify: Option<bool>) -> Verify {
    match verify {
        None => Verify::IfSmall,
        Some(true) => Verify::Always,
        Some(false) => Verify::Never,
    }
}

/// Why geometries could not be read.
pub(crate) enum Failure {
    Faults(Vec<Fault>),
    Python(PyErr),
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

/// Reads any kind of geometries; what is not well-known binary yet is made so in Python.
pub(crate) fn read_geometries(py: Python<'_>, source: &Bound<'_, PyAny>) -> Result<Geometries, Failure> {
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
