//! The router of one city: events as Arrow or as a mapping, answers as Arrow or as keys.

mod answers;
mod codes;
mod event;
mod events;
mod fault;
mod finding;
mod history;
mod times;

use std::sync::Arc;

use arrow_schema::ArrowError;
use gov_routing::router::{CodeBook, Component, Router};
use gov_routing::{
    Cell, Crs, Dimension, NONE, RoutingError, RuleSpec, TableSpec, UnitRef, UnknownCrsError, Verdict,
};
pub(crate) use history::PyRouterHistory;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use pyo3_arrow::input::AnyRecordBatch;

use self::answers::{AnswerColumns, Texts};
use self::events::Plan;
use self::fault::EventFault;
use self::finding::Finding;
use crate::index::PyGridIndex;

/// What events are looked up in.
pub(crate) struct Ids {
    pub(crate) crs: Arc<CodeBook>,
    /// By key of the place.
    pub(crate) places: Arc<CodeBook>,
    pub(crate) matters: Arc<CodeBook>,
    /// `None` if the city has no grades: what events say about theirs is not looked at then.
    pub(crate) grades: Option<Arc<CodeBook>>,
    /// Classes, then components; `None` if the city has no asset classes.
    pub(crate) assets: Option<Arc<CodeBook>>,
}

/// The lists of a city that answers depend on, as `gov_core.routing.lists.Lists` holds them.
#[derive(FromPyObject)]
pub(crate) struct Lists {
    crs: String,
    places: Vec<String>,
    paths: Vec<String>,
    parents: Vec<Option<u32>>,
    grids: Vec<u32>,
    matters: Vec<String>,
    matter_parents: Vec<Option<u32>>,
    assets: Vec<String>,
    asset_parents: Vec<Option<u32>>,
    components: Vec<ComponentList>,
    grades: Option<Vec<String>>,
    units: Vec<String>,
    unit_kinds: Vec<u32>,
    unit_serves: Vec<Vec<u32>>,
    rules: Vec<String>,
    rule_specs: Vec<RuleList>,
    limit_texts: Vec<String>,
}

/// One rule: matter, area, asset, grade, lead, assistants, limits, and the matters, areas and assets it leaves out.
/// A unit is (whether it is a kind, position).
type RuleList = (
    Option<u32>,
    Option<u32>,
    Option<u32>,
    Option<u32>,
    Vec<(bool, u32)>,
    Vec<(bool, u32)>,
    Option<u32>,
    Option<u32>,
    Vec<u32>,
    Vec<u32>,
    Vec<u32>,
);

/// One component: id, class, place, point, manager.
type ComponentList = (String, u32, Option<u32>, Option<(f64, f64)>, Option<u32>);

/// A rule, what became of it, the rule or the link of its chain that decided, and by which dimensions.
type Candidate = (u32, &'static str, Option<u32>, Vec<&'static str>);

/// Keys of one answer, -1 where there is none: place, rule, unit, group of assistants, status.
type Keys = (i64, i64, i64, i64, i8);

/// See `gov_core.routing.Router`, which is the public name.
#[pyclass(name = "Router", frozen, module = "gov_core._core")]
pub(crate) struct PyRouter {
    router: Arc<Router>,
    ids: Ids,
    texts: Texts,
    columns: AnswerColumns,
}

#[pymethods]
impl PyRouter {
    /// The router and what was odd, or no router and what is wrong; and how many findings are not listed.
    #[staticmethod]
    fn compile(
        py: Python<'_>,
        index: &PyGridIndex,
        lists: Lists,
    ) -> PyResult<(Option<Self>, Vec<Finding>, u64)> {
        let index = Arc::clone(&index.index);
        py.detach(|| {
            if index.len() != lists.grids.len() {
                let message = format!("the index has {} grids, the city {}", index.len(), lists.grids.len());
                return Err(PyValueError::new_err(message));
            }
            let crs = lists.crs.parse();
            let crs: Crs = crs.map_err(|error: UnknownCrsError| PyValueError::new_err(error.to_string()))?;
            match Router::compile(index, &lists.table(), crs) {
                Ok((router, warnings)) => {
                    let findings = warnings.listed.iter().map(Finding::of_warning).collect();
                    Ok((Some(Self::new(router, lists)), findings, warnings.unlisted))
                }
                Err(faults) => {
                    Ok((None, faults.listed.iter().map(Finding::of_fault).collect(), faults.unlisted))
                }
            }
        })
    }

    /// By key of a place, its position in the list of places.
    #[getter]
    fn places(&self) -> Vec<u32> {
        self.router.places().to_vec()
    }

    /// Groups of assisting units.
    #[getter]
    fn assists(&self) -> Vec<Vec<u32>> {
        self.router.assists().to_vec()
    }

    fn route(&self, event: &Bound<'_, PyAny>) -> PyResult<Keys> {
        let answer = self.router.route(&event::read(event, &self.ids)?);
        let key = |key: Option<u32>| key.map_or(-1, i64::from);
        let crew = self.router.crew_of(&answer);
        Ok((
            key(answer.place),
            key(answer.decision.map(|decision| decision.rule)),
            key(crew.map(|(lead, _)| lead)),
            key(crew.and_then(|(_, assist)| assist)),
            answer.status as i8,
        ))
    }

