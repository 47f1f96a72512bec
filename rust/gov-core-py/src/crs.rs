//! Columns of coordinates from one system to another.

use gov_routing::{Crs, RoutingError, UnknownCrsError};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::import_exception;
use pyo3::prelude::*;

import_exception!(gov_core.errors, CoordinateError);

type Columns<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

/// See `gov_core.routing.convert`, which is the public name.
#[pyfunction]
pub(crate) fn convert_crs<'py>(
    py: Python<'py>,
    lon: PyReadonlyArray1<'py, f64>,
    lat: PyReadonlyArray1<'py, f64>,
    source: &str,
    target: &str,
) -> PyResult<Columns<'py>> {
    let (from, to) = (parse(source)?, parse(target)?);
    let (mut lon, mut lat) = (lon.as_slice()?.to_vec(), lat.as_slice()?.to_vec());
    py.detach(|| Crs::convert(from, to, &mut lon, &mut lat)).map_err(|error| mismatch(&error))?;
    Ok((lon.into_pyarray(py), lat.into_pyarray(py)))
}

fn parse(name: &str) -> PyResult<Crs> {
    name.parse().map_err(|error: UnknownCrsError| {
        let hint = error.suggestion.map_or("", Crs::name);
        CoordinateError::new_err((error.to_string(), "", hint, "coordinate.unknown_crs"))
    })
}

fn mismatch(error: &RoutingError) -> PyErr {
    CoordinateError::new_err((error.to_string(), "", "", "coordinate.length"))
}
