//! Exact point-to-grid lookup and decision tables for community governance.
//!
//! A pure crate: no Python in here. `gov-core-py` binds it.
#![forbid(unsafe_code)]

mod coverage;
mod crs;
mod error;
mod file;
mod frame;
mod geojson;
mod geometry;
mod index;
mod json;
mod json_lines;
mod layer;
mod leaf;
mod lookup;
mod nearest;
mod outline;
mod predicate;
mod raster;
mod records;
pub mod router;
mod seen_ids;
mod table;
mod walk;
mod wkb;

pub use crs::{Crs, UnknownCrsError};
pub use error::{BuildError, Fault, RoutingError};
pub use file::{FORMAT_VERSION, FileError, VERIFIED_BY_DEFAULT, Verify};
pub use geojson::{Feature, FeatureCollection, FeatureFault, Property, read_geojson};
pub use geometry::Geometries;
pub use index::{BuildOptions, GridIndex, Profile, Report};
pub use json_lines::{JsonKeys, JsonKind};
pub use layer::LayerIndex;
pub use lookup::UNCOVERED;
pub use nearest::Nearest;
pub use outline::{Flaw, Outline};
pub use seen_ids::SeenIds;
pub use table::{
    Answer, Candidate, Cell, Cells, DecisionTable, Dimension, Explanation, Findings, LISTED, NONE, Part,
    RuleSpec, TableFault, TableSpec, TableWarning, Team, UnitRef, Verdict,
};

/// The instruction set that batches run with: "baseline", "avx2" or "avx512".
///
/// Chosen once at run time from what the processor offers; the environment variable `GOV_CORE_LEVEL` asks for a
/// lower one. The answers are the same.
#[must_use]
pub fn cpu_level() -> &'static str {
    gov_routing_kernel::level().name()
}
