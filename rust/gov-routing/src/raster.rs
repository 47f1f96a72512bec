//! Builds the raster: for each cell the label of all of it, a finer raster, or a table of lines.

use crate::coverage::{Edges, Lists, OUT, Suspect};
use crate::frame::{Frame, SIDE};
use crate::leaf::{ASK, Carrier, Cell, FAR, FINEST, MOST_LINES, Pair, Quint, regions};
use crate::predicate::{Point, Rect, Segment, orient};
use crate::records;
use crate::walk::{Arrival, label_at};

/// The two highest bits of a node tell what the other thirty are.
pub(crate) const KIND: u32 = 0xc000_0000;
/// A label: all of the cell belongs to one grid, or to none.
pub(crate) const LABEL: u32 = 0;
/// A finer raster of 4 x 4 nodes.
pub(crate) const FINER: u32 = 0x4000_0000;
/// A [`Pair`].
pub(crate) const PAIR: u32 = 0x8000_0000;
/// A [`Quint`].
pub(crate) const QUINT: u32 = 0xc000_0000;

/// The nodes of some rows of the frame and what they point at.
#[derive(Default, Debug)]
pub(crate) struct Raster {
    /// One node a cell of the rows, row by row.
    pub(crate) top: Vec<u32>,
    /// Finer rasters, 16 nodes each.
    pub(crate) finer: Vec<u32>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) quints: Vec<Quint>,
    /// The records of all pairs, see [`crate::records`].
    pub(crate) pair_records: Vec<u32>,
    /// The records of all quints.
    pub(crate) quint_records: Vec<u32>,
}

impl Raster {
    /// Appends the raster of the rows that follow.
    pub(crate) fn append(&mut self, next: Self) {
        let shift = |node: u32, finer: usize, pairs: usize, quints: usize| match node & KIND {
            FINER => node + finer as u32,
            PAIR => node + pairs as u32,
            QUINT => node + quints as u32,
            _ => node,
        };
        let (finer, pairs, quints) = (self.finer.len() / 16, self.pairs.len(), self.quints.len());
        self.top.extend(next.top.into_iter().map(|node| shift(node, finer, pairs, quints)));
        self.finer.extend(next.finer.into_iter().map(|node| shift(node, finer, pairs, quints)));
        self.pairs.extend(next.pairs);
        self.quints.extend(next.quints);
        self.pair_records.extend(next.pair_records);
        self.quint_records.extend(next.quint_records);
    }
}

pub(crate) struct Builder<'a> {
    frame: Frame,
    edges: &'a Edges,
    chain_of: &'a [u32],
    out: Raster,
    suspects: Vec<Suspect>,
}

/// An edge with its number.
type Numbered = (u32, Segment);

impl<'a> Builder<'a> {
    /// Builds some rows.
    ///
    /// # Errors
    ///
    /// The places where a boundary disagrees with what lies to the west of it: the last of the three
    /// facts that make a partition (see [`crate::coverage`]).
    pub(crate) fn rows(
        edges: &'a Edges,
        chain_of: &'a [u32],
        lists: &Lists,
        rows: std::ops::Range<u32>,
    ) -> Result<Raster, Vec<Suspect>> {
        let frame = lists.frame;
        let mut builder = Self { frame, edges, chain_of, out: Raster::default(), suspects: Vec::new() };
        builder.out.top.reserve_exact(rows.len() * frame.nx as usize);
        let mut near: Vec<Numbered> = Vec::new();
        for iy in rows {
            // Nothing reaches the frame's western side: the first corner of each row is bare.
            let mut label = OUT;
            for ix in 0..frame.nx {
                let cell = iy as usize * frame.nx as usize + ix as usize;
                let ids = lists.of(cell);
                if ids.is_empty() {
                    builder.out.top.push(label);
                    continue;
                }
                let rect = frame.rect(ix, iy, 1.0);
                near.clear();
                near.extend(ids.iter().map(|&k| (k, builder.segment(k))).filter(|n| rect.touches(&n.1)));
                let node = builder.node(&near, rect, label, Cell { ix, iy, scale: 1.0 });
                builder.out.top.push(node);
                let next = [frame.rect(ix + 1, iy, 1.0).min[0], rect.min[1]];
                label = step(&near, rect.min, label, next);
            }
        }
        if builder.suspects.is_empty() { Ok(builder.out) } else { Err(builder.suspects) }
    }

    #[inline]
    fn segment(&self, k: u32) -> Segment {
        let chain = self.edges.chains[self.chain_of[k as usize] as usize];
        Segment::new(
            self.edges.points[k as usize],
            self.edges.points[k as usize + 1],
            chain.left,
            chain.right,
        )
    }

