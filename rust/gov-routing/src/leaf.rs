//! A border cell as a table: up to three lines, and the label for each side of each of them.
//!
//! The lines of a cell's edges cut the cell into convex regions. No edge runs through a region, so each
//! region lies in one face and has one label: the sides a point takes of the lines decide its
//! owner. A label is written into the table only after a point of that region was found and its
//! sides and its label were worked out exactly; all other entries say [`ASK`].
//!
//! A line is stored as `s = m * t + c` in cell coordinates u, v in \[0, 1\], with s = u, t = v for a
//! steep line and s = v, t = u for a shallow one (told by the lowest bit of m), so |m| <= 1 and |c| <= 2 + tiny. In
//! float32, with h = 2^-24: u and v err by h/2 each, m by h/2 for rounding and h for the stolen bit, c by h, the
//! product by h/2, the sum by 2h at most and the difference by 2h, in all less than 8h. The
//! coordinates themselves err by less than 2^-23 as long as the raster is no finer than
//! [`FINEST`] cells a side. Hence a difference above [`DOUBT`] = 2^-20 = 16h has the sign of the exact one; anything
//! closer is asked exactly.

use crate::coverage::OUT;
use crate::frame::Frame;
use crate::predicate::{Point, Segment, orient};

/// The entry of a table that cannot answer.
pub(crate) const ASK: u32 = OUT - 1;

/// Differences up to this say nothing.
pub(crate) const DOUBT: f32 = 1.0 / 1_048_576.0;

/// A raster with more cells a side than this has rounding of its own: its border cells are asked exactly.
pub(crate) const FINEST: f64 = 67_108_864.0;

/// A line in cell coordinates.
pub(crate) type Line = [f32; 2];

/// A border cell with one or two lines.
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(32))]
pub(crate) struct Pair {
    pub(crate) lines: [Line; 2],
    pub(crate) labels: [u32; 4],
}

/// A border cell with three lines, or one that is always asked.
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Triple {
    pub(crate) lines: [Line; 3],
    pub(crate) labels: [u32; 8],
    pub(crate) spare: [u32; 2],
}

/// How far a point lies to the upper side of a line: east of a steep one, above a shallow one.
#[inline(always)]
fn excess([m, c]: Line, u: f32, v: f32) -> f32 {
    let shallow = m.to_bits() & 1 != 0;
    let (s, t) = if shallow { (v, u) } else { (u, v) };
    s - (m * t + c)
}

impl Pair {
    /// The label at a point of the cell, or [`ASK`].
    #[inline(always)]
    pub(crate) fn label(&self, u: f32, v: f32) -> u32 {
        let (a, b) = (excess(self.lines[0], u, v), excess(self.lines[1], u, v));
        let at = usize::from(a > 0.0) | usize::from(b > 0.0) << 1;
        if a.abs().min(b.abs()) <= DOUBT { ASK } else { self.labels[at] }
    }
}

impl Triple {
    /// The label at a point of the cell, or [`ASK`].
    #[inline(always)]
    pub(crate) fn label(&self, u: f32, v: f32) -> u32 {
        let [a, b, c] = self.lines.map(|line| excess(line, u, v));
        let at = usize::from(a > 0.0) | usize::from(b > 0.0) << 1 | usize::from(c > 0.0) << 2;
        if a.abs().min(b.abs()).min(c.abs()) <= DOUBT { ASK } else { self.labels[at] }
    }
}

/// A cell of a raster that is `scale` times finer than the frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) ix: u32,
    pub(crate) iy: u32,
    pub(crate) scale: f64,
}

/// A line in double precision, with an edge that lies on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carrier {
    m: f64,
    c: f64,
    shallow: bool,
    edge: Segment,
}

impl Carrier {
    pub(crate) fn new(frame: &Frame, cell: Cell, edge: &Segment) -> Self {
        let dx = (edge.hi[0] - edge.lo[0]) * frame.sx;
        let dy = (edge.hi[1] - edge.lo[1]) * frame.sy;
        let u = (edge.lo[0] - frame.x0) * frame.sx * cell.scale - f64::from(cell.ix);
        let v = (edge.lo[1] - frame.y0) * frame.sy * cell.scale - f64::from(cell.iy);
        let shallow = dx.abs() > dy.abs();
        let m = if shallow { dy / dx } else { dx / dy };
        let c = if shallow { v - m * u } else { u - m * v };
        Self { m, c, shallow, edge: *edge }
    }

    /// As stored. The lowest bit of `m` tells a shallow line from a steep one.
    pub(crate) fn line(&self) -> Line {
        let m = (self.m as f32).to_bits() & !1 | u32::from(self.shallow);
        [f32::from_bits(m), self.c as f32]
    }

    /// Whether the upper side is the left of the edge: above a shallow edge that runs eastwards. East of a
    /// steep one is its right.
    pub(crate) fn upper_is_left(&self) -> bool {
        self.shallow && self.edge.lo[0] <= self.edge.hi[0]
    }

    /// Whether the point moved by (e, e^2) lies on the upper side, exactly.
    pub(crate) fn is_upper(&self, p: Point) -> bool {
        self.edge.is_left(p) == self.upper_is_left()
    }

    /// Whether another edge lies on the same line, exactly.
    pub(crate) fn carries(&self, other: &Segment) -> bool {
        orient(self.edge.lo, self.edge.hi, other.lo) == 0.0
            && orient(self.edge.lo, self.edge.hi, other.hi) == 0.0
    }

    fn excess(&self, [u, v]: Point) -> f64 {
        let (s, t) = if self.shallow { (v, u) } else { (u, v) };
        s - (self.m * t + self.c)
    }
}

/// The regions that lines cut the unit square into: the sides taken, and a point inside.
pub(crate) fn regions(carriers: &[Carrier]) -> Vec<(usize, Point)> {
    let mut regions = vec![(0, vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])];
    for (bit, carrier) in carriers.iter().enumerate() {
        regions = regions
            .into_iter()
            .flat_map(|(sides, polygon)| {
                let upper = clip(&polygon, |p| carrier.excess(p));
                let lower = clip(&polygon, |p| -carrier.excess(p));
                [(sides | 1 << bit, upper), (sides, lower)]
            })
            .filter(|(_, polygon)| polygon.len() > 2)
            .collect();
    }
    regions
        .into_iter()
        .map(|(sides, polygon)| {
            let n = polygon.len() as f64;
            let sum = polygon.iter().fold([0.0; 2], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
            (sides, [sum[0] / n, sum[1] / n])
        })
        .collect()
}

/// The part of a convex polygon where a linear function is positive.
fn clip(polygon: &[Point], f: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    for (i, &a) in polygon.iter().enumerate() {
        let b = polygon[(i + 1) % polygon.len()];
        let (fa, fb) = (f(a), f(b));
        if fa > 0.0 {
            kept.push(a);
        }
        if (fa > 0.0) != (fb > 0.0) {
            let t = fa / (fa - fb);
            kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
        }
    }
    kept
}
