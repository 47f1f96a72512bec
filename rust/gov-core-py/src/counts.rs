//! `gov_core._core.count_texts`: how often each text of a dictionary column comes.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3_arrow::PyArray;

/// Texts of a dictionary column and how many rows have each, in the order of the dictionary; nulls do not count.
#[pyfunction]
pub(crate) fn count_texts(py: Python<'_>, column: PyArray) -> PyResult<Vec<(String, usize)>> {
    let column = column.into_inner().0;
    let Some(dictionary) = column.as_any_dictionary_opt() else {
        return Err(PyTypeError::new_err("a dictionary column is needed"));
    };
    let texts = arrow_cast::cast(dictionary.values(), &DataType::Utf8)
        .map_err(|error| PyTypeError::new_err(error.to_string()))?;
    let counts = py.detach(|| {
        let mut counts = vec![0_usize; texts.len()];
        if texts.is_empty() {
            return counts;
        }
        // Normalised keys are 0 where the row is null, so those rows are left out by hand.
        for (row, key) in dictionary.normalized_keys().into_iter().enumerate() {
            counts[key] += usize::from(dictionary.keys().is_valid(row));
        }
        counts
    });
    let texts = texts.as_string::<i32>().iter().map(|text| text.unwrap_or_default().to_owned());
    Ok(texts.zip(counts).filter(|(_, count)| *count > 0).collect())
}
