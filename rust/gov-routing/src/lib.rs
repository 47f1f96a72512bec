//! Exact point-to-grid lookup and decision tables for community governance.
//!
//! A pure crate: no Python in here. `gov-core-py` binds it.
#![forbid(unsafe_code)]

mod crs;
mod error;
mod geometry;
mod index;
mod table;
mod wkb;

pub use crs::{Crs, UnknownCrsError};
pub use error::{BuildError, Fault, RoutingError};
pub use geometry::Geometries;
pub use index::{BuildOptions, GridIndex, Profile, UNCOVERED};
pub use table::{
    Answer, Candidate, Cell, Cells, DecisionTable, Dimension, Explanation, Findings, LISTED, NONE, Part,
    RuleSpec, TableFault, TableSpec, TableWarning, Team, UnitRef, Verdict,
};
