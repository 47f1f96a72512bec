//! `LayerIndex`.

use std::borrow::Cow;

use gov_routing::{BuildError, LayerIndex};
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::column::Column;
use crate::error;
use crate::index::{Failure, read_geometries};

/// Exact index of polygons that may overlap.
#[pyclass(name = "LayerIndex", module = "gov_core._core", frozen)]
pub(crate) struct PyLayerIndex(LayerIndex);

type Memberships<'py> = (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<u32>>);

#[pymethods]
impl PyLayerIndex {
    /// Builds the index from polygons of any kind.
    #[staticmethod]
    #[pyo3(signature = (geometries, *, ids = None))]
    fn build(py: Python<'_>, geometries: &Bound<'_, PyAny>, ids: Option<Vec<String>>) -> PyResult<Self> {
        let name = |slot: u32| match ids.as_ref().and_then(|ids| ids.get(slot as usize)) {
            Some(id) => id.clone(),
            None => format!("geometry {slot}"),
        };
        let geometries = read_geometries(py, geometries).map_err(|failure| match failure {
            Failure::Faults(faults) => error::build(py, &BuildError { faults }, name),
            Failure::Python(error) => error,
        })?;
        if let Some(ids) = &ids
            && ids.len() != geometries.len()
        {
            let message = format!("{} ids for {} geometries", ids.len(), geometries.len());
            return Err(PyValueError::new_err(message));
        }
        let built = py.detach(|| LayerIndex::build(&geometries));
        built.map(Self).map_err(|e| error::build(py, &e, name))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("LayerIndex(polygons={}, bytes={})", self.0.len(), self.0.bytes())
    }

    /// Size in memory, in bytes.
    #[getter]
    fn nbytes(&self) -> usize {
        self.0.bytes()
    }

    /// The polygons that hold a point, ascending.
    fn locate_all(&self, lon: f64, lat: f64) -> PyResult<Vec<u32>> {
        self.0.locate_all(lon, lat).map_err(|e| error::query(&e))
    }

    /// The polygons that hold each of many points, as offsets and ids.
    #[pyo3(signature = (lon, lat, *, threads = 1))]
    fn locate_all_batch<'py>(
        &self,
        py: Python<'py>,
        lon: &Bound<'py, PyAny>,
        lat: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Memberships<'py>> {
        let (lon, lat) = (Column::extract(lon)?, Column::extract(lat)?);
        if lon.len() != lat.len() {
            let message = format!("lon has {} values, lat has {}", lon.len(), lat.len());
            return Err(PyValueError::new_err(message));
        }
        let (lon, lat) = (whole(&lon)?, whole(&lat)?);
        let answer = py.detach(|| self.0.locate_all_batch(&lon, &lat, threads));
        let (offsets, ids) = answer.map_err(|e| error::query(&e))?;
        Ok((offsets.into_pyarray(py), ids.into_pyarray(py)))
    }
}

/// A column in one piece, NaN where it has no value; copied only if it has chunks or nulls.
fn whole<'a>(column: &'a Column<'_>) -> PyResult<Cow<'a, [f64]>> {
    let (pieces, nulls) = (column.pieces()?, column.nulls());
    if let ([piece], []) = (&pieces[..], &nulls[..]) {
        return Ok(Cow::Borrowed(piece));
    }
    let mut values = pieces.concat();
    for at in nulls {
        values[at] = f64::NAN;
    }
    Ok(Cow::Owned(values))
}
