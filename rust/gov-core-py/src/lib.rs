//! `gov_core._core`: converts, releases the GIL, calls `gov_routing`, converts back.
#![allow(clippy::needless_pass_by_value, reason = "pyo3 hands arguments over by value")]

mod column;
mod counts;
mod crs;
mod error;
mod formulas;
mod index;
mod json_keys;
mod layer;
mod nearest;
mod open_hours;
mod places;
mod router;
mod seen_ids;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add("cpu_level", gov_routing::cpu_level())?;
    m.add("UNCOVERED", gov_routing::UNCOVERED)?;
    m.add_class::<index::PyGridIndex>()?;
    m.add_class::<json_keys::PyJsonKeys>()?;
    m.add_class::<seen_ids::PySeenIds>()?;
    m.add_class::<open_hours::PyOpenHours>()?;
    m.add_class::<nearest::PyNearest>()?;
    m.add_class::<nearest::PyNearestBatch>()?;
    m.add_class::<layer::PyLayerIndex>()?;
    m.add_function(wrap_pyfunction!(counts::count_texts, m)?)?;
    m.add_function(wrap_pyfunction!(crs::convert_crs, m)?)?;
    m.add_function(wrap_pyfunction!(formulas::starts_formulas, m)?)?;
    m.add_function(wrap_pyfunction!(places::read_geojson, m)?)?;
    m.add_function(wrap_pyfunction!(places::check_outlines, m)?)?;
    m.add_class::<router::PyRouter>()?;
    m.add_class::<router::PyRouterHistory>()?;
    Ok(())
}
