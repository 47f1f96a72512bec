//! One side of a ring, and which paths cross it.
//!
//! Paths run at `p + (e, e^2)`, so they never meet a vertex and each crossing counts once.

use crate::predicate::{Point, Segment};

/// A side, directed up; a horizontal one leads east.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    lo: Point,
    hi: Point,
}

/// The error bound of `orient2d`'s first stage, relative to the sum of its two products: valid unless they
/// underflow, which `predicate::settle` prevents (Ozaki et al. 2016, <https://doi.org/10.1007/s10543-015-0574-9>).
const FILTER: f64 = 3.330_669_062_177_372_2e-16;

impl Edge {
    pub(super) fn new(p: Point, q: Point) -> Self {
        Segment::new(p, q, 0, 0).into()
    }

    /// The same for the exact predicates, which know labels that nobody reads here.
    pub(super) fn segment(&self) -> Segment {
        Segment { lo: self.lo, hi: self.hi, left: 0, right: 0 }
    }

    pub(super) fn ends(&self) -> [Point; 2] {
        [self.lo, self.hi]
    }

    /// Whether the edge crosses the upright line just east of a corner above that corner.
    pub(super) fn rises_over(&self, corner: Point) -> bool {
        let segment = self.segment();
        segment.spans_x(corner[0]) && segment.is_left(corner) != (self.lo[0] < self.hi[0])
    }

    /// Whether the path from `from` up to the latitude `y` crosses.
    pub(super) fn crosses_up(&self, from: Point, y: f64) -> bool {
        let segment = self.segment();
        segment.spans_x(from[0]) && segment.is_left(from) != segment.is_left([from[0], y])
    }

    /// Whether the path from `from` east to the longitude `x` crosses.
    pub(super) fn crosses_east(&self, from: Point, x: f64) -> bool {
        let segment = self.segment();
        segment.spans_y(from[1]) && segment.is_left(from) != segment.is_left([x, from[1]])
    }

    /// Whether the path from `corner` up to the point's latitude, then east to the point crosses.
    pub(super) fn crosses(&self, corner: Point, point: Point) -> bool {
        self.crosses_up(corner, point[1]) != self.crosses_east([corner[0], point[1]], point[0])
    }

    /// The answer of [`Self::crosses`] in plain floats and without a branch, and whether it is certain; the edge
    /// does not hold the point then. `rises` is the answer of [`Self::rises_over`].
    #[inline(always)]
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "which side a point lies on cannot be predicted, so no branches"
    )]
    pub(super) fn crosses_quickly(&self, corner_x: f64, [x, y]: Point, rises: bool) -> (bool, bool) {
        let Self { lo, hi } = self;
        let (to_lo, to_hi) = (lo[1] - y, hi[1] - y);
        let side = |x: f64| {
            let (one, other) = ((lo[0] - x) * to_hi, to_lo * (hi[0] - x));
            (one - other, FILTER * (one + other).abs())
        };
        let ((side, bound), (corner_side, corner_bound)) = (side(x), side(corner_x));
        // Above and left are the same for an edge that leads east, opposites for one that leads west.
        let up = rises & ((corner_side > 0.0) == (lo[0] < hi[0]));
        let east = (to_lo <= 0.0) & (to_hi > 0.0) & (corner_side > 0.0) & (side < 0.0);
        (up != east, (side.abs() > bound) & (corner_side.abs() > corner_bound))
    }
}

impl From<Segment> for Edge {
    fn from(segment: Segment) -> Self {
        Self { lo: segment.lo, hi: segment.hi }
    }
}
