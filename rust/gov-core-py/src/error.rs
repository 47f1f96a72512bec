//! Turns errors of `gov_routing` into the error tree, which lives in Python, once.

use std::path::Path;

use gov_routing::{BuildError, Fault, FileError, RoutingError};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

pyo3::import_exception!(gov_core.errors, CoordinateError);
pyo3::import_exception!(gov_core.errors, CoverageError);
pyo3::import_exception!(gov_core.errors, GeometryError);
pyo3::import_exception!(gov_core.errors, IndexFileError);

/// A Python exception for a query that cannot be answered.
pub(crate) fn query(error: &RoutingError) -> PyErr {
    match error {
        RoutingError::NonFiniteCoordinate { .. } => CoordinateError::new_err((
            error.to_string(),
            "",
            "drop or repair the point: NaN and infinity are nowhere",
            "coordinate.not_finite",
        )),
        _ => pyo3::exceptions::PyValueError::new_err(error.to_string()),
    }
}

/// A Python exception with every fault of a set of polygons; `name` tells what a slot is called.
pub(crate) fn build(py: Python<'_>, error: &BuildError, name: impl Fn(u32) -> String) -> PyErr {
    let raise = || -> PyResult<PyErr> {
        let class = py.import("gov_core.errors")?.getattr("Fault")?;
        let faults = PyList::empty(py);
        let mut overlap = false;
        for fault in &error.faults {
            let (code, message, place, hint) = match fault {
                Fault::Overlap { first, second, lon, lat } => {
                    overlap = true;
                    (
                        "geometry.overlap",
                        format!("{} and {} both claim ({lon}, {lat})", name(*first), name(*second)),
                        name(*first),
                        "give the ground to one of them; if it is a sliver, snap_deg or a repair of the map closes it",
                    )
                }
                Fault::InvalidOutline { slot, lon, lat, reason } => (
                    "geometry.invalid_outline",
                    format!("{} at ({lon}, {lat}): {reason}", name(*slot)),
                    name(*slot),
                    "draw the outline so that it neither crosses nor covers itself and holes lie inside",
                ),
                Fault::BadGeometry { slot, reason } => {
                    ("geometry.unreadable", format!("{}: {reason}", name(*slot)), name(*slot), "")
                }
                other => ("geometry.invalid", other.to_string(), String::new(), ""),
            };
            let ids = PyTuple::new(py, concerned(fault).map(&name))?;
            faults.append(class.call1((code, message, place, hint, ids))?)?;
        }
        let faults = faults.unbind();
        Ok(if overlap { CoverageError::new_err((faults,)) } else { GeometryError::new_err((faults,)) })
    };
    raise().unwrap_or_else(|error| error)
}

/// A Python exception for a file that is no index, or cannot be read at all.
pub(crate) fn file(error: &FileError, path: &Path) -> PyErr {
    let (code, hint) = match error {
        FileError::Io(error) => {
            // The builtin ones, with their errno: FileNotFoundError, PermissionError ...
            let code = error.raw_os_error();
            return match code {
                Some(code) => PyOSError::new_err((code, error.to_string(), path.display().to_string())),
                None => PyOSError::new_err(error.to_string()),
            };
        }
        FileError::Foreign => ("index_file.foreign", "give a file that GridIndex.save wrote"),
        FileError::Version { .. } => ("index_file.version", "build the index again with this release"),
        _ => ("index_file.damaged", "build the index again, or restore the file"),
    };
    IndexFileError::new_err((error.to_string(), path.display().to_string(), hint, code))
}

/// Slots of the grids that a fault is about.
fn concerned(fault: &Fault) -> impl ExactSizeIterator<Item = u32> {
    match fault {
        Fault::Overlap { first, second, .. } => vec![*first, *second],
        Fault::InvalidOutline { slot, .. } | Fault::BadGeometry { slot, .. } => vec![*slot],
        _ => vec![],
    }
    .into_iter()
}