    /// Holds the label west of each westernmost vertex in a cell against what its own edges claim.
    fn look_west(&mut self, near: &[Numbered], rect: Rect, label: u32, cell: Cell) {
        let west = |p: Point| (p[0], p[1]);
        for (_, s) in near {
            let (vertex, tip) = if west(s.lo) < west(s.hi) { (s.lo, s.hi) } else { (s.hi, s.lo) };
            if !rect.holds(vertex) || self.frame.cell_at(vertex, cell.scale) != (cell.ix, cell.iy) {
                continue;
            }
            // The uppermost of the edges at the vertex speaks for it, if they all leave eastwards.
            let speaks = near.iter().all(|(_, other)| {
                let to = match vertex {
                    v if v == other.lo => other.hi,
                    v if v == other.hi => other.lo,
                    _ => return true,
                };
                west(to) > west(vertex) && orient(vertex, tip, to) <= 0.0
            });
            if speaks {
                let claimed = if vertex == s.lo { s.left } else { s.right };
                let found = label_at(near.iter().map(|n| &n.1), rect.min, label, vertex, Arrival::Before);
                if claimed != found {
                    self.suspects.push(Suspect::new(vertex, &[claimed, found, s.left, s.right]));
                }
            }
        }
    }

    /// The node of one cell, given the edges that touch it and the label of its south-western corner.
    fn node(&mut self, near: &[Numbered], rect: Rect, label: u32, cell: Cell) -> u32 {
        match near {
            [] => label,
            [only] => self.through(only, rect, label, cell),
            [a, b] => match self.bend(a, b, rect, cell) {
                Some(pair) => self.pair(pair, near, rect, label, cell),
                None => self.mixed(near, rect, label, cell),
            },
            _ => self.mixed(near, rect, label, cell),
        }
    }

    /// One edge, which runs right through the cell: an end inside would bring a second edge along.
    fn through(&mut self, only: &Numbered, rect: Rect, label: u32, cell: Cell) -> u32 {
        let edge = &only.1;
        if rect.holds(edge.lo) || rect.holds(edge.hi) || self.too_fine(cell) {
            return self.asked(&[*only], rect, label, cell);
        }
        let carrier = Carrier::new(&self.frame, cell, edge);
        let line = carrier.line();
        let (lower, upper) = sides(&carrier, edge);
        self.pair(Pair { lines: [line; 2], labels: [lower, ASK, ASK, upper] }, &[*only], rect, label, cell)
    }

    /// Two edges that meet in a bend and leave the cell: inside and outside of a wedge.
    fn bend(&self, a: &Numbered, b: &Numbered, rect: Rect, cell: Cell) -> Option<Pair> {
        let (e, f) = (&a.1, &b.1);
        let (vertex, p, q) = if e.lo == f.lo {
            (e.lo, e.hi, f.hi)
        } else if e.lo == f.hi {
            (e.lo, e.hi, f.lo)
        } else if e.hi == f.lo {
            (e.hi, e.lo, f.hi)
        } else if e.hi == f.hi {
            (e.hi, e.lo, f.lo)
        } else {
            return None;
        };
        // Walking p - vertex - q: the labels beside the first edge must go on beside the second one.
        let (left, right) = if p == e.lo { (e.left, e.right) } else { (e.right, e.left) };
        let beside = if q == f.hi { (f.left, f.right) } else { (f.right, f.left) };
        let turn = orient(p, vertex, q);
        if (left, right) != beside || turn == 0.0 || rect.holds(p) || rect.holds(q) || self.too_fine(cell) {
            return None;
        }
        let (first, second) = (Carrier::new(&self.frame, cell, e), Carrier::new(&self.frame, cell, f));
        // Whether the upper side of each is the left one when walking.
        let (u1, u2) = (first.upper_is_left() == (p == e.lo), second.upper_is_left() == (q == f.hi));
        let mut labels = [0; 4];
        for (at, entry) in labels.iter_mut().enumerate() {
            let (l1, l2) = ((at & 1 == 1) == u1, (at >> 1 == 1) == u2);
            // A left turn encloses the left side of the bend: a point is there if it is left of both.
            *entry = if (turn > 0.0 && l1 && l2) || (turn < 0.0 && (l1 || l2)) { left } else { right };
        }
        Some(Pair { lines: [first.line(), second.line()], labels })
    }

