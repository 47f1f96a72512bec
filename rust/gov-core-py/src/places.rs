//! Features of a `GeoJSON` file, and outlines in well-known binary, with what is wrong with them.

use gov_routing::{FeatureCollection, Flaw, Outline, Property};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

/// Properties, whether it is drawn, its outline if sound, whether heights were dropped.
type PyFeature<'py> = (Bound<'py, PyDict>, bool, Option<Bound<'py, PyBytes>>, bool);
/// Code, message, hint, position of the feature, line of the file.
type PyFault = (&'static str, String, &'static str, Option<usize>, usize);
/// Outline if sound, whether heights were dropped, and (code, message, hint) of each flaw.
type PyOutline<'py> = (Option<Bound<'py, PyBytes>>, bool, Vec<(&'static str, String, &'static str)>);

/// Reads a feature collection of places; see `gov_routing::read_geojson`.
#[pyfunction]
pub(crate) fn read_geojson<'py>(
    py: Python<'py>,
    data: &[u8],
    degrees: bool,
) -> PyResult<(Vec<PyFeature<'py>>, Option<String>, Vec<PyFault>)> {
    let FeatureCollection { features, crs, faults } = py.detach(|| gov_routing::read_geojson(data, degrees));
    let mut found = Vec::with_capacity(features.len());
    // Each feature is let go as soon as Python has it: the outlines of a city are large.
    for feature in features {
        let properties = PyDict::new(py);
        for (key, value) in feature.properties {
            match value {
                Property::Null => properties.set_item(key, py.None())?,
                Property::Text(text) => properties.set_item(key, text)?,
                Property::Number(number) => properties.set_item(key, number)?,
                Property::Other => properties.set_item(key, false)?,
            }
        }
        let wkb = feature.wkb.map(|wkb| PyBytes::new(py, &wkb));
        found.push((properties, feature.drawn, wkb, feature.had_heights));
    }
    let faults = faults
        .into_iter()
        .map(|fault| (fault.flaw.code, fault.flaw.message, fault.flaw.hint, fault.feature, fault.line))
        .collect();
    Ok((found, crs, faults))
}

/// Judges outlines and writes the sound ones in one form; see `gov_routing::Outline`.
#[pyfunction]
pub(crate) fn check_outlines<'py>(
    py: Python<'py>,
    outlines: Vec<Bound<'py, PyBytes>>,
    degrees: bool,
) -> Vec<PyOutline<'py>> {
    outlines
        .into_iter()
        .map(|wkb| match Outline::from_wkb(wkb.as_bytes()) {
            Ok(outline) => {
                let flaws = outline.flaws(degrees);
                let sound = flaws.is_empty().then(|| PyBytes::new(py, &outline.to_wkb()));
                (sound, outline.had_heights(), flaws.into_iter().map(parts).collect())
            }
            Err(flaw) => (None, false, vec![parts(flaw)]),
        })
        .collect()
}

fn parts(flaw: Flaw) -> (&'static str, String, &'static str) {
    (flaw.code, flaw.message, flaw.hint)
}
