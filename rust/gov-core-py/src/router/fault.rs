//! What is wrong with events, as the faults of `gov_core.errors.EventError`.

use pyo3::import_exception;
use pyo3::intern;
use pyo3::prelude::*;

import_exception!(gov_core.errors, EventError);

/// One thing that is wrong with a table of events, or with one event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum EventFault {
    /// A column that routing needs is not there.
    Missing { column: &'static str },
    /// A column or a value is of a type that cannot be read.
    WrongType { column: &'static str, found: String, wanted: &'static str },
    /// Integers stand for ids that are numbers, and no id is one.
    NoNumbers { column: &'static str },
}

impl EventFault {
    /// Code, message, place and hint.
    fn parts(&self) -> (&'static str, String, &'static str, &'static str) {
        match self {
            Self::Missing { column } => (
                "event.missing_column",
                format!("there is no column \"{column}\""),
                column,
                "rename the column that holds it",
            ),
            Self::WrongType { column, found, wanted } => (
                "event.wrong_type",
                format!("\"{column}\" is {found}, not {wanted}"),
                column,
                "convert it first",
            ),
            Self::NoNumbers { column } => (
                "event.wrong_type",
                format!("\"{column}\" is a column of integers, but none of the city's ids is a number"),
                column,
                "pass text, or a dictionary of text",
            ),
        }
    }

    /// The error that lists these faults.
    pub(crate) fn raise(py: Python<'_>, faults: &[Self]) -> PyErr {
        let listed = || -> PyResult<Vec<Py<PyAny>>> {
            let fault = py.import(intern!(py, "gov_core.errors"))?.getattr(intern!(py, "Fault"))?;
            faults.iter().map(|what| Ok(fault.call1(what.parts())?.unbind())).collect()
        };
        match listed() {
            Ok(faults) => EventError::new_err((faults,)),
            Err(error) => error,
        }
    }
}
