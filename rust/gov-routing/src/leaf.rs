//! A border cell as a table: up to five lines, and the label for each side of each of them.
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

/// A border cell with up to five lines and up to three labels, or one that is always asked.
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Quint {
    /// Lines that are not needed are [`FAR`]: every point lies on their upper side.
    pub(crate) lines: [Line; 5],
    /// The labels that occur; the first is [`ASK`].
    pub(crate) labels: [u32; 4],
    /// For each of the 32 ways to take sides, two bits that say which of the labels it is.
    pub(crate) codes: [u32; 2],
}

/// A line west of every cell.
pub(crate) const FAR: Line = [0.0, -9.0];

/// Most lines that a table can have.
pub(crate) const MOST_LINES: usize = 5;

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

impl Quint {
    /// The table for lines and the labels of the regions that were found; `None` if there are too many labels.
    pub(crate) fn new(lines: &[Line], found: &[(usize, u32)]) -> Option<Self> {
        let mut quint = Self { lines: [FAR; 5], labels: [ASK; 4], codes: [0; 2] };
        quint.lines[..lines.len()].copy_from_slice(lines);
        let unused = (1_usize << MOST_LINES) - (1 << lines.len());
        let mut known = 1;
        let mut codes = 0_u64;
        for &(sides, label) in found {
            let code = match quint.labels[..known].iter().position(|&l| l == label) {
                Some(code) => code,
                None if known == quint.labels.len() => return None,
                None => {
                    quint.labels[known] = label;
                    known += 1;
                    known - 1
                }
            };
            codes |= (code as u64) << (2 * (sides | unused));
        }
        quint.codes = [codes as u32, (codes >> 32) as u32];
        Some(quint)
    }

    /// The label at a point of the cell, or [`ASK`].
    #[inline(always)]
    pub(crate) fn label(&self, u: f32, v: f32) -> u32 {
        let (mut at, mut closest) = (0, f32::INFINITY);
        for (bit, &line) in self.lines.iter().enumerate() {
            let excess = excess(line, u, v);
            at |= u32::from(excess > 0.0) << bit;
            closest = closest.min(excess.abs());
        }
        let codes = u64::from(self.codes[0]) | u64::from(self.codes[1]) << 32;
        let label = self.labels[(codes >> (2 * at)) as usize & 3];
        if closest <= DOUBT { ASK } else { label }
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

/// A convex polygon of at most nine corners: a square cut by five lines.
#[derive(Clone, Copy)]
struct Polygon {
    count: usize,
    corners: [Point; 4 + MOST_LINES],
}

impl Polygon {
    const EMPTY: Self = Self { count: 0, corners: [[0.0; 2]; 4 + MOST_LINES] };

    fn unit_square() -> Self {
        let mut square = Self { count: 4, ..Self::EMPTY };
        square.corners[..4].copy_from_slice(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
        square
    }

    fn push(&mut self, p: Point) {
        // Rounding may cut a corner into more than there is room for; a part of a region will do.
        if self.count < self.corners.len() {
            self.corners[self.count] = p;
            self.count += 1;
        }
    }

    /// The part on the upper side of a line, and the part on the lower side.
    fn cut(&self, carrier: &Carrier) -> [Self; 2] {
        let mut parts = [Self::EMPTY; 2];
        let corners = &self.corners[..self.count];
        let mut previous = corners[self.count - 1];
        let mut before = carrier.excess(previous);
        for &corner in corners {
            let excess = carrier.excess(corner);
            if (before > 0.0) != (excess > 0.0) {
                let t = before / (before - excess);
                let p = [
                    previous[0] + t * (corner[0] - previous[0]),
                    previous[1] + t * (corner[1] - previous[1]),
                ];
                parts[0].push(p);
                parts[1].push(p);
            }
            parts[usize::from(excess <= 0.0)].push(corner);
            (previous, before) = (corner, excess);
        }
        parts
    }

    fn middle(&self) -> Point {
        let sum = self.corners[..self.count].iter().fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]]);
        sum.map(|v| v / self.count as f64)
    }
}

/// Calls `visit` with each region that up to five lines cut the unit square into: the sides taken, and a point inside.
pub(crate) fn regions(carriers: &[Carrier], mut visit: impl FnMut(usize, Point)) {
    // Five lines make at most 1 + 5 + 10 regions.
    let mut regions = [(0, Polygon::EMPTY); 16];
    regions[0] = (0, Polygon::unit_square());
    let mut count = 1;
    for (bit, carrier) in carriers.iter().enumerate() {
        let known = count;
        for at in 0..known {
            let (sides, polygon) = regions[at];
            let [upper, lower] = polygon.cut(carrier);
            match (upper.count > 2, lower.count > 2) {
                (true, false) => regions[at] = (sides | 1 << bit, polygon),
                (false, _) => {}
                (true, true) => {
                    regions[at] = (sides | 1 << bit, upper);
                    if count < regions.len() {
                        regions[count] = (sides, lower);
                        count += 1;
                    }
                }
            }
        }
    }
    for (sides, polygon) in &regions[..count] {
        visit(*sides, polygon.middle());
    }
}
