//! Closes slivers: vertices and edges that lie within a tolerance of each other are made to meet.
//!
//! Vertices are taken in the order of their coordinates, so the order of grids does not matter: each
//! moves onto the first vertex that stands within the tolerance, or stands itself. Then every edge is led through
//! the vertices that stand within the tolerance of it. No point moves farther than the tolerance; whether
//! what comes out is a partition is proven afterwards like any other input.

use foldhash::{HashMap, HashMapExt};

use super::{Chain, Edges};
use crate::frame::Frame;
use crate::predicate::{Point, Segment};

/// Leading an edge through a vertex bends it, maybe close to another one; more rounds than this bend no further.
const ROUNDS: usize = 4;

impl Edges {
    /// The rings with everything within `tolerance` degrees snapped, and how many vertices moved or were added.
    pub(crate) fn snap(self, tolerance: f64) -> (Self, usize) {
        let (mut edges, mut snapped) = self.snap_vertices(tolerance);
        for _ in 0..ROUNDS {
            let added = edges.near_misses(tolerance);
            if added.is_empty() {
                break;
            }
            edges = edges.split(added, &mut snapped);
        }
        (edges, snapped)
    }

    fn snap_vertices(self, tolerance: f64) -> (Self, usize) {
        let mut order: Vec<u32> = (0..self.points.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            let (p, q) = (self.points[a as usize], self.points[b as usize]);
            p.partial_cmp(&q).unwrap_or(std::cmp::Ordering::Equal)
        });
        let key = |p: Point| p.map(|v| (v / tolerance).floor() as i64);
        let mut standing: HashMap<[i64; 2], Vec<Point>> = HashMap::with_capacity(order.len());
        let mut onto = self.points.clone();
        let mut snapped = 0;
        for &at in &order {
            let p = self.points[at as usize];
            let [kx, ky] = key(p);
            let near = (-1..=1)
                .flat_map(|dx| (-1..=1).map(move |dy| [kx + dx, ky + dy]))
                .filter_map(|k| standing.get(&k))
                .flatten()
                .find(|q| (p[0] - q[0]).hypot(p[1] - q[1]) <= tolerance);
            match near {
                Some(&q) => {
                    snapped += usize::from(q != p);
                    onto[at as usize] = q;
                }
                None => standing.entry([kx, ky]).or_default().push(p),
            }
        }
        let mut out =
            Self { points: Vec::with_capacity(onto.len()), chains: Vec::with_capacity(self.chains.len()) };
        for (c, chain) in self.chains.iter().enumerate() {
            let start = out.points.len();
            for &p in &onto[chain.start as usize..self.end(c)] {
                if out.points.len() == start || out.points.last() != Some(&p) {
                    out.points.push(p);
                }
            }
            // A ring that shrank to a point has no edge left.
            if out.points.len() - start > 1 {
                out.chains.push(Chain { start: start as u32, ..*chain });
            } else {
                out.points.truncate(start);
            }
        }
        (out, snapped)
    }

    /// Vertices that lie within the tolerance of an edge, between its ends.
    fn near_misses(&self, tolerance: f64) -> Vec<(u32, Point)> {
        let mut frame = Frame::around(&self.points, self.points.len());
        frame.pad = frame.pad.max(tolerance);
        let mut vertices: Vec<(usize, Point)> = self.points.iter().map(|&p| (frame.cell_of(p), p)).collect();
        vertices.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        vertices.dedup();
        let mut starts = vec![0_usize; frame.cells() + 1];
        for (cell, _) in &vertices {
            starts[cell + 1] += 1;
        }
        for cell in 0..frame.cells() {
            starts[cell + 1] += starts[cell];
        }
        let mut misses = Vec::new();
        for (k, _, s) in self.iter() {
            frame.cells_of(&s, |cell| {
                for &(_, p) in &vertices[starts[cell]..starts[cell + 1]] {
                    if p != s.lo && p != s.hi && is_beside(&s, p, tolerance) {
                        misses.push((k, p));
                    }
                }
            });
        }
        misses
    }
}

/// Whether a point lies within the tolerance of an edge and its foot between the ends.
fn is_beside(s: &Segment, p: Point, tolerance: f64) -> bool {
    let (dx, dy) = (s.hi[0] - s.lo[0], s.hi[1] - s.lo[1]);
    let (px, py) = (p[0] - s.lo[0], p[1] - s.lo[1]);
    let (along, length) = (px * dx + py * dy, dx * dx + dy * dy);
    along > 0.0 && along < length && (px * dy - py * dx).abs() <= tolerance * length.sqrt()
}
