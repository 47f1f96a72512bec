//! Fills the cells by halving the raster until nothing but one cell is left.
//!
//! Each half hands on, for every polygon with an edge in it, exactly the edges that meet the half and whether the
//! half's lower left corner lies inside. A polygon without an edge in it is inside everywhere or nowhere.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::edge::Edge;
use super::lattice::{FINE_BITS, Lattice, SPLIT_BITS};
use super::{COVER, LEAF, LayerIndex, OFFSET, Partial, SPLIT, list_at};
use crate::predicate::Rect;
use crate::{BuildError, Fault, Geometries};

/// A cell with more edges than this is split: 8 or 16 instead change a look-up by less than the noise.
const LEAF_EDGES: usize = 12;
/// Copies of each edge in leaves, on average, after which no cell is split any more: bounds the memory of maps on
/// which all borders run through the same cells.
const COPIES_PER_EDGE: usize = 8;

/// A polygon with edges in the block at hand.
#[derive(Clone, Copy)]
struct Active {
    id: u32,
    /// Whether the block's lower left corner, moved by `(e, e^2)`, is inside.
    inside: bool,
    /// Where its edges lie in [`Builder::listed`].
    start: usize,
    end: usize,
}

/// A rectangle of cells of one size.
#[derive(Clone, Copy)]
struct Block {
    /// Keys of the lower left corner.
    keys: [i64; 2],
    /// Columns and rows.
    cells: [usize; 2],
    /// A cell is `2^bits` keys wide.
    bits: u32,
    /// Position of the first cell in the nodes, and from row to row.
    node: usize,
    stride: usize,
}

impl Block {
    fn rect(&self, lattice: &Lattice) -> Rect {
        let end = |axis: usize| self.keys[axis] + ((self.cells[axis] as i64) << self.bits);
        Rect { min: lattice.corner(self.keys), max: lattice.corner([end(0), end(1)]) }
    }

    /// The lower and the upper half along the longer side, and which axis that is.
    fn halves(&self) -> (usize, [Self; 2]) {
        let axis = usize::from(self.cells[1] > self.cells[0]);
        let (mut low, mut high) = (*self, *self);
        low.cells[axis] = self.cells[axis] / 2;
        high.cells[axis] -= low.cells[axis];
        high.keys[axis] += (low.cells[axis] as i64) << self.bits;
        high.node += low.cells[axis] * if axis == 0 { 1 } else { self.stride };
        (axis, [low, high])
    }
}

/// Every different list of covering polygons once: its length, then the ascending ids.
struct Covers {
    words: Vec<u32>,
    known: HashMap<Box<[u32]>, u32, FixedState>,
}

impl Covers {
    /// The list with `more` added; both are ascending and have nothing in common.
    fn with(&mut self, list: u32, more: &[u32]) -> u32 {
        if more.is_empty() || self.words.len() > OFFSET as usize {
            return list;
        }
        let mut merged = [list_at(&self.words, list), more].concat();
        merged.sort_unstable();
        let words = &mut self.words;
        *self.known.entry(merged.into_boxed_slice()).or_insert_with_key(|ids| {
            let at = words.len() as u32;
            words.push(ids.len() as u32);
            words.extend_from_slice(ids);
            at
        })
    }
}

struct Builder {
    lattice: Lattice,
    edges: Vec<Edge>,
    nodes: Vec<u32>,
    leaves: Vec<u32>,
    leaf_edges: Vec<Edge>,
    covers: Covers,
    /// Stacks of the halving: the polygons at work, and the numbers of their edges.
    active: Vec<Active>,
    listed: Vec<u32>,
}

pub(super) fn build(geometries: &Geometries) -> Result<LayerIndex, BuildError> {
    let mut edges = Vec::with_capacity(geometries.vertices());
    let mut active = Vec::with_capacity(geometries.len());
    let mut ring = 0;
    for (slot, &polygon_end) in geometries.geometry_ends.iter().enumerate() {
        let start = edges.len();
        for &end in &geometries.ring_ends[ring..geometries.polygon_ends[polygon_end - 1]] {
            let points = &geometries.coords[if ring == 0 { 0 } else { geometries.ring_ends[ring - 1] }..end];
            edges.extend(points.windows(2).map(|pair| Edge::new(pair[0], pair[1])));
            ring += 1;
        }
        active.push(Active { id: slot as u32, inside: false, start, end: edges.len() });
    }
    if edges.len() > OFFSET as usize {
        return Err(too_large(edges.len()));
    }
    let lattice = Lattice::around(&edges);
    let cells = lattice.cells();
    let mut builder = Builder {
        lattice,
        listed: (0..edges.len() as u32).collect(),
        edges,
        nodes: vec![0; cells[0] * cells[1]],
        leaves: Vec::new(),
        leaf_edges: Vec::new(),
        covers: Covers { words: vec![0], known: HashMap::default() },
        active,
    };
    // The corner of the raster lies outside of everything, so every polygon starts with `inside: false`.
    let raster = Block { keys: lattice.origin(), cells, bits: FINE_BITS, node: 0, stride: cells[0] };
    builder.fill(raster, 0, 0);
    // Filling goes on without storing once a section is too long, so the answers would be wrong.
    let most = builder
        .nodes
        .len()
        .max(builder.leaves.len())
        .max(builder.leaf_edges.len())
        .max(builder.covers.words.len());
    if most > OFFSET as usize {
        return Err(too_large(most));
    }
    Ok(LayerIndex {
        count: geometries.len(),
        lattice,
        nodes: builder.nodes,
        leaves: builder.leaves,
        edges: builder.leaf_edges,
        covers: builder.covers.words,
    })
}

