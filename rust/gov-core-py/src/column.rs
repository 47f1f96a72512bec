//! Columns of floats from numpy or Arrow, without copying where the layout allows.

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, Float64Array};
use gov_routing::RoutingError;
use numpy::{PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;

use crate::error;

/// A column of float64, in one piece or in chunks.
pub(crate) enum Column<'py> {
    Numpy(PyReadonlyArray1<'py, f64>),
    Arrow(Vec<Float64Array>),
}

impl<'py> Column<'py> {
    /// Takes numpy arrays and Arrow columns of float64 as they are and converts what numpy can.
    pub(crate) fn extract(value: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(array) = value.extract::<PyReadonlyArray1<'py, f64>>() {
            if array.as_slice().is_ok() {
                return Ok(Self::Numpy(array));
            }
            let array = value.call_method0("copy")?;
            return Ok(Self::Numpy(array.extract()?));
        }
        if value.hasattr("__arrow_c_array__")? || value.hasattr("__arrow_c_stream__")? {
            let (chunks, field) = value.extract::<AnyArray>()?.into_chunked_array()?.into_inner();
            let chunks: Option<Vec<_>> =
                chunks.iter().map(|chunk| chunk.as_primitive_opt::<Float64Type>().cloned()).collect();
            if let Some(chunks) = chunks {
                return Ok(Self::Arrow(chunks));
            }
            let kind = field.data_type();
            if !value.hasattr("__array__")? {
                return Err(PyTypeError::new_err(format!("a column of float64 is needed, not of {kind}")));
            }
        }
        let numpy = value.py().import("numpy")?;
        let array = numpy.call_method1("ascontiguousarray", (value, "float64"))?;
        Ok(Self::Numpy(array.extract()?))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numpy(array) => array.len(),
            Self::Arrow(chunks) => chunks.iter().map(Array::len).sum(),
        }
    }

    /// Its pieces, in order.
    pub(crate) fn pieces(&self) -> PyResult<Vec<&[f64]>> {
        Ok(match self {
            Self::Numpy(array) => vec![array.as_slice()?],
            Self::Arrow(chunks) => chunks.iter().map(|chunk| &chunk.values()[..]).collect(),
        })
    }

    /// Positions without a value.
    pub(crate) fn nulls(&self) -> Vec<usize> {
        let Self::Arrow(chunks) = self else { return Vec::new() };
        let mut nulls = Vec::new();
        let mut start = 0;
        for chunk in chunks {
            if chunk.null_count() > 0 {
                nulls.extend((0..chunk.len()).filter(|&at| chunk.is_null(at)).map(|at| start + at));
            }
            start += chunk.len();
        }
        nulls
    }
}

/// An answer for each point, worked out with the GIL released; `missing` where a coordinate has no value.
pub(crate) fn answers<T: Copy + Send + Sync>(
    py: Python<'_>,
    lon: &Bound<'_, PyAny>,
    lat: &Bound<'_, PyAny>,
    missing: T,
    ask: impl Fn(&[f64], &[f64], &mut [T]) -> Result<(), RoutingError> + Sync,
) -> PyResult<Vec<T>> {
    let (lon, lat) = (Column::extract(lon)?, Column::extract(lat)?);
    if lon.len() != lat.len() {
        let message = format!("lon has {} values, lat has {}", lon.len(), lat.len());
        return Err(PyValueError::new_err(message));
    }
    let pieces = aligned(lon.pieces()?, lat.pieces()?);
    let length = lon.len();
    let mut answers = py
        .detach(|| {
            let mut answers = vec![missing; length];
            // Where there is no point, the other arguments are still looked at.
            ask(&[], &[], &mut [])?;
            let mut rest = &mut answers[..];
            for (lon, lat) in pieces {
                let (out, after) = rest.split_at_mut(lon.len());
                ask(lon, lat, out)?;
                rest = after;
            }
            Ok(answers)
        })
        .map_err(|e| error::query(&e))?;
    for at in lon.nulls().into_iter().chain(lat.nulls()) {
        answers[at] = missing;
    }
    Ok(answers)
}

/// Two columns in pieces that end at the same places.
pub(crate) fn aligned<'a>(
    mut left: Vec<&'a [f64]>,
    mut right: Vec<&'a [f64]>,
) -> Vec<(&'a [f64], &'a [f64])> {
    for side in [&mut left, &mut right] {
        side.retain(|piece| !piece.is_empty());
        side.reverse();
    }
    let mut pairs = Vec::new();
    while let (Some(a), Some(b)) = (left.pop(), right.pop()) {
        let n = a.len().min(b.len());
        let ((a, rest_a), (b, rest_b)) = (a.split_at(n), b.split_at(n));
        if !rest_a.is_empty() {
            left.push(rest_a);
        }
        if !rest_b.is_empty() {
            right.push(rest_b);
        }
        pairs.push((a, b));
    }
    pairs
}
