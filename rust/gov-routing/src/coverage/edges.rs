//! The edges of a coverage, each stored once with the labels of its two sides.

use crate::coverage::Suspect;
use crate::frame::Frame;
use crate::geometry::Geometries;
use crate::predicate::{Point, Segment, orient};

/// The label of ground that no grid covers; labels fit in 30 bits.
pub(crate) const OUT: u32 = 0x3fff_ffff;

/// A polyline with one grid all along its left and one all along its right.
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(crate) struct Chain {
    /// Position of its first point.
    pub(crate) start: u32,
    /// Label on the left when walking along.
    pub(crate) left: u32,
    /// Label on the right.
    pub(crate) right: u32,
}

/// Chains over one array of points. Edge k runs from point k to point k + 1 of the same chain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edges {
    pub(crate) points: Vec<Point>,
    pub(crate) chains: Vec<Chain>,
}

/// Marks an edge that another one of the same place already stands for, or that has one grid on both sides.
const DROPPED: u32 = u32::MAX;

impl Edges {
    /// The rings as chains with their grid on the left: shells counter-clockwise, holes clockwise.
    ///
    /// # Errors
    ///
    /// A suspect for each ring whose corners enclose no area, or that turns back on itself.
    pub(crate) fn from_rings(geometries: Geometries) -> Result<Self, Vec<Suspect>> {
        let Geometries { mut coords, ring_ends, polygon_ends, geometry_ends } = geometries;
        let mut chains = Vec::with_capacity(ring_ends.len());
        let mut suspects = Vec::new();
        let (mut polygon, mut ring, mut start) = (0, 0, 0);
        for (slot, &polygon_end) in geometry_ends.iter().enumerate() {
            for &ring_end in &polygon_ends[polygon..polygon_end] {
                for r in ring..ring_end {
                    let points = &mut coords[start..ring_ends[r]];
                    match is_counter_clockwise(points) {
                        Some(ccw) if ccw != (r == ring) => points.reverse(),
                        Some(_) => {}
                        None => suspects.push(Suspect::outline(slot as u32, points[0])),
                    }
                    if let Some(tip) = turns_back(points) {
                        suspects.push(Suspect::outline(slot as u32, tip));
                    }
                    chains.push(Chain { start: start as u32, left: slot as u32, right: OUT });
                    start = ring_ends[r];
                }
                ring = ring_end;
            }
            polygon = polygon_end;
        }
        if suspects.is_empty() { Ok(Self { points: coords, chains }) } else { Err(suspects) }
    }

    /// End of a chain's points.
    pub(crate) fn end(&self, chain: usize) -> usize {
        self.chains.get(chain + 1).map_or(self.points.len(), |next| next.start as usize)
    }

    /// Number of edges.
    pub(crate) fn count(&self) -> usize {
        self.points.len() - self.chains.len()
    }

