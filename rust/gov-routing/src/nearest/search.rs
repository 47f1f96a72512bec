//! The border nearest to a point: its own cell first, then rings of cells around it.
//!
//! A ring is given up once no side of it can hold anything nearer than what was found. Cells without a border
//! cost one look at four bytes; in border cells every edge of the record is measured. So a search costs
//! as many looks as there are cells nearer than the border (or than the limit), and a few edges.

use std::ops::RangeInclusive;

use crate::frame::{Frame, SIDE};
use crate::leaf::FINEST;
use crate::lookup::View;
use crate::nearest::metric::Metric;
use crate::predicate::{Point, Rect};
use crate::raster::{FINER, KIND, LABEL};

/// A point of a border.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Foot {
    pub(crate) at: Point,
    /// From the point asked about to here, in degrees.
    pub(crate) step: Point,
    /// The edge it lies on: lower end, upper end, number.
    lo: Point,
    hi: Point,
    pub(crate) edge: u32,
}

impl Foot {
    /// Whether it is an end of its edge, where other edges may begin.
    pub(crate) fn is_vertex(&self) -> bool {
        self.at == self.lo || self.at == self.hi
    }

    /// The point of an edge that is nearest to `p` on the tangent plane at `p`.
    ///
    /// The plane turns directions by up to d / (2 R cos lat) as d grows, which moves the foot along the edge
    /// and makes the distance longer by half the square of that, relatively: no more than the
    /// [`Metric`] itself errs.
    pub(crate) fn new(metric: &Metric, p: Point, [a, b]: [Point; 2], edge: u32) -> Self {
        // The direction of an edge depends on the order of grids; what is computed from it must not.
        let (lo, hi) = if (a[1], a[0]) < (b[1], b[0]) { (a, b) } else { (b, a) };
        let minus = |q: Point, p: Point| [q[0] - p[0], q[1] - p[1]];
        let (step, along) = (minus(lo, p), minus(hi, lo));
        let (u, e) = (metric.tangent(step), metric.tangent(along));
        let t = -(u[0] * e[0] + u[1] * e[1]) / (e[0] * e[0] + e[1] * e[1]);
        let on = |q: Point| [q[0] + t * along[0], q[1] + t * along[1]];
        let (at, step) = if t >= 1.0 {
            (hi, minus(hi, p))
        } else if t > 0.0 {
            (on(lo), on(step))
        } else {
            (lo, step)
        };
        Self { at, step, lo, hi, edge }
    }

    /// Whether it is to be preferred to another one just as far: the easternmost, then the northernmost.
    fn beats(&self, other: &Self) -> bool {
        (self.at, self.hi, self.lo) > (other.at, other.hi, other.lo)
    }
}

/// A search in progress.
struct Search<'a> {
    view: View<'a>,
    metric: Metric,
    from: Point,
    /// Square of the distance to the best foot; of the limit as long as there is none.
    square: f64,
    narrowest: f64,
    best: Option<Foot>,
}

/// The border nearest to `from` and no farther than `within_m`, with the distance in metres.
pub(crate) fn nearest_border(
    view: View<'_>,
    metric: &Metric,
    from: Point,
    within_m: f64,
) -> Option<(f64, Foot)> {
    let narrowest = metric.narrowest(within_m);
    let mut search =
        Search { view, metric: *metric, from, square: within_m * within_m, narrowest, best: None };
    let Frame { x0, y0, sx, sy, nx, ny, .. } = view.frame;
    let column = ((from[0] - x0) * sx).clamp(0.0, f64::from(nx - 1)) as u32;
    let row = ((from[1] - y0) * sy).clamp(0.0, f64::from(ny - 1)) as u32;
    search.strip(column..=column, row..=row);
    for ring in 1..nx.max(ny) {
        if !search.ring(column, row, ring) {
            break;
        }
    }
    search.best.map(|foot| (search.square.sqrt(), foot))
}