    /// What became of each rule, most specific first, and how many that do not apply were left out.
    ///
    /// Empty if the event is in no grid, in several, or names what the city does not have.
    fn explain(&self, event: &Bound<'_, PyAny>) -> PyResult<(Vec<Candidate>, usize)> {
        let event = event::read(event, &self.ids)?;
        let place = self.router.route(&event).place;
        let slot = place.and_then(|place| self.router.slot(place)).unwrap_or(NONE);
        let asset = self.router.asset_class(event.asset);
        let cell = Cell { slot, matter: event.matter, grade: event.grade, asset };
        let Some(explanation) = self.router.table().explain(cell) else { return Ok((Vec::new(), 0)) };
        let candidates = explanation.candidates.iter().map(|candidate| verdict(candidate)).collect();
        Ok((candidates, explanation.omitted))
    }

    fn route_batch<'py>(
        &self,
        py: Python<'py>,
        events: AnyRecordBatch,
        nearest_within_m: Option<f64>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = events.into_reader()?;
        let plan = Plan::new(&reader.schema(), &self.ids).map_err(|faults| EventFault::raise(py, &faults))?;
        let mut batches = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| arrow_error(&error))?;
            let answers = py.detach(|| -> Result<_, ArrowError> {
                let columns = plan.read(&batch, &self.ids)?;
                let events = columns.lend();
                let answers = self.router.route_batch(&events, threads).map_err(external)?;
                let precision = nearest_within_m
                    .map(|within_m| self.router.measure_batch(&events, &answers, within_m, threads))
                    .transpose()
                    .map_err(external)?;
                self.columns.batch(answers, precision.as_ref())
            });
            batches.push(answers.map_err(|error| arrow_error(&error))?);
        }
        PyTable::try_new(batches, self.columns.schema(nearest_within_m.is_some()).clone())?.into_arro3(py)
    }
}

impl PyRouter {
    fn new(router: Router, lists: Lists) -> Self {
        let components = lists.components.iter().map(|(_, class, place, point, manager)| Component {
            class: *class,
            place: *place,
            point: point.map(|(lon, lat)| [lon, lat]),
            manager: *manager,
        });
        let router = router.with_components(lists.assets.len() as u32, &components.collect::<Vec<_>>());
        let by_key = |texts: &[String]| -> Vec<String> {
            router.places().iter().map(|&place| texts[place as usize].clone()).collect()
        };
        let (places, paths) = (by_key(&lists.places), by_key(&lists.paths));
        let book = |ids: &[String]| Arc::new(CodeBook::new(ids.iter().map(String::as_str)));
        let components = lists.components.iter().map(|component| &component.0);
        let assets = lists.assets.iter().chain(components).map(String::as_str);
        let ids = Ids {
            crs: Arc::new(CodeBook::new(Crs::ALL.map(Crs::name))),
            places: book(&places),
            matters: book(&lists.matters),
            grades: lists.grades.as_deref().map(book),
            assets: (!lists.assets.is_empty()).then(|| Arc::new(CodeBook::new(assets))),
        };
        let assists = router.assists().iter().map(|units| {
            let names: Vec<&str> = units.iter().map(|&unit| lists.units[unit as usize].as_str()).collect();
            names.join(";")
        });
        let texts = Texts {
            assists: assists.collect(),
            places,
            paths,
            units: lists.units,
            rules: lists.rules,
            limits: lists.limit_texts,
        };
        let columns = AnswerColumns::new(&texts, None);
        Self { router: Arc::new(router), ids, texts, columns }
    }
}

impl Lists {
    fn table(&self) -> TableSpec {
        let units = |units: &[(bool, u32)]| {
            let unit =
                |&(is_kind, at): &(bool, u32)| if is_kind { UnitRef::Kind(at) } else { UnitRef::Unit(at) };
            units.iter().map(unit).collect()
        };
        let rules = self.rule_specs.iter().map(|rule| {
            let (matter, area, asset, grade, lead, assist, respond, resolve, matters, areas, assets) = rule;
            RuleSpec {
                matter: *matter,
                area: *area,
                asset: *asset,
                grade: *grade,
                except_matters: matters.clone(),
                except_areas: areas.clone(),
                except_assets: assets.clone(),
                lead: units(lead),
                assist: units(assist),
                respond: respond.unwrap_or(NONE),
                resolve: resolve.unwrap_or(NONE),
            }
        });
        TableSpec {
            places: self.parents.clone(),
            grids: self.grids.clone(),
            matters: self.matter_parents.clone(),
            assets: self.asset_parents.clone(),
            grades: self.grades.as_ref().map_or(0, |grades| grades.len() as u32),
            unit_kinds: self.unit_kinds.clone(),
            unit_serves: self.unit_serves.clone(),
            rules: rules.collect(),
        }
    }
}

fn verdict(candidate: &gov_routing::Candidate) -> Candidate {
    let dimension = |dimension: Dimension| match dimension {
        Dimension::Asset => "asset",
        Dimension::Area => "area",
        Dimension::Matter => "matter",
        Dimension::Grade => "grade",
    };
    let (what, number, by) = match &candidate.verdict {
        Verdict::Won { via } => ("won", Some(*via), Vec::new()),
        Verdict::Lost { to, by } => ("lost", Some(*to), vec![dimension(*by)]),
        Verdict::Repeats { first } => ("repeats", Some(*first), Vec::new()),
        Verdict::LeftOut { by } => ("left_out", None, vec![dimension(*by)]),
        Verdict::DoesNotApply { by } => ("misses", None, by.iter().copied().map(dimension).collect()),
        _ => ("nobody", None, Vec::new()),
    };
    (candidate.rule, what, number, by)
}

fn external(error: RoutingError) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

fn arrow_error(error: &ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
