//! `gov_core._core.starts_formulas`: whether a spreadsheet would run a cell of a column.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3_arrow::PyArray;

/// Whether a text of a column starts with `=`, `+`, `-`, `@`, tab or CR (OWASP, "CSV Injection").
#[pyfunction]
pub(crate) fn starts_formulas(py: Python<'_>, column: PyArray) -> PyResult<bool> {
    let column = column.into_inner().0;
    py.detach(|| any(&column))
}

fn any(column: &ArrayRef) -> PyResult<bool> {
    Ok(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().iter().flatten().any(starts),
        DataType::LargeUtf8 => column.as_string::<i64>().iter().flatten().any(starts),
        DataType::Utf8View => column.as_string_view().iter().flatten().any(starts),
        DataType::Dictionary(..) => return any(column.as_any_dictionary().values()),
        kind => return Err(PyTypeError::new_err(format!("a column of text is needed, not of {kind}"))),
    })
}

fn starts(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}
