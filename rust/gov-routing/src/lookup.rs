//! The way of a point through the raster: one at a time, or many with the memory asked for ahead.

use gov_routing_kernel::{Kernel, prefetch};

use crate::coverage::{Chain, OUT};
use crate::frame::{Frame, SIDE};
use crate::leaf::{ASK, Pair, Quint};
use crate::predicate::{Point, Segment, settle};
use crate::raster::{FINER, KIND, LABEL, PAIR, QUINT};
use crate::records::Records;
use crate::walk::{Arrival, first_counter_clockwise, label_at};

/// The answer of a batch for a point that no grid holds: 2^32 - 1.
pub const UNCOVERED: u32 = u32::MAX;

/// No raster is deeper: each level is four times finer, and [`crate::leaf::FINEST`] is 4^13.
const DEEPEST: u32 = 13;

/// Points taken through the raster together.
///
/// 512 of them: 20 kB of scratch, inside the first-level cache, and enough cache misses in flight.
const BLOCK: usize = 512;

/// An index as slices. Positions come from the index itself; one out of range (a damaged file that nobody
/// verified) makes the point uncovered, never a read outside.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) frame: Frame,
    pub(crate) grids: u32,
    /// One node a cell, and one more, [`OUT`], for all that is outside of the frame.
    pub(crate) top: &'a [u32],
    pub(crate) finer: &'a [u32],
    pub(crate) pairs: &'a [Pair],
    pub(crate) quints: &'a [Quint],
    pub(crate) pair_records: Records<'a>,
    pub(crate) quint_records: Records<'a>,
    pub(crate) points: &'a [Point],
    pub(crate) chains: &'a [Chain],
}

/// Where in the raster a point ends: the last node, its cell, and the point in coordinates of the cell.
struct Spot {
    node: u32,
    ix: u32,
    iy: u32,
    scale: f64,
    u: f64,
    v: f64,
}

impl<'a> View<'a> {
    #[inline(always)]
    fn spot(&self, lon: f64, lat: f64) -> Option<Spot> {
        let (fx, fy) = ((lon - self.frame.x0) * self.frame.sx, (lat - self.frame.y0) * self.frame.sy);
        if !(fx >= 0.0 && fy >= 0.0 && fx < f64::from(self.frame.nx) && fy < f64::from(self.frame.ny)) {
            return None;
        }
        let (mut ix, mut iy) = (fx as u32, fy as u32);
        let (mut u, mut v) = (fx - f64::from(ix), fy - f64::from(iy));
        let mut node = *self.top.get(iy as usize * self.frame.nx as usize + ix as usize)?;
        let mut scale = 1.0;
        for _ in 0..DEEPEST {
            if node & KIND != FINER {
                break;
            }
            (u, v) = (u * f64::from(SIDE), v * f64::from(SIDE));
            let (a, b) = (u as u32, v as u32);
            (u, v) = (u - f64::from(a), v - f64::from(b));
            // Wraps only in a damaged file: a sound one is no finer than 2^26 cells a side.
            (ix, iy) = (ix.wrapping_mul(SIDE).wrapping_add(a), iy.wrapping_mul(SIDE).wrapping_add(b));
            scale *= f64::from(SIDE);
            node = *self.finer.get((node & !KIND) as usize * 16 + (b * SIDE + a) as usize)?;
        }
        Some(Spot { node, ix, iy, scale, u, v })
    }

    /// The label at a point; [`OUT`] where no grid is and for what is no point.
    #[inline]
    pub(crate) fn label(&self, lon: f64, lat: f64) -> u32 {
        let Some(spot) = self.spot(lon, lat) else { return OUT };
        let at = (spot.node & !KIND) as usize;
        let label = match spot.node & KIND {
            LABEL => spot.node,
            PAIR => self.pairs.get(at).map_or(OUT, |pair| pair.label(spot.u as f32, spot.v as f32)),
            QUINT => self.quints.get(at).map_or(OUT, |quint| quint.label(spot.u as f32, spot.v as f32)),
            _ => OUT,
        };
        let label = if label == ASK { self.ask(lon, lat) } else { label };
        if label < self.grids { label } else { OUT }
    }

