//! Overlapping jurisdictions: police beats, school districts, parks, business areas.
//!
//! Unlike grids they are no partition: a point may lie in any number of them, and on the border of two it lies
//! in both. [`LayerIndex`] answers with all of them.

mod batch;
mod build;
mod edge;
mod lattice;
mod partial;
#[cfg(test)]
mod tests;

use crate::predicate::{Point, settle};
use crate::{BuildError, Geometries, RoutingError};
use edge::Edge;
use lattice::{FINE_BITS, Lattice, SPLIT_BITS};
use partial::Partial;

/// What a node is, in its two highest bits; the others say where the rest lies.
const KIND: u32 = 3 << 30;
const OFFSET: u32 = !KIND;
/// No edge in the cell: the offset is that of the list of polygons that cover it.
const COVER: u32 = 0;
/// Edges in the cell: the offset is that of its leaf.
const LEAF: u32 = 1 << 30;
/// The cell is split: the offset is that of the first of its nodes.
const SPLIT: u32 = 2 << 30;

/// Exact index of polygons that may overlap.
///
/// A point belongs to every polygon that holds it, borders included: what `intersects` means in GEOS and shapely.
/// Inside is what an odd number of rings surrounds, counted over all rings of a multipolygon, which for a valid
/// one is its area. Coordinates are degrees; the polygons and the points are in the same system.
///
/// The plane is cut into cells whose sides are exact floats. A cell stores the list of polygons that cover it,
/// shared with other cells, and for each polygon with an edge in the cell those edges and whether the cell's
/// lower left corner is inside. A point is inside if so is the corner, once for every edge that a path from the
/// corner to the point crosses. What plain floats leave in doubt is decided by adaptive predicates, so no answer
/// depends on rounding.
///
/// Memory grows with the corners, 150 to 350 bytes for each on city maps. A look-up does not slow down with the
/// number of polygons, only with how many overlap where it looks.
///
/// # Examples
///
/// ```
/// use gov_routing::{Geometries, LayerIndex};
/// let square = |x: f64, y: f64, w: f64| vec![vec![[x, y], [x + w, y], [x + w, y + w], [x, y + w], [x, y]]];
/// let mut beats = Geometries::default();
/// beats.push_rings(&[square(118.0, 32.0, 0.2)])?;
/// beats.push_rings(&[square(118.1, 32.1, 0.2)])?;
/// let index = LayerIndex::build(&beats)?;
/// assert_eq!(index.locate_all(118.05, 32.05)?, [0]);
/// assert_eq!(index.locate_all(118.15, 32.15)?, [0, 1]);
/// let (offsets, ids) = index.locate_all_batch(&[118.25, 119.0, 118.1], &[32.25, 32.0, 32.1], 1)?;
/// assert_eq!((offsets, ids), (vec![0, 1, 1, 3], vec![1, 0, 1])); // the corner of 1 lies in 0 as well
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct LayerIndex {
    count: usize,
    lattice: Lattice,
    /// The raster row by row, then the cells of split cells, row by row each.
    nodes: Vec<u32>,
    /// A leaf: its cover list, the position of its first edge, the number of polygons; for each its [`Partial`].
    leaves: Vec<u32>,
    /// The edges of each leaf, polygon by polygon.
    edges: Vec<Edge>,
    /// A list: its length, then ascending ids.
    covers: Vec<u32>,
}

impl LayerIndex {
    /// Builds the index; ids are positions in `geometries`.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the index would need more than 2^30 entries in one of its sections, 32 GB of edges say.
    pub fn build(geometries: &Geometries) -> Result<Self, BuildError> {
        build::build(geometries)
    }

    /// Number of polygons.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether it holds no polygon.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of memory it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.edges)
            + size_of_val(&*self.nodes)
            + size_of_val(&*self.leaves)
            + size_of_val(&*self.covers)
    }

    /// The polygons that hold a point, ascending.
    ///
    /// # Errors
    ///
    /// [`RoutingError::NonFiniteCoordinate`].
    pub fn locate_all(&self, lon: f64, lat: f64) -> Result<Vec<u32>, RoutingError> {
        if !(lon.is_finite() && lat.is_finite()) {
            return Err(RoutingError::NonFiniteCoordinate { lon, lat });
        }
        let point = [settle(lon), settle(lat)];
        let mut ids = Vec::new();
        self.collect(point, self.node(point), &mut ids);
        Ok(ids)
    }

    /// The polygons that hold each of many points: offsets, one more than points, and ids. Those of point `i` are
    /// `ids[offsets[i]..offsets[i + 1]]`, ascending; none for a point that is not finite. Answers are the same for
    /// any number of threads.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`].
    pub fn locate_all_batch(
        &self,
        lon: &[f64],
        lat: &[f64],
        threads: usize,
    ) -> Result<(Vec<i64>, Vec<u32>), RoutingError> {
        if lon.len() != lat.len() {
            return Err(RoutingError::LengthMismatch { left: lon.len(), right: lat.len() });
        }
        Ok(batch::locate_all(self, lon, lat, threads))
    }

    /// The node of the smallest cell that holds a point, with the bits of its width; never [`SPLIT`].
    #[inline(always)]
    fn node(&self, point: Point) -> (u32, u32) {
        if !self.lattice.holds(point) {
            return (COVER, 0);
        }
        let [x, y] = self.lattice.keys(point);
        let [x0, y0] = self.lattice.origin();
        let mut bits = FINE_BITS;
        let column = ((x - x0) >> bits) as usize;
        let row = ((y - y0) >> bits) as usize;
        let mut node = self.nodes[row * self.lattice.cells()[0] + column];
        while node & KIND == SPLIT {
            bits -= SPLIT_BITS;
            let mask = (1 << SPLIT_BITS) - 1;
            let within = (y >> bits & mask) << SPLIT_BITS | x >> bits & mask;
            node = self.nodes[(node & OFFSET) as usize + within as usize];
        }
        (node, bits)
    }

    /// Appends the polygons that hold a point, given its node.
    #[inline(always)]
    fn collect(&self, point: Point, (node, bits): (u32, u32), ids: &mut Vec<u32>) {
        if node & KIND == COVER {
            ids.extend_from_slice(list_at(&self.covers, node & OFFSET));
            return;
        }
        let [cover, first, partials, rest @ ..] = &self.leaves[(node & OFFSET) as usize..] else { return };
        let (mut cover, mut first) = (list_at(&self.covers, *cover), *first as usize);
        let corner = self.lattice.corner(self.lattice.keys(point).map(|key| key >> bits << bits));
        for words in rest.chunks_exact(Partial::WORDS).take(*partials as usize) {
            let partial = Partial::read(words);
            let edges = &self.edges[first..first + partial.edges];
            if partial.holds(edges, corner, point) {
                let (before, after) =
                    cover.split_at(cover.partition_point(|&covering| covering < partial.id));
                ids.extend_from_slice(before);
                ids.push(partial.id);
                cover = after;
            }
            first += partial.edges;
        }
        ids.extend_from_slice(cover);
    }
}

/// The list that starts at `at` with its length.
#[inline(always)]
fn list_at(lists: &[u32], at: u32) -> &[u32] {
    let at = at as usize;
    &lists[at + 1..][..lists[at] as usize]
}
