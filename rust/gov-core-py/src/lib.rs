//! `gov_core._core`: converts, releases the GIL, calls `gov_routing`, converts back.
mod column;
mod crs;
mod error;
mod index;
mod places;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add("UNCOVERED", gov_routing::UNCOVERED)?;
    m.add_class::<index::PyGridIndex>()?;
    m.add_function(wrap_pyfunction!(crs::convert_crs, m)?)?;
    m.add_function(wrap_pyfunction!(places::read_geojson, m)?)?;
    m.add_function(wrap_pyfunction!(places::check_outlines, m)?)?;
    Ok(())
}