    /// Any other cell: by the regions of up to five lines, or cut into finer cells.
    fn mixed(&mut self, near: &[Numbered], rect: Rect, label: u32, cell: Cell) -> u32 {
        if self.too_fine(cell) {
            return self.asked(near, rect, label, cell);
        }
        let first = Carrier::new(&self.frame, cell, &near[0].1);
        let mut carriers = [first; MOST_LINES];
        let mut count = 1;
        for (_, edge) in &near[1..] {
            if !carriers[..count].iter().any(|c| c.carries(edge)) {
                if count == MOST_LINES {
                    return self.finer(near, rect, label, cell);
                }
                carriers[count] = Carrier::new(&self.frame, cell, edge);
                count += 1;
            }
        }
        let carriers = &carriers[..count];
        let mut found = [(0, ASK); 16];
        let mut regions_found = 0;
        regions(carriers, |sides, [u, v]| {
            let p = [
                self.frame.x0 + (f64::from(cell.ix) + u) / cell.scale / self.frame.sx,
                self.frame.y0 + (f64::from(cell.iy) + v) / cell.scale / self.frame.sy,
            ];
            let exact =
                carriers.iter().enumerate().fold(0, |all, (bit, c)| all | usize::from(c.is_upper(p)) << bit);
            if exact == sides && rect.holds(p) {
                found[regions_found] = (sides, step(near, rect.min, label, p));
                regions_found += 1;
            }
        });
        let found = &found[..regions_found];
        if count < 3 {
            let mut labels = [ASK; 4];
            for &(sides, label) in found {
                // A single line stands twice: both bits say the same.
                labels[if count == 1 { sides * 3 } else { sides }] = label;
            }
            let lines = [carriers[0].line(), carriers[count - 1].line()];
            return self.pair(Pair { lines, labels }, near, rect, label, cell);
        }
        let mut lines = [first.line(); MOST_LINES];
        for (line, carrier) in lines.iter_mut().zip(carriers) {
            *line = carrier.line();
        }
        match Quint::new(&lines[..count], found) {
            Some(quint) => self.quint(quint, near, rect, label, cell),
            None => self.finer(near, rect, label, cell),
        }
    }

    /// A raster of 4 x 4 finer cells.
    fn finer(&mut self, near: &[Numbered], rect: Rect, label: u32, cell: Cell) -> u32 {
        let block = self.out.finer.len();
        self.out.finer.resize(block + (SIDE * SIDE) as usize, OUT);
        let scale = cell.scale * f64::from(SIDE);
        let mut touching: Vec<Numbered> = Vec::with_capacity(near.len());
        let mut west = label;
        for y in 0..SIDE {
            let mut here = west;
            for x in 0..SIDE {
                let (ix, iy) = (cell.ix * SIDE + x, cell.iy * SIDE + y);
                let part = self.frame.rect(ix, iy, scale);
                touching.clear();
                touching.extend(near.iter().filter(|n| part.touches(&n.1)));
                let node = self.node(&touching, part, here, Cell { ix, iy, scale });
                self.out.finer[block + (y * SIDE + x) as usize] = node;
                let next = self.frame.rect(ix + 1, iy + 1, scale).min;
                if x == 0 {
                    west = step(&touching, part.min, here, [part.min[0], next[1]]);
                }
                here = step(&touching, part.min, here, [next[0], part.min[1]]);
            }
        }
        debug_assert_eq!(rect.min, self.frame.rect(cell.ix * SIDE, cell.iy * SIDE, scale).min);
        FINER | (block / 16) as u32
    }

    fn too_fine(&self, cell: Cell) -> bool {
        f64::from(self.frame.nx.max(self.frame.ny)) * cell.scale * f64::from(SIDE) > FINEST
    }

    fn pair(&mut self, pair: Pair, near: &[Numbered], rect: Rect, label: u32, cell: Cell) -> u32 {
        self.look_west(near, rect, label, cell);
        records::push(&mut self.out.pair_records, label, near.iter().map(|n| n.0));
        self.out.pairs.push(pair);
        PAIR | (self.out.pairs.len() - 1) as u32
    }

    fn quint(&mut self, quint: Quint, near: &[Numbered], rect: Rect, label: u32, cell: Cell) -> u32 {
        self.look_west(near, rect, label, cell);
        records::push(&mut self.out.quint_records, label, near.iter().map(|n| n.0));
        self.out.quints.push(quint);
        QUINT | (self.out.quints.len() - 1) as u32
    }

    /// A cell that is always asked exactly.
    fn asked(&mut self, near: &[Numbered], rect: Rect, label: u32, cell: Cell) -> u32 {
        let quint = Quint { lines: [FAR; MOST_LINES], labels: [ASK; 4], codes: [0; 2] };
        self.quint(quint, near, rect, label, cell)
    }
}

/// The label at `p`, seen from a corner that lies neither east nor north of it, within one cell.
fn step(near: &[Numbered], corner: Point, label: u32, p: Point) -> u32 {
    if near.is_empty() {
        label
    } else {
        label_at(near.iter().map(|n| &n.1), corner, label, p, Arrival::Beyond)
    }
}

/// The labels on the lower and the upper side of the line through an edge.
fn sides(carrier: &Carrier, edge: &Segment) -> (u32, u32) {
    if carrier.upper_is_left() { (edge.right, edge.left) } else { (edge.left, edge.right) }
}
