//! Keys of places: the grids by slot, then what lies above and below them.

use super::NONE;

/// Places by key, and the grids that answer for those that are no grids.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Key to position in the city's list.
    positions: Vec<u32>,
    grids: usize,
    /// End of the slots of each place that is no grid, in `slots`.
    ends: Vec<usize>,
    slots: Vec<u32>,
}

impl Places {
    /// From the parent of each place in the city's list, and the position there of each slot.
    pub(super) fn new(parents: &[Option<u32>], grids: &[u32]) -> Self {
        let mut slot_of = vec![NONE; parents.len()];
        for (slot, &grid) in grids.iter().enumerate().rev() {
            slot_of[grid as usize] = slot as u32;
        }
        let is_grid = |place: u32| slot_of[place as usize] != NONE;
        let mut below = vec![Vec::new(); parents.len()];
        for (slot, &grid) in grids.iter().enumerate() {
            for place in above(parents, grid) {
                below[place as usize].push(slot as u32);
            }
        }
        let others: Vec<u32> = (0..parents.len() as u32).filter(|&place| !is_grid(place)).collect();
        let mut ends = Vec::with_capacity(others.len());
        let mut slots = Vec::new();
        for &place in &others {
            match &below[place as usize][..] {
                [] => slots.extend(
                    above(parents, place).find(|&above| is_grid(above)).map(|grid| slot_of[grid as usize]),
                ),
                below => slots.extend_from_slice(below),
            }
            ends.push(slots.len());
        }
        Self { positions: [grids, &others].concat(), grids: grids.len(), ends, slots }
    }

    pub(super) fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// Whether a key is that of a grid, and so its slot.
    pub(super) fn is_grid(&self, key: u32) -> bool {
        (key as usize) < self.grids
    }

    /// The slots of the grids that answer for a place that is no grid: all below it, or the one that it lies in.
    pub(super) fn slots(&self, key: u32) -> &[u32] {
        let other = key as usize - self.grids;
        let start = if other == 0 { 0 } else { self.ends[other - 1] };
        &self.slots[start..self.ends[other]]
    }
}

/// What lies above a place, lowest first. A hierarchy is a tree by now; the bound holds even if it were not.
fn above(parents: &[Option<u32>], place: u32) -> impl Iterator<Item = u32> + '_ {
    std::iter::successors(parents[place as usize], |&place| parents[place as usize]).take(parents.len())
}
