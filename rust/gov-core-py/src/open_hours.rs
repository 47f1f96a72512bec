//! `gov_core._core.OpenHours`: working time added and measured, one by one or as columns.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// What a batch says where there is no answer.
const NO_ANSWER: i64 = i64::MIN;

/// See `gov_calendar::OpenHours`.
#[pyclass(name = "OpenHours", frozen, module = "gov_core._core")]
pub(crate) struct PyOpenHours(gov_calendar::OpenHours);

#[pymethods]
impl PyOpenHours {
    #[new]
    fn new(
        starts: PyReadonlyArray1<'_, i64>,
        ends: PyReadonlyArray1<'_, i64>,
        first: i64,
        last: i64,
    ) -> PyResult<Self> {
        let (starts, ends) = (starts.as_array().to_vec(), ends.as_array().to_vec());
        gov_calendar::OpenHours::new(starts, ends, first, last)
            .map(Self)
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    #[getter]
    fn span(&self) -> (i64, i64) {
        self.0.span()
    }

    fn add(&self, at: i64, work: i64) -> Option<i64> {
        self.0.add(at, work)
    }

    fn between(&self, start: i64, end: i64) -> Option<i64> {
        self.0.between(start, end)
    }

    fn add_batch<'py>(
        &self,
        py: Python<'py>,
        at: PyReadonlyArray1<'py, i64>,
        work: PyReadonlyArray1<'py, i64>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        each(py, &at, &work, |at, work| self.0.add(at, work))
    }

    fn between_batch<'py>(
        &self,
        py: Python<'py>,
        start: PyReadonlyArray1<'py, i64>,
        end: PyReadonlyArray1<'py, i64>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        each(py, &start, &end, |start, end| self.0.between(start, end))
    }
}

/// The answer to each pair of two columns of one length.
fn each<'py>(
    py: Python<'py>,
    left: &PyReadonlyArray1<'py, i64>,
    right: &PyReadonlyArray1<'py, i64>,
    answer: impl Fn(i64, i64) -> Option<i64> + Send + Sync,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let (left, right) = (left.as_array(), right.as_array());
    if left.len() != right.len() {
        return Err(PyValueError::new_err(format!("{} rows and {} rows", left.len(), right.len())));
    }
    let answers: Vec<i64> = py.detach(|| {
        left.iter().zip(&right).map(|(&left, &right)| answer(left, right).unwrap_or(NO_ANSWER)).collect()
    });
    Ok(answers.into_pyarray(py))
}
