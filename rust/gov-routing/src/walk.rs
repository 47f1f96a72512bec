//! The exact answer inside one cell: a walk along two sides of a rectangle.
//!
//! The cell's south-western corner has a known label. From there the walk goes north along the cell's
//! western side to the latitude of the point, then east to the point. The label at the point is what
//! lies behind the last edge crossed, or the corner's if none was. The walk stays inside the cell, so only
//! the cell's own edges matter. Corner, turn and point are all moved by (e, e^2): no walk runs along an edge.

use crate::predicate::{Point, Segment, orient};

/// Which side of an edge a point on it counts to.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Arrival {
    /// The point moved by (e, e^2): to the east of the edge, above a horizontal one.
    Beyond,
    /// The point approached from the west: what lies just west of it.
    Before,
}

/// The label at `p`, seen from `corner`, whose label is `label`. `p` lies neither west nor south of it.
pub(crate) fn label_at<'a>(
    edges: impl Iterator<Item = &'a Segment> + Clone,
    corner: Point,
    label: u32,
    p: Point,
    arrival: Arrival,
) -> u32 {
    let turn = [corner[0], p[1]];
    let mut label = label;
    if turn != corner {
        let above = |s: &Segment, q: Point| s.is_left(q) == (s.lo[0] <= s.hi[0]);
        let mut last: Option<&Segment> = None;
        for s in edges.clone() {
            if s.spans_x(corner[0])
                && above(s, turn)
                && !above(s, corner)
                && last.is_none_or(|l| s.is_above(l))
            {
                last = Some(s);
            }
        }
        label = last.map_or(label, Segment::above);
    }
    let passed = |s: &Segment| match arrival {
        Arrival::Beyond => !s.is_left(p),
        Arrival::Before => orient(s.lo, s.hi, p) < 0.0,
    };
    let mut last: Option<&Segment> = None;
    for s in edges {
        if s.spans_y(p[1]) && passed(s) && s.is_left(turn) && last.is_none_or(|l| l.is_left_of(s)) {
            last = Some(s);
        }
    }
    last.map_or(label, |s| s.right)
}

/// The owner of a point on the outer border: the first grid counter-clockwise from east around it.
///
/// `edges` holds every edge that touches `p`. The sector that (e, e^2) points into is uncovered.
pub(crate) fn first_counter_clockwise<'a>(
    edges: impl Iterator<Item = &'a Segment>,
    p: Point,
    out: u32,
) -> u32 {
    // Directions that leave p, each with the label on its counter-clockwise side.
    let mut rays: Vec<(Point, u32)> = Vec::new();
    for s in edges.filter(|s| s.holds(p)) {
        if s.hi != p {
            rays.push((s.hi, s.left));
        }
        if s.lo != p {
            rays.push((s.lo, s.right));
        }
    }
    let lower = |tip: Point| tip[1] < p[1] || (tip[1] == p[1] && tip[0] < p[0]);
    let before = |a: Point, b: Point| match (lower(a), lower(b)) {
        (false, true) => true,
        (true, false) => false,
        _ => orient(p, a, b) > 0.0,
    };
    let first =
        rays.into_iter().filter(|ray| ray.1 != out).reduce(|a, b| if before(b.0, a.0) { b } else { a });
    first.map_or(out, |ray| ray.1)
}
