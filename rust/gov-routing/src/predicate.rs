//! Exact questions about points and segments.
//!
//! Signs come from the adaptive predicates of the `robust` crate: a float filter first, exact
//! expansions where it cannot tell. They are exact as long as products neither overflow nor underflow,
//! which [`settle`] and the readers of geometry see to.
//!
//! Ties are broken by moving the point an infinitesimal step east and then a far smaller step north,
//! p + (e, e^2), so that no point lies on an edge and every point has one owner.

use robust::{Coord, orient2d};

pub(crate) type Point = [f64; 2];

/// Magnitudes below this are moved to it: 2^-300 degrees. Products of two of them stay normal.
pub(crate) const TINY: f64 = f64::from_bits((1023 - 300) << 52);

/// A coordinate as the predicates can bear it: magnitudes below 2^-300 become 0 or 2^-300.
#[inline]
pub(crate) fn settle(v: f64) -> f64 {
    if v.abs() < TINY && v != 0.0 { TINY.copysign(v) } else { v }
}

/// Positive if `p` lies left of the line from `a` to `b`, negative right of it, 0 on it.
#[inline]
pub(crate) fn orient(a: Point, b: Point, p: Point) -> f64 {
    orient2d(Coord { x: a[0], y: a[1] }, Coord { x: b[0], y: b[1] }, Coord { x: p[0], y: p[1] })
}

/// An edge of the coverage, directed upwards (a horizontal one eastwards), with the labels beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    /// Lower end; the western one of a horizontal edge.
    pub(crate) lo: Point,
    /// Upper end; the eastern one of a horizontal edge.
    pub(crate) hi: Point,
    /// Label on the left: west of an edge, above a horizontal one.
    pub(crate) left: u32,
    /// Label on the right: east of an edge, below a horizontal one.
    pub(crate) right: u32,
}

impl Segment {
    /// The edge from `a` to `b` with the labels seen when walking from `a` to `b`.
    #[inline]
    pub(crate) fn new(a: Point, b: Point, left: u32, right: u32) -> Self {
        if (a[1], a[0]) < (b[1], b[0]) {
            Self { lo: a, hi: b, left, right }
        } else {
            Self { lo: b, hi: a, left: right, right: left }
        }
    }

    #[inline]
    pub(crate) fn min_x(&self) -> f64 {
        self.lo[0].min(self.hi[0])
    }

    #[inline]
    pub(crate) fn max_x(&self) -> f64 {
        self.lo[0].max(self.hi[0])
    }

    /// Whether p + (e, e^2) lies left of the line through the edge.
    #[inline]
    pub(crate) fn is_left(&self, p: Point) -> bool {
        let side = orient(self.lo, self.hi, p);
        side > 0.0 || (side == 0.0 && self.lo[1] == self.hi[1])
    }

    /// Whether the horizontal line just above `y` crosses the edge.
    #[inline]
    pub(crate) fn spans_y(&self, y: f64) -> bool {
        self.lo[1] <= y && y < self.hi[1]
    }

    /// Whether the vertical line just east of `x` crosses the edge.
    #[inline]
    pub(crate) fn spans_x(&self, x: f64) -> bool {
        self.min_x() <= x && x < self.max_x()
    }

    /// Whether the closed edge holds the point, exactly.
    #[inline]
    pub(crate) fn holds(&self, p: Point) -> bool {
        self.lo[1] <= p[1]
            && p[1] <= self.hi[1]
            && self.min_x() <= p[0]
            && p[0] <= self.max_x()
            && orient(self.lo, self.hi, p) == 0.0
    }

    /// The label above the edge where a vertical line crosses it.
    #[inline]
    pub(crate) fn above(&self) -> u32 {
        if self.lo[0] <= self.hi[0] { self.left } else { self.right }
    }

    /// Whether this edge lies left of another that spans a common height, given that they do not cross.
    pub(crate) fn is_left_of(&self, other: &Self) -> bool {
        // The higher of the lower ends is a height that both reach; where they touch there, the lower upper end.
        let low = if self.lo[1] >= other.lo[1] {
            orient(other.lo, other.hi, self.lo)
        } else {
            -orient(self.lo, self.hi, other.lo)
        };
        if low != 0.0 {
            return low > 0.0;
        }
        if self.hi[1] <= other.hi[1] {
            orient(other.lo, other.hi, self.hi) > 0.0
        } else {
            orient(self.lo, self.hi, other.hi) < 0.0
        }
    }

    /// Whether this edge lies above another that spans a common longitude, given that they do not cross.
    pub(crate) fn is_above(&self, other: &Self) -> bool {
        let (a, b) = (self.eastward(), other.eastward());
        let low = if a.0[0] >= b.0[0] { orient(b.0, b.1, a.0) } else { -orient(a.0, a.1, b.0) };
        if low != 0.0 {
            return low > 0.0;
        }
        if a.1[0] <= b.1[0] { orient(b.0, b.1, a.1) > 0.0 } else { orient(a.0, a.1, b.1) < 0.0 }
    }