    /// The label at a point of a border cell, exactly.
    #[cold]
    #[inline(never)]
    pub(crate) fn ask(&self, lon: f64, lat: f64) -> u32 {
        let Some(spot) = self.spot(lon, lat) else { return OUT };
        let Some((label, ids)) = self.record(spot.node) else { return OUT };
        let edges: Vec<Segment> = ids.filter_map(|k| self.segment(k)).collect();
        let rect = self.frame.rect(spot.ix, spot.iy, spot.scale);
        let p = [settle(lon), settle(lat)];
        match label_at(edges.iter(), rect.min, label, p, Arrival::Beyond) {
            OUT => first_counter_clockwise(edges.iter(), p, OUT),
            label => label,
        }
    }

    /// The label of a border cell's south-western corner, and the numbers of its edges.
    pub(crate) fn record(&self, node: u32) -> Option<(u32, impl Iterator<Item = u32> + Clone + use<'a>)> {
        let records = match node & KIND {
            PAIR => self.pair_records,
            QUINT => self.quint_records,
            _ => return None,
        };
        records.get((node & !KIND) as usize)
    }

    /// An edge by its number.
    pub(crate) fn segment(&self, k: u32) -> Option<Segment> {
        let after = self.chains.partition_point(|chain| chain.start <= k);
        let chain = self.chains.get(after.checked_sub(1)?)?;
        let (a, b) = (self.points.get(k as usize)?, self.points.get(k as usize + 1)?);
        Some(Segment::new(*a, *b, chain.left, chain.right))
    }
}

/// A batch: columns of points in, a column of answers out, all of one length.
pub(crate) struct Batch<'a> {
    pub(crate) view: View<'a>,
    pub(crate) lon: &'a [f64],
    pub(crate) lat: &'a [f64],
    pub(crate) out: &'a mut [u32],
}

impl Kernel for Batch<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut scratch = Scratch::default();
        let columns = self.lon.chunks(BLOCK).zip(self.lat.chunks(BLOCK)).zip(self.out.chunks_mut(BLOCK));
        for ((lon, lat), out) in columns {
            scratch.block(&self.view, lon, lat, out);
        }
    }
}

/// What a block of points needs on its way.
struct Scratch {
    cell: [u32; BLOCK],
    u: [f64; BLOCK],
    v: [f64; BLOCK],
    /// Points still on the way down, those that ended at a pair, and at a quint: position and node.
    finer: Queue,
    pairs: Queue,
    quints: Queue,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            cell: [0; BLOCK],
            u: [0.0; BLOCK],
            v: [0.0; BLOCK],
            finer: Queue::default(),
            pairs: Queue::default(),
            quints: Queue::default(),
        }
    }
}

/// Positions in a block, each with a node, appended without branching.
struct Queue {
    len: usize,
    entries: [(u32, u32); BLOCK],
}

impl Default for Queue {
    fn default() -> Self {
        Self { len: 0, entries: [(0, 0); BLOCK] }
    }
}

impl Queue {
    /// Writes an entry, and keeps it if asked to.
    #[inline(always)]
    fn push_if(&mut self, keep: bool, at: usize, node: u32) {
        // At most BLOCK entries are kept in a block, and one more is never written behind the last.
        self.entries[self.len & (BLOCK - 1)] = (at as u32, node);
        self.len += usize::from(keep);
    }

    #[inline(always)]
    fn get(&self, at: usize) -> (usize, u32) {
        let (position, node) = self.entries[at & (BLOCK - 1)];
        (position as usize & (BLOCK - 1), node)
    }
}

/// 2^52: adding it to a float below 2^51 leaves the nearest whole number in the low bits.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The whole part of a float in [0, 2^31), without the checks of a cast, in instructions that all levels have.
#[inline(always)]
fn whole(value: f64) -> (u32, f64) {
    let nearest = (value + WHOLE) - WHOLE;
    let floor = if nearest > value { nearest - 1.0 } else { nearest };
    ((floor + WHOLE).to_bits() as u32, floor)
}

/// Whether a coordinate lies in \[0, end), worked out without branching.
#[inline(always)]
#[expect(clippy::needless_bitwise_bool, reason = "a branch would keep the loop from being vectorised")]
fn inside(value: f64, end: f64) -> bool {
    (value >= 0.0) & (value < end)
}

