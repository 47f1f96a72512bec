//! Keys of places: the grids by slot, then what lies above them.

/// Places by key, and the grids below those that are no grids.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Key to position in the city's list.
    positions: Vec<u32>,
    grids: usize,
    /// End of each upper place's slots in `below`.
    ends: Vec<usize>,
    below: Vec<u32>,
}

impl Places {
    /// From the parent of each place in the city's list, and the position there of each slot.
    pub(super) fn new(parents: &[Option<u32>], grids: &[u32]) -> Self {
        let mut is_grid = vec![false; parents.len()];
        for &grid in grids {
            is_grid[grid as usize] = true;
        }
        let mut below = vec![Vec::new(); parents.len()];
        for (slot, &grid) in grids.iter().enumerate() {
            // A hierarchy is a tree by now; the bound holds even if it were not.
            let mut above = parents[grid as usize];
            for _ in 0..parents.len() {
                let Some(place) = above else { break };
                below[place as usize].push(slot as u32);
                above = parents[place as usize];
            }
        }
        let upper: Vec<u32> = (0..parents.len() as u32).filter(|&place| !is_grid[place as usize]).collect();
        let mut ends = Vec::with_capacity(upper.len());
        let mut slots = Vec::new();
        for &place in &upper {
            slots.extend_from_slice(&below[place as usize]);
            ends.push(slots.len());
        }
        Self { positions: [grids, &upper].concat(), grids: grids.len(), ends, below: slots }
    }

    pub(super) fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// Whether a key is that of a grid, and so its slot.
    pub(super) fn is_grid(&self, key: u32) -> bool {
        (key as usize) < self.grids
    }

    /// The slots of the grids below a place.
    pub(super) fn below(&self, key: u32) -> &[u32] {
        let upper = key as usize - self.grids;
        let start = if upper == 0 { 0 } else { self.ends[upper - 1] };
        &self.below[start..self.ends[upper]]
    }
}
