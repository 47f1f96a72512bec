//! Checks, cell by cell, that edges meet in common ends only and agree around every vertex.

use super::{Edges, Suspect};
use crate::frame::Frame;
use crate::predicate::{Meeting, Point, Segment, meeting, orient};

/// The edges that may touch each cell of a frame.
pub(crate) struct Lists {
    pub(crate) frame: Frame,
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl Lists {
    pub(crate) fn new(edges: &Edges, frame: Frame) -> Self {
        let cells = frame.cells();
        let mut starts = vec![0_u32; cells + 1];
        for (_, _, s) in edges.iter() {
            frame.cells_of(&s, |cell| starts[cell] += 1);
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        // Filled from the back, so that each list comes out in order and `starts` ends up as it says.
        let mut ids = vec![0_u32; total as usize];
        for c in (0..edges.chains.len()).rev() {
            let chain = edges.chains[c];
            for k in (chain.start as usize..edges.end(c) - 1).rev() {
                let s = Segment::new(edges.points[k], edges.points[k + 1], chain.left, chain.right);
                frame.cells_of(&s, |cell| {
                    starts[cell] -= 1;
                    ids[starts[cell] as usize] = k as u32;
                });
            }
        }
        Self { frame, starts, ids }
    }

    #[inline]
    pub(crate) fn of(&self, cell: usize) -> &[u32] {
        &self.ids[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}

/// What keeps edges from being a partition.
#[derive(Default, Debug)]
pub(crate) struct Flaws {
    /// Vertices that lie inside of an edge: the number of the edge, and where.
    pub(crate) splits: Vec<(u32, Point)>,
    /// Places where labels contradict each other.
    pub(crate) suspects: Vec<Suspect>,
}

/// An end of an edge, as seen from the vertex there.
struct Spoke {
    vertex: Point,
    tip: Point,
    chain: u32,
    /// Labels on either side when leaving the vertex.
    left: u32,
    right: u32,
}

/// Every flaw of the edges in the rows `rows` of the frame.
pub(crate) fn prove(edges: &Edges, chain_of: &[u32], lists: &Lists, rows: std::ops::Range<u32>) -> Flaws {
    let mut flaws = Flaws::default();
    let mut near: Vec<(u32, u32, Segment)> = Vec::new();
    let mut spokes: Vec<Spoke> = Vec::new();
    let nx = lists.frame.nx as usize;
    for cell in rows.start as usize * nx..rows.end as usize * nx {
        let ids = lists.of(cell);
        if ids.is_empty() {
            continue;
        }
        near.clear();
        near.extend(ids.iter().map(|&k| {
            let c = chain_of[k as usize];
            let chain = edges.chains[c as usize];
            let (a, b) = (edges.points[k as usize], edges.points[k as usize + 1]);
            (k, c, Segment::new(a, b, chain.left, chain.right))
        }));
        if near.len() > 16 {
            near.sort_unstable_by(|a, b| a.2.min_x().total_cmp(&b.2.min_x()));
        }
        let sorted = near.len() > 16;
        for (i, (k, _, e)) in near.iter().enumerate() {
            for (j, _, f) in &near[i + 1..] {
                if sorted && f.min_x() > e.max_x() {
                    break;
                }
                match meeting(e, f) {
                    Meeting::Clean => {}
                    Meeting::Touch(first, at) => flaws.splits.push((if first { *k } else { *j }, at)),
                    Meeting::Cross => {
                        flaws
                            .suspects
                            .push(Suspect::new(crossing(e, f), &[e.left, e.right, f.left, f.right]));
                    }
                }
            }
        }
        spokes.clear();
        for &(_, chain, s) in &near {
            if lists.frame.cell_of(s.lo) == cell {
                spokes.push(Spoke { vertex: s.lo, tip: s.hi, chain, left: s.left, right: s.right });
            }
            if lists.frame.cell_of(s.hi) == cell {
                spokes.push(Spoke { vertex: s.hi, tip: s.lo, chain, left: s.right, right: s.left });
            }
        }
        if spokes.len() > 2 {
            spokes.sort_unstable_by(|a, b| {
                a.vertex.partial_cmp(&b.vertex).unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        for around in spokes.chunk_by_mut(|a, b| a.vertex == b.vertex) {
            // Where a chain just goes on, its labels do too.
            let goes_on = around.len() == 2 && around[0].chain == around[1].chain;
            if !goes_on && !agree(around) {
                let labels: Vec<u32> = around.iter().flat_map(|s| [s.left, s.right]).collect();
                flaws.suspects.push(Suspect::new(around[0].vertex, &labels));
            }
        }
    }
    flaws
}

/// Whether neighbouring edges around a vertex claim the same label for the sector between them.
fn agree(around: &mut [Spoke]) -> bool {
    let vertex = around[0].vertex;
    let lower = |s: &Spoke| (s.tip[1], s.tip[0]) < (vertex[1], vertex[0]);
    around.sort_unstable_by(|a, b| {
        lower(a).cmp(&lower(b)).then_with(|| 0.0_f64.total_cmp(&(orient(vertex, a.tip, b.tip) + 0.0)))
    });
    (0..around.len()).all(|i| around[i].left == around[(i + 1) % around.len()].right)
}

/// About where two segments cross.
fn crossing(e: &Segment, f: &Segment) -> Point {
    let (a, b) = (orient(f.lo, f.hi, e.lo), orient(f.lo, f.hi, e.hi));
    let t = (a / (a - b)).clamp(0.0, 1.0);
    [e.lo[0] + t * (e.hi[0] - e.lo[0]), e.lo[1] + t * (e.hi[1] - e.lo[1])]
}
