//! Exact point-to-grid lookup and decision tables for community governance.
//!
//! A pure crate: no Python in here. `gov-core-py` binds it.
#![forbid(unsafe_code)]

mod coverage;
mod crs;
mod error;
mod frame;
mod geojson;
mod geometry;
mod index;
mod json;
mod leaf;
mod lookup;
mod nearest;
mod outline;
mod predicate;
mod raster;
mod table;
mod walk;
mod wkb;

pub use crs::{Crs, UnknownCrsError};
pub use error::{BuildError, Fault, RoutingError};
pub use geojson::{Feature, FeatureCollection, FeatureFault, Property, read_geojson};
pub use geometry::Geometries;
pub use index::{BuildOptions, GridIndex, Profile, Report};
pub use lookup::UNCOVERED;
pub use nearest::Nearest;
pub use outline::{Flaw, Outline};
pub use table::{
    Answer, Candidate, Cell, Cells, DecisionTable, Dimension, Explanation, Findings, LISTED, NONE, Part,
    RuleSpec, TableFault, TableSpec, TableWarning, Team, UnitRef, Verdict,
};