impl Scratch {
    #[inline(always)]
    fn block(&mut self, view: &View<'_>, lon: &[f64], lat: &[f64], out: &mut [u32]) {
        let frame = view.frame;
        let (nx, ny) = (f64::from(frame.nx), f64::from(frame.ny));
        let outside = view.top.len() as u32 - 1;
        let n = lon.len().min(BLOCK).min(lat.len()).min(out.len());
        let (lon, lat, out) = (&lon[..n], &lat[..n], &mut out[..n]);
        for i in 0..n {
            let (fx, fy) = ((lon[i] - frame.x0) * frame.sx, (lat[i] - frame.y0) * frame.sy);
            let inside = inside(fx, nx) & inside(fy, ny);
            let (fx, fy) = if inside { (fx, fy) } else { (0.0, 0.0) };
            let ((ix, floor_x), (iy, floor_y)) = (whole(fx), whole(fy));
            self.u[i] = fx - floor_x;
            self.v[i] = fy - floor_y;
            let cell = iy.wrapping_mul(frame.nx).wrapping_add(ix);
            self.cell[i] = if inside { cell } else { outside };
        }
        for &cell in &self.cell[..n] {
            prefetch(view.top, cell as usize);
        }
        self.finer.len = 0;
        self.pairs.len = 0;
        self.quints.len = 0;
        for (i, out) in out.iter_mut().enumerate() {
            let node = view.top.get(self.cell[i & (BLOCK - 1)] as usize).copied().unwrap_or(OUT);
            *out = node;
            self.sort(i, node);
        }
        let (mut seen_pairs, mut seen_quints) = (0, 0);
        for _ in 0..DEEPEST {
            if self.finer.len == 0 {
                break;
            }
            let waiting = self.finer.len;
            for at in 0..waiting {
                prefetch(view.finer, (self.finer.get(at).1 & !KIND) as usize * 16);
            }
            (seen_pairs, seen_quints) = self.fetch(view, seen_pairs, seen_quints);
            self.finer.len = 0;
            for at in 0..waiting {
                let (i, node) = self.finer.get(at);
                let (u, v) = (self.u[i] * f64::from(SIDE), self.v[i] * f64::from(SIDE));
                let ((a, floor_u), (b, floor_v)) = (whole(u), whole(v));
                self.u[i] = u - floor_u;
                self.v[i] = v - floor_v;
                let below = (node & !KIND) as usize * 16 + (b * SIDE + a) as usize;
                let node = view.finer.get(below).copied().unwrap_or(OUT);
                if i < n {
                    out[i] = node;
                }
                self.sort(i, node);
            }
        }
        self.fetch(view, seen_pairs, seen_quints);
        for at in 0..self.pairs.len {
            let (i, node) = self.pairs.get(at);
            let label = view
                .pairs
                .get((node & !KIND) as usize)
                .map_or(OUT, |pair| pair.label(self.u[i] as f32, self.v[i] as f32));
            if i < n {
                out[i] = if label == ASK { view.ask(lon[i], lat[i]) } else { label };
            }
        }
        for at in 0..self.quints.len {
            let (i, node) = self.quints.get(at);
            let label = view
                .quints
                .get((node & !KIND) as usize)
                .map_or(OUT, |quint| quint.label(self.u[i] as f32, self.v[i] as f32));
            if i < n {
                out[i] = if label == ASK { view.ask(lon[i], lat[i]) } else { label };
            }
        }
        for label in out {
            // OUT is beyond all slots, and so is whatever else a damaged file may leave here.
            *label = if *label >= view.grids { UNCOVERED } else { *label };
        }
    }

    /// Queues a point by the kind of node that it has reached.
    #[inline(always)]
    fn sort(&mut self, i: usize, node: u32) {
        self.finer.push_if(node & KIND == FINER, i, node);
        self.pairs.push_if(node & KIND == PAIR, i, node);
        self.quints.push_if(node & KIND == QUINT, i, node);
    }

    /// Asks for the tables of all points that joined the queues since.
    #[inline(always)]
    fn fetch(&self, view: &View<'_>, pairs: usize, quints: usize) -> (usize, usize) {
        for at in pairs..self.pairs.len {
            prefetch(view.pairs, (self.pairs.get(at).1 & !KIND) as usize);
        }
        for at in quints..self.quints.len {
            prefetch(view.quints, (self.quints.get(at).1 & !KIND) as usize);
        }
        (self.pairs.len, self.quints.len)
    }
}