impl Search<'_> {
    /// Searches the cells `ring` columns or rows away; false if neither they nor any beyond can matter.
    ///
    /// The point lies in the middle cell or, outside of the frame, beyond it. So whatever lies beyond a
    /// side of the ring has gaps in longitude and latitude no smaller than that side has: if the bound of
    /// each side is too large, all that is farther out is too far.
    fn ring(&mut self, column: u32, row: u32, ring: u32) -> bool {
        let (nx, ny) = (self.view.frame.nx, self.view.frame.ny);
        let columns = column.saturating_sub(ring)..=(column + ring).min(nx - 1);
        let rows = row.saturating_sub(ring - 1)..=(row + ring - 1).min(ny - 1);
        let mut matters = false;
        for side in [row.checked_sub(ring), Some(row + ring).filter(|&y| y < ny)].into_iter().flatten() {
            matters |= self.strip(columns.clone(), side..=side);
        }
        for side in [column.checked_sub(ring), Some(column + ring).filter(|&x| x < nx)].into_iter().flatten()
        {
            matters |= self.strip(side..=side, rows.clone());
        }
        matters
    }

    /// Searches a rectangle of cells; false if all of it is too far away.
    fn strip(&mut self, columns: RangeInclusive<u32>, rows: RangeInclusive<u32>) -> bool {
        let view = self.view;
        let frame = view.frame;
        let min = frame.rect(*columns.start(), *rows.start(), 1.0).min;
        let max = frame.rect(*columns.end(), *rows.end(), 1.0).max;
        if self.too_far(&Rect { min, max }) {
            return false;
        }
        for iy in rows {
            let start = iy as usize * frame.nx as usize;
            let Some(nodes) =
                view.top.get(start + *columns.start() as usize..=start + *columns.end() as usize)
            else {
                continue;
            };
            for (ix, &node) in columns.clone().zip(nodes) {
                if node & KIND != LABEL {
                    self.cell(node, ix, iy, 1.0);
                }
            }
        }
        true
    }

    fn cell(&mut self, node: u32, ix: u32, iy: u32, scale: f64) {
        // A copy of the slices: what they point at is not borrowed through the search.
        let view = self.view;
        let frame = view.frame;
        if self.too_far(&frame.rect(ix, iy, scale)) {
            return;
        }
        if node & KIND != FINER {
            if let Some((_, edges)) = view.record(node) {
                for edge in edges {
                    self.edge(edge);
                }
            }
            return;
        }
        let finer = scale * f64::from(SIDE);
        let first = (node & !KIND) as usize * 16;
        let Some(nodes) = view.finer.get(first..first + 16) else { return };
        // No raster is finer than this, so that the numbers of cells fit; a damaged one may lead in circles.
        if f64::from(frame.nx.max(frame.ny)) * finer > FINEST {
            return;
        }
        for (at, &node) in (0..).zip(nodes) {
            if node & KIND != LABEL {
                self.cell(node, ix * SIDE + at % SIDE, iy * SIDE + at / SIDE, finer);
            }
        }
    }

    fn edge(&mut self, edge: u32) {
        let at = edge as usize;
        let Some(&[a, b]) = self.view.points.get(at..at + 2) else { return };
        let foot = Foot::new(&self.metric, self.from, [a, b], edge);
        let [x, y] = self.metric.metres(foot.step);
        let square = x * x + y * y;
        if square < self.square || (square == self.square && self.best.is_none_or(|best| foot.beats(&best))) {
            self.square = square;
            self.narrowest = self.metric.narrowest(square.sqrt());
            self.best = Some(foot);
        }
    }

    /// Whether no point of a rectangle can be as near as the best one.
    ///
    /// Rectangles are padded by far more than the rounding in here, so ties are found wherever they lie.
    fn too_far(&self, rect: &Rect) -> bool {
        self.metric.least_square(self.from, rect, self.narrowest) > self.square
    }
}