    fn eastward(&self) -> (Point, Point) {
        if self.lo[0] <= self.hi[0] { (self.lo, self.hi) } else { (self.hi, self.lo) }
    }
}

/// A closed axis-parallel rectangle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rect {
    pub(crate) min: Point,
    pub(crate) max: Point,
}

impl Rect {
    /// Whether the closed segment and the closed rectangle share a point, exactly.
    ///
    /// By separating axes: x, y and the normal of the segment.
    #[inline]
    pub(crate) fn touches(&self, s: &Segment) -> bool {
        if s.hi[1] < self.min[1]
            || s.lo[1] > self.max[1]
            || s.max_x() < self.min[0]
            || s.min_x() > self.max[0]
        {
            return false;
        }
        // Only the two corners that lie farthest to either side of the line can decide.
        let (low, high) = if s.lo[0] <= s.hi[0] {
            ([self.max[0], self.min[1]], [self.min[0], self.max[1]])
        } else {
            (self.min, self.max)
        };
        let (a, b) = (orient(s.lo, s.hi, low), orient(s.lo, s.hi, high));
        !((a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0))
    }

    /// Whether the closed rectangle holds the point.
    #[inline]
    pub(crate) fn holds(&self, p: Point) -> bool {
        self.min[0] <= p[0] && p[0] <= self.max[0] && self.min[1] <= p[1] && p[1] <= self.max[1]
    }
}

/// How two segments meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Meeting {
    /// Not at all, or only in an end that both have.
    Clean,
    /// An end of one lies inside the other: which one is to be split (`true`: the first) and where.
    Touch(bool, Point),
    /// They cross inside both.
    Cross,
}

/// How two segments meet, exactly. Several touches are told one at a time; a split edge is asked again.
pub(crate) fn meeting(e: &Segment, f: &Segment) -> Meeting {
    if e.hi[1] < f.lo[1] || f.hi[1] < e.lo[1] || e.max_x() < f.min_x() || f.max_x() < e.min_x() {
        return Meeting::Clean;
    }
    let (c, d) = (orient(e.lo, e.hi, f.lo), orient(e.lo, e.hi, f.hi));
    if c == 0.0 || d == 0.0 {
        for (side, p) in [(c, f.lo), (d, f.hi)] {
            if side == 0.0 && p != e.lo && p != e.hi && e.holds(p) {
                return Meeting::Touch(true, p);
            }
        }
    }
    let (a, b) = (orient(f.lo, f.hi, e.lo), orient(f.lo, f.hi, e.hi));
    for (side, p) in [(a, e.lo), (b, e.hi)] {
        if side == 0.0 && p != f.lo && p != f.hi && f.holds(p) {
            return Meeting::Touch(false, p);
        }
    }
    if (a > 0.0 && b < 0.0 || a < 0.0 && b > 0.0) && (c > 0.0 && d < 0.0 || c < 0.0 && d > 0.0) {
        Meeting::Cross
    } else {
        Meeting::Clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(a: Point, b: Point) -> Segment {
        Segment::new(a, b, 0, 1)
    }

    #[test]
    fn meetings() {
        let e = segment([0., 0.], [4., 4.]);
        let cases = [
            (segment([0., 4.], [4., 0.]), Meeting::Cross),
            (segment([4., 4.], [5., 0.]), Meeting::Clean),
            (segment([1., 1.], [5., 0.]), Meeting::Touch(true, [1., 1.])),
            (segment([0., 0.], [8., 8.]), Meeting::Touch(false, [4., 4.])),
            (segment([2., 2.], [8., 8.]), Meeting::Touch(true, [2., 2.])),
            (segment([0., 0.], [4., 4.]), Meeting::Clean),
            (segment([0., 1.], [4., 5.]), Meeting::Clean),
            (segment([5., 5.], [6., 6.]), Meeting::Clean),
            (segment([4., 4.], [6., 6.]), Meeting::Clean),
        ];
        for (f, expected) in cases {
            assert_eq!(meeting(&e, &f), expected, "{f:?}");
        }
    }

    #[test]
    fn rectangles_touch_closed_segments() {
        let r = Rect { min: [0., 0.], max: [1., 1.] };
        assert!(!r.touches(&segment([-1., 1.], [1., 3.])));
        assert!(r.touches(&segment([-1., 0.], [1., 2.])), "through the corner (0, 1)");
        assert!(r.touches(&segment([0.2, 0.2], [0.3, 0.3])));
        assert!(r.touches(&segment([-5., 0.5], [5., 0.5])));
        assert!(!r.touches(&segment([0.9, 2.], [2., 0.9])));
    }

    #[test]
    fn tiny_coordinates_keep_their_sign() {
        assert_eq!(settle(5e-324), TINY);
        assert_eq!(settle(-5e-324), -TINY);
        assert_eq!(settle(0.0), 0.0);
        assert_eq!(settle(1e-9), 1e-9);
    }
}