    /// Every edge: its number, its chain, and the edge itself.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, Segment)> {
        self.chains.iter().enumerate().flat_map(move |(c, chain)| {
            let points = &self.points[chain.start as usize..self.end(c)];
            points.windows(2).enumerate().map(move |(at, ends)| {
                (chain.start + at as u32, c as u32, Segment::new(ends[0], ends[1], chain.left, chain.right))
            })
        })
    }

    /// Joins edges that lie on each other: twins become one edge with a grid on either side.
    ///
    /// # Errors
    ///
    /// A suspect for each place where two rings claim the same side of an edge.
    pub(crate) fn merge(&self, frame: &Frame) -> Result<Self, Vec<Suspect>> {
        let (order, starts) = self.buckets(frame);
        let chain_of = self.chain_of();
        // Per edge what lies on the right of it, seen along its own chain.
        let mut right: Vec<u32> = chain_of.iter().map(|&c| self.chains[c as usize].right).collect();
        let mut suspects = Vec::new();
        let mut bucket: Vec<(Point, Point, u32)> = Vec::new();
        for window in starts.windows(2) {
            let ids = &order[window[0] as usize..window[1] as usize];
            if ids.len() < 2 {
                continue;
            }
            bucket.clear();
            bucket.extend(ids.iter().map(|&k| {
                let s = self.segment(k, &chain_of);
                (s.lo, s.hi, k)
            }));
            // Position last: the first of a group stands for it, whatever the machine.
            bucket.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
            for group in bucket.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                if group.len() > 1 {
                    self.join(group, &chain_of, &mut right, &mut suspects);
                }
            }
        }
        drop((order, starts));
        if suspects.is_empty() { Ok(self.collect(&right)) } else { Err(suspects) }
    }

    /// One edge for a group of edges with the same ends.
    fn join(
        &self,
        group: &[(Point, Point, u32)],
        chain_of: &[u32],
        right: &mut [u32],
        suspects: &mut Vec<Suspect>,
    ) {
        let (mut left_label, mut right_label) = (OUT, OUT);
        for &(lo, hi, k) in group {
            let s = self.segment(k, chain_of);
            for (claim, label) in [(s.left, &mut left_label), (s.right, &mut right_label)] {
                if claim != OUT {
                    if *label != OUT {
                        let at = [f64::midpoint(lo[0], hi[0]), f64::midpoint(lo[1], hi[1])];
                        suspects.push(Suspect::new(at, &[*label, claim]));
                    }
                    *label = claim;
                }
            }
            right[k as usize] = DROPPED;
        }
        if left_label != right_label {
            let (lo, _, k) = group[0];
            let upwards = self.points[k as usize] == lo;
            // The chain's own left label stands; what the partner claims comes to the right of it.
            right[k as usize] = if upwards { right_label } else { left_label };
        }
    }

    fn segment(&self, k: u32, chain_of: &[u32]) -> Segment {
        let chain = self.chains[chain_of[k as usize] as usize];
        Segment::new(self.points[k as usize], self.points[k as usize + 1], chain.left, chain.right)
    }

    /// The chain of each point.
    pub(crate) fn chain_of(&self) -> Vec<u32> {
        let mut chain_of = vec![0; self.points.len()];
        for (c, chain) in self.chains.iter().enumerate() {
            chain_of[chain.start as usize..self.end(c)].fill(c as u32);
        }
        chain_of
    }

    /// Edges by the cell of their lower end: a counting sort. Ends of chains are in no bucket.
    fn buckets(&self, frame: &Frame) -> (Vec<u32>, Vec<u32>) {
        let cells = frame.cells();
        let mut starts = vec![0_u32; cells + 1];
        for (_, _, s) in self.iter() {
            starts[frame.cell_of(s.lo) + 1] += 1;
        }
        for at in 0..cells {
            starts[at + 1] += starts[at];
        }
        let mut order = vec![0_u32; self.count()];
        let mut next = starts.clone();
        for (k, _, s) in self.iter() {
            let slot = &mut next[frame.cell_of(s.lo)];
            order[*slot as usize] = k;
            *slot += 1;
        }
        (order, starts)
    }

    /// What is left, cut into new chains wherever an edge was dropped or the label on the right changes.
    fn collect(&self, right: &[u32]) -> Self {
        let mut kept = Self {
            points: Vec::with_capacity(self.points.len() / 2 + self.chains.len()),
            chains: Vec::with_capacity(self.chains.len() * 4),
        };
        for (c, chain) in self.chains.iter().enumerate() {
            let mut running = DROPPED;
            let (start, end) = (chain.start as usize, self.end(c));
            for (ends, &right) in self.points[start..end].windows(2).zip(&right[start..]) {
                if right == DROPPED {
                    running = DROPPED;
                    continue;
                }
                if right != running {
                    running = right;
                    kept.chains.push(Chain { start: kept.points.len() as u32, left: chain.left, right });
                    kept.points.push(ends[0]);
                }
                kept.points.push(ends[1]);
            }
        }
        kept.points.shrink_to_fit();
        kept.chains.shrink_to_fit();
        kept
    }

    /// The same edges with more points on them: each is the number of an edge and a point inside it.
    pub(crate) fn split(&self, mut splits: Vec<(u32, Point)>, noded: &mut usize) -> Self {
        // Along an edge points are ordered by how far they are from its start.
        splits.sort_unstable_by(|a, b| {
            let start = self.points[a.0 as usize];
            let far = |p: Point| (p[0] - start[0]).abs() + (p[1] - start[1]).abs();
            (a.0, far(a.1), a.1).partial_cmp(&(b.0, far(b.1), b.1)).unwrap_or(std::cmp::Ordering::Equal)
        });
        splits.dedup();
        *noded += splits.len();
        let mut out =
            Self { points: Vec::with_capacity(self.points.len() + splits.len()), chains: Vec::new() };
        let mut next = splits.into_iter().peekable();
        for (c, chain) in self.chains.iter().enumerate() {
            out.chains.push(Chain { start: out.points.len() as u32, ..*chain });
            for k in chain.start as usize..self.end(c) {
                out.points.push(self.points[k]);
                while let Some((_, p)) = next.next_if(|(edge, _)| *edge as usize == k) {
                    out.points.push(p);
                }
            }
        }
        out
    }
}

/// A corner from which a closed ring runs back the way it came: the tip of a spike without width.
fn turns_back(ring: &[Point]) -> Option<Point> {
    let corners = &ring[..ring.len() - 1];
    (0..corners.len()).find_map(|at| {
        let (before, tip, after) =
            (corners[(at + corners.len() - 1) % corners.len()], corners[at], ring[at + 1]);
        let same_way = |axis: usize| (before[axis] < tip[axis]) == (after[axis] < tip[axis]);
        let axis = usize::from(before[0] == tip[0]);
        (orient(before, tip, after) == 0.0 && same_way(axis)).then_some(tip)
    })
}

/// Whether a closed ring runs counter-clockwise; `None` if it encloses no area.
fn is_counter_clockwise(ring: &[Point]) -> Option<bool> {
    let origin = ring[0];
    let (mut sum, mut size) = (0.0, 0.0);
    for w in ring.windows(2) {
        let (a, b) =
            ((w[0][0] - origin[0]) * (w[1][1] - origin[1]), (w[1][0] - origin[0]) * (w[0][1] - origin[1]));
        sum += a - b;
        size += a.abs() + b.abs();
    }
    // Each term errs by a few ulps of its own size, the sum by one ulp of the total a step.
    if f64::abs(sum) > size * f64::EPSILON * (ring.len() as f64 + 8.0) {
        return Some(sum > 0.0);
    }
    // The corner that is lowest, then westernmost, is convex: its turn tells, unless the ring folds back there.
    let n = ring.len() - 1;
    let at = (0..n).min_by(|&i, &j| {
        (ring[i][1], ring[i][0]).partial_cmp(&(ring[j][1], ring[j][0])).unwrap_or(std::cmp::Ordering::Equal)
    })?;
    let turn = orient(ring[(at + n - 1) % n], ring[at], ring[(at + 1) % n]);
    (turn != 0.0).then_some(turn > 0.0)
}
