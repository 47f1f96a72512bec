//! Several versions of a city: each event is routed by the one that was valid when it was reported.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use arrow_schema::ArrowError;
use gov_routing::router::{COLUMNS, Column, Events, History, Version};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use pyo3_arrow::input::AnyRecordBatch;

use super::answers::{AnswerColumns, PlaceKeys, Texts};
use super::events::{EventColumns, Plan, find_time};
use super::fault::EventFault;
use super::times::Bounds;
use super::{PyRouter, arrow_error, external};

/// See `gov_core.routing.RouterHistory`, which is the public name.
#[pyclass(name = "RouterHistory", frozen, module = "gov_core._core")]
pub(crate) struct PyRouterHistory {
    history: History,
    routers: Vec<Py<PyRouter>>,
    bounds: Bounds,
    columns: AnswerColumns,
}

#[pymethods]
impl PyRouterHistory {
    /// Routers in the order of their time, and since when each is valid: microseconds by the local clock and in UTC.
    #[new]
    fn new(routers: Vec<Py<PyRouter>>, local: Vec<i64>, utc: Vec<i64>) -> Self {
        let mut shared = Shared::default();
        let versions = routers.iter().map(|router| shared.add(router.get())).collect();
        Self {
            history: History::new(versions),
            routers,
            bounds: Bounds { local, utc },
            columns: shared.columns(),
        }
    }

    /// Position of the version valid at a time in ISO 8601; `None` before the first, or if it cannot be read.
    fn version(&self, time: &str) -> Option<u32> {
        self.bounds.version_of(time)
    }

    fn route_batch<'py>(
        &self,
        py: Python<'py>,
        events: AnyRecordBatch,
        nearest_within_m: Option<f64>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = events.into_reader()?;
        let schema = reader.schema();
        let time = find_time(&schema);
        let mut plans = Vec::new();
        let mut faults: Vec<EventFault> = time.as_ref().err().into_iter().cloned().collect();
        for router in &self.routers {
            match Plan::new(&schema, &router.get().ids) {
                Ok(plan) => plans.push(plan),
                Err(found) => {
                    for fault in found {
                        if !faults.contains(&fault) {
                            faults.push(fault);
                        }
                    }
                }
            }
        }
        let Ok(time) = time else { return Err(EventFault::raise(py, &faults)) };
        if !faults.is_empty() {
            return Err(EventFault::raise(py, &faults));
        }
        let mut batches = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| arrow_error(&error))?;
            let answers = py.detach(|| -> Result<_, ArrowError> {
                let versions = self.bounds.versions(batch.column(time))?;
                let mut events = Vec::new();
                for (plan, router) in plans.iter().zip(&self.routers) {
                    events.push(plan.read(&batch, &router.get().ids)?);
                }
                let events: Vec<Events<'_>> = events.iter().map(EventColumns::lend).collect();
                let answers = self.history.route_batch(&events, &versions, threads).map_err(external)?;
                let measure = |within_m: f64| {
                    self.history.measure_batch(&events, &versions, &answers, within_m, threads)
                };
                let precision = nearest_within_m.map(measure).transpose().map_err(external)?;
                self.columns.batch(answers, precision.as_ref())
            });
            batches.push(answers.map_err(|error| arrow_error(&error))?);
        }
        PyTable::try_new(batches, self.columns.schema(nearest_within_m.is_some()).clone())?.into_arro3(py)
    }
}

/// Dictionaries that all versions share.
#[derive(Default)]
struct Shared {
    /// Pairs of place and path: what answers hold as the key of a place.
    pairs: Interned<(u32, u32)>,
    places: Interned<String>,
    paths: Interned<String>,
    units: Interned<String>,
    rules: Interned<String>,
    limits: Interned<String>,
    assists: Interned<String>,
}

impl Shared {
    /// Adds the texts of one version; returns its keys in the shared dictionaries.
    fn add(&mut self, router: &PyRouter) -> Version {
        let texts = &router.texts;
        let places = texts.places.iter().map(|text| self.places.key(text));
        let paths = texts.paths.iter().map(|text| self.paths.key(text));
        let pairs = places.zip(paths).map(|pair| self.pairs.key(&pair)).collect();
        let mut keys = [const { Vec::new() }; COLUMNS];
        keys[Column::Place as usize] = pairs;
        keys[Column::Unit as usize] = self.units.keys(&texts.units);
        keys[Column::Rule as usize] = self.rules.keys(&texts.rules);
        let limits = self.limits.keys(&texts.limits);
        keys[Column::ResolveWithin as usize].clone_from(&limits);
        keys[Column::RespondWithin as usize] = limits;
        keys[Column::Assist as usize] = self.assists.keys(&texts.assists);
        Version { router: Arc::clone(&router.router), keys }
    }

    fn columns(self) -> AnswerColumns {
        let (places, paths) = self.pairs.items.into_iter().unzip();
        let texts = Texts {
            places: self.places.items,
            paths: self.paths.items,
            units: self.units.items,
            rules: self.rules.items,
            limits: self.limits.items,
            assists: self.assists.items,
        };
        AnswerColumns::new(&texts, Some(PlaceKeys { places, paths }))
    }
}

/// Items, each once, by key.
#[derive(Default)]
struct Interned<T> {
    items: Vec<T>,
    keys: HashMap<T, u32>,
}

impl<T: Clone + Eq + Hash> Interned<T> {
    fn key(&mut self, item: &T) -> u32 {
        if let Some(&key) = self.keys.get(item) {
            return key;
        }
        let key = self.items.len() as u32;
        self.items.push(item.clone());
        self.keys.insert(item.clone(), key);
        key
    }

    fn keys(&mut self, items: &[T]) -> Vec<u32> {
        items.iter().map(|item| self.key(item)).collect()
    }
}
