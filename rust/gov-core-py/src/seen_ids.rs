//! `gov_core._core.SeenIds`: a column of ids in, the rows that repeat an id out.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3_arrow::PyArray;

/// See `gov_routing::SeenIds`.
#[pyclass(name = "SeenIds", module = "gov_core._core")]
pub(crate) struct PySeenIds(gov_routing::SeenIds);

#[pymethods]
impl PySeenIds {
    #[new]
    fn new(limit: usize) -> Self {
        Self(gov_routing::SeenIds::new(limit))
    }

    /// Rows whose id has come before, in this column or an earlier one; nulls are no ids.
    fn again(&mut self, py: Python<'_>, ids: PyArray) -> PyResult<Vec<usize>> {
        let ids = ids.into_inner().0;
        py.detach(|| repeats(&mut self.0, &ids))
    }
}

fn repeats(seen: &mut gov_routing::SeenIds, ids: &ArrayRef) -> PyResult<Vec<usize>> {
    let mut rows = Vec::new();
    match ids.data_type() {
        DataType::Int64 => {
            for (row, id) in ids.as_primitive::<Int64Type>().iter().enumerate() {
                if id.is_some_and(|id| seen.again(&id.to_le_bytes())) {
                    rows.push(row);
                }
            }
        }
        DataType::Utf8 => {
            for (row, id) in ids.as_string::<i32>().iter().enumerate() {
                if id.is_some_and(|id| seen.again(id.as_bytes())) {
                    rows.push(row);
                }
            }
        }
        kind => {
            let whole = kind.is_integer() && *kind != DataType::UInt64;
            let kind = if whole { DataType::Int64 } else { DataType::Utf8 };
            let plain =
                arrow_cast::cast(ids, &kind).map_err(|error| PyTypeError::new_err(error.to_string()))?;
            return repeats(seen, &plain);
        }
    }
    Ok(rows)
}
