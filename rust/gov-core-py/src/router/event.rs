//! One event, given as a mapping.

use gov_routing::router::{CodeBook, Event, NONE};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyMapping, PyString};

use super::Ids;
use super::fault::EventFault;

/// Reads what routing looks at; a key that is missing is the same as `None`.
pub(crate) fn read<'py>(event: &Bound<'py, PyAny>, ids: &Ids) -> PyResult<Event> {
    let py = event.py();
    let mut faults = Vec::new();
    let get = |name: &Bound<'py, PyString>| -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = if let Ok(event) = event.cast::<PyDict>() {
            event.get_item(name)?
        } else {
            let event = event.cast::<PyMapping>().map_err(|_| {
                PyTypeError::new_err(format!("an event is a mapping or keywords, not {}", kind(event)))
            })?;
            if event.contains(name)? { Some(event.get_item(name)?) } else { None }
        };
        Ok(value.filter(|value| !value.is_none()))
    };
    let mut degrees = |name: &Bound<'py, PyString>, column: &'static str| -> PyResult<Option<f64>> {
        let Some(value) = get(name)? else { return Ok(None) };
        if let Ok(value) = value.cast_exact::<PyFloat>() {
            return Ok(Some(value.extract()?));
        }
        let number = value.extract::<f64>().ok();
        if number.is_none() {
            faults.push(EventFault::WrongType { column, found: kind(&value), wanted: "a number of degrees" });
        }
        Ok(number)
    };
    let (lon, lat) = (degrees(intern!(py, "lon"), "lon")?, degrees(intern!(py, "lat"), "lat")?);
    let mut code =
        |name: &Bound<'py, PyString>, column: &'static str, book: Option<&CodeBook>| -> PyResult<u32> {
            let Some(book) = book else { return Ok(NONE) };
            let Some(value) = get(name)? else { return Ok(NONE) };
            if let Ok(text) = value.cast::<PyString>() {
                return Ok(book.text(&text.to_cow()?));
            }
            if value.is_instance_of::<PyInt>() {
                return Ok(book.text(&value.str()?.to_cow()?));
            }
            faults.push(EventFault::WrongType { column, found: kind(&value), wanted: "text or an integer" });
            Ok(NONE)
        };
    let read = Event {
        lon,
        lat,
        crs: code(intern!(py, "crs"), "crs", Some(&ids.crs))?,
        place: code(intern!(py, "place"), "place", Some(&ids.places))?,
        matter: code(intern!(py, "matter"), "matter", Some(&ids.matters))?,
        grade: code(intern!(py, "grade"), "grade", ids.grades.as_deref())?,
        asset: code(intern!(py, "asset"), "asset", ids.assets.as_deref())?,
    };
    if faults.is_empty() { Ok(read) } else { Err(EventFault::raise(py, &faults)) }
}

fn kind(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "of no type".to_owned(), |name| name.to_string())
}
