//! Many points at once: in blocks, so that the waits for memory overlap, and on several threads.

use gov_routing_kernel::{Kernel, prefetch, run};

use super::{COVER, KIND, LayerIndex, OFFSET};
use crate::predicate::settle;

/// Points of a block.
const BLOCK: usize = 64;
/// Points for which a thread of their own pays.
const SHARE: usize = 1 << 14;

type Memberships = (Vec<i64>, Vec<u32>);

pub(super) fn locate_all(index: &LayerIndex, lon: &[f64], lat: &[f64], threads: usize) -> Memberships {
    let share = lon.len().div_ceil(threads.max(1)).max(SHARE);
    let mut shares = lon.chunks(share).zip(lat.chunks(share)).map(|(lon, lat)| Share { index, lon, lat });
    let first = shares.next().unwrap_or(Share { index, lon, lat });
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares.map(|share| scope.spawn(|| run(share))).collect();
        let (mut offsets, mut ids) = run(first);
        for worker in workers {
            let (more_offsets, more_ids) =
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let base = ids.len() as i64;
            offsets.extend(more_offsets[1..].iter().map(|offset| base + offset));
            ids.extend(more_ids);
        }
        (offsets, ids)
    })
}

/// The points of one thread.
struct Share<'a> {
    index: &'a LayerIndex,
    lon: &'a [f64],
    lat: &'a [f64],
}

impl Kernel for Share<'_> {
    type Output = Memberships;

    #[inline(always)]
    fn run(self) -> Memberships {
        let Self { index, lon, lat } = self;
        let mut offsets = Vec::with_capacity(lon.len() + 1);
        let mut ids = Vec::with_capacity(2 * lon.len());
        let mut points = [[0.0; 2]; BLOCK];
        let mut nodes = [(COVER, 0); BLOCK];
        offsets.push(0);
        for (lon, lat) in lon.chunks(BLOCK).zip(lat.chunks(BLOCK)) {
            let len = lon.len();
            for ((point, &x), &y) in points.iter_mut().zip(lon).zip(lat) {
                *point = [settle(x), settle(y)];
            }
            for (node, &point) in nodes.iter_mut().zip(&points[..len]) {
                *node = index.node(point);
                index.prefetch_leaf(node.0);
            }
            for &(node, _) in &nodes[..len] {
                index.prefetch_edges(node);
            }
            for (&node, &point) in nodes.iter().zip(&points[..len]) {
                index.collect(point, node, &mut ids);
                offsets.push(ids.len() as i64);
            }
        }
        (offsets, ids)
    }
}

impl LayerIndex {
    #[inline(always)]
    fn prefetch_leaf(&self, node: u32) {
        let at = (node & OFFSET) as usize;
        if node & KIND == COVER {
            prefetch(&self.covers, at);
        } else {
            prefetch(&self.leaves, at);
            prefetch(&self.leaves, at + 15);
        }
    }

    #[inline(always)]
    fn prefetch_edges(&self, node: u32) {
        if node & KIND != COVER {
            let at = (node & OFFSET) as usize;
            let (cover, first) = (self.leaves[at] as usize, self.leaves[at + 1] as usize);
            prefetch(&self.covers, cover);
            for line in 0..3 {
                prefetch(&self.edges, first + 2 * line);
            }
        }
    }
}
