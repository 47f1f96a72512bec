//! From polygons to a proven partition of the plane.
//!
//! Three local facts, each checked exactly, make the labels of all edges agree everywhere:
//!
//! 1. two edges meet in common ends only ([`prove`]);
//! 2. around every vertex, neighbouring edges claim the same grid for the sector between them ([`prove`]);
//! 3. at every vertex that all its edges leave eastwards, the sector to the west is claimed by the
//!    same grid as by the nearest edge to the west (the raster's builder, which has the labels to the west).
//!
//! By 1 the edges cut the plane into faces; by 2 all edges along one boundary of a face claim the same
//! grid for it; by 3 every inner boundary of a face agrees with the one to the west of its westernmost
//! vertex, so, going on westwards, with the outer boundary, or with the bare plane. Hence every
//! face has one label: no two grids overlap, and what no grid claims is uncovered.

mod edges;
mod prove;
mod snap;
mod witness;

pub(crate) use edges::{Chain, Edges, OUT};
pub(crate) use prove::{Lists, prove};
pub(crate) use witness::faults;

use crate::predicate::Point;

/// A place where labels contradict each other, and the grids that can be to blame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Suspect {
    pub(crate) at: Point,
    pub(crate) grids: Vec<u32>,
}

impl Suspect {
    pub(crate) fn new(at: Point, labels: &[u32]) -> Self {
        let mut grids: Vec<u32> = labels.iter().copied().filter(|&label| label != OUT).collect();
        grids.sort_unstable();
        grids.dedup();
        Self { at, grids }
    }

    pub(crate) fn outline(slot: u32, at: Point) -> Self {
        Self { at, grids: vec![slot] }
    }
}