fn too_large(words: usize) -> BuildError {
    let reason =
        format!("the layer is too large: a section of {words} entries, at most {OFFSET} can be addressed");
    BuildError { faults: vec![Fault::BadGeometry { slot: 0, reason }] }
}

impl Builder {
    /// Fills a block that the polygons `cover` cover and those from position `from` of the stack may.
    fn fill(&mut self, block: Block, cover: u32, from: usize) {
        let [columns, rows] = block.cells;
        if from == self.active.len() {
            for row in 0..rows {
                let start = block.node + row * block.stride;
                self.nodes[start..start + columns].fill(COVER | cover);
            }
        } else if columns * rows == 1 {
            self.fill_cell(block, cover, from);
        } else {
            let (axis, halves) = block.halves();
            let to = self.active.len();
            let listed = self.listed.len();
            for half in halves {
                let gained = self.descend(block, axis, half, from..to);
                let cover = self.covers.with(cover, &gained);
                self.fill(half, cover, to);
                self.active.truncate(to);
                self.listed.truncate(listed);
            }
        }
    }

    /// Pushes the polygons of `range` that have an edge in `half`; returns the others if they cover it.
    fn descend(&mut self, block: Block, axis: usize, half: Block, range: std::ops::Range<usize>) -> Vec<u32> {
        let (from, to) = (self.lattice.corner(block.keys), self.lattice.corner(half.keys));
        let rect = half.rect(&self.lattice);
        let mut gained = Vec::new();
        for at in range {
            let Active { id, mut inside, start: first, end: last } = self.active[at];
            let start = self.listed.len();
            for at in first..last {
                let number = self.listed[at];
                let edge = &self.edges[number as usize];
                inside ^= from != to
                    && if axis == 0 { edge.crosses_east(from, to[0]) } else { edge.crosses_up(from, to[1]) };
                if rect.touches(&edge.segment()) {
                    self.listed.push(number);
                }
            }
            let end = self.listed.len();
            if start < end {
                self.active.push(Active { id, inside, start, end });
            } else if inside {
                gained.push(id);
            }
        }
        gained
    }

    fn fill_cell(&mut self, cell: Block, cover: u32, from: usize) {
        let edges = self.active[from..].iter().map(|polygon| polygon.end - polygon.start).sum::<usize>();
        if edges > LEAF_EDGES && cell.bits > 0 && self.leaf_edges.len() < self.edges.len() * COPIES_PER_EDGE {
            let side = 1 << SPLIT_BITS;
            let node = self.nodes.len();
            self.nodes[cell.node] = SPLIT | (node as u32 & OFFSET);
            self.nodes.resize(node + side * side, 0);
            let bits = cell.bits - SPLIT_BITS;
            self.fill(Block { cells: [side, side], bits, node, stride: side, ..cell }, cover, from);
            return;
        }
        if self.leaves.len().max(self.leaf_edges.len()) > OFFSET as usize {
            return;
        }
        self.nodes[cell.node] = LEAF | (self.leaves.len() as u32 & OFFSET);
        self.leaves.extend([cover, self.leaf_edges.len() as u32, (self.active.len() - from) as u32]);
        let corner = self.lattice.corner(cell.keys);
        for polygon in &self.active[from..] {
            let listed = &self.listed[polygon.start..polygon.end];
            let first = self.leaf_edges.len();
            for rising in [true, false] {
                let edges = listed.iter().map(|&number| self.edges[number as usize]);
                self.leaf_edges.extend(edges.filter(|edge| edge.rises_over(corner) == rising));
            }
            let edges = &self.leaf_edges[first..];
            let rising = edges.partition_point(|edge| edge.rises_over(corner));
            let partial = Partial { id: polygon.id, inside: polygon.inside, edges: edges.len(), rising };
            self.leaves.extend(partial.write());
        }
    }
}
