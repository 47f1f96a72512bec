//! `gov_core._core.JsonKeys`: what the lines of an NDJSON file hold.

use gov_routing::JsonKind;
use pyo3::prelude::*;

/// See `gov_routing::JsonKeys`.
#[pyclass(name = "JsonKeys", module = "gov_core._core")]
#[derive(Default)]
pub(crate) struct PyJsonKeys(gov_routing::JsonKeys);

#[pymethods]
impl PyJsonKeys {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Looks at more lines; returns whether each is exactly one object of unique keys.
    fn scan(&mut self, py: Python<'_>, data: &[u8]) -> bool {
        py.detach(|| self.0.scan(data))
    }

    /// Keys in the order of first appearance, each with the kind of its values.
    fn columns(&self) -> Vec<(String, &'static str)> {
        self.0.columns().iter().map(|(name, kind)| (name.clone(), word(*kind))).collect()
    }
}

fn word(kind: JsonKind) -> &'static str {
    match kind {
        JsonKind::Null => "null",
        JsonKind::Bool => "bool",
        JsonKind::Int | JsonKind::Long => "int",
        JsonKind::Float => "float",
        JsonKind::Text => "text",
    }
}
