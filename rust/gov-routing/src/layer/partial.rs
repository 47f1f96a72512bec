//! A polygon that covers a cell in part.

use super::edge::Edge;
use crate::predicate::Point;

/// What a leaf says of one polygon; its edges lie elsewhere.
pub(super) struct Partial {
    pub(super) id: u32,
    /// Whether the cell's lower left corner, moved by `(e, e^2)`, is inside.
    pub(super) inside: bool,
    /// Number of its edges in the cell; the first `rising` of them rise over the corner.
    pub(super) edges: usize,
    pub(super) rising: usize,
}

impl Partial {
    pub(super) const WORDS: usize = 3;

    pub(super) fn write(&self) -> [u32; Self::WORDS] {
        [self.id, (self.edges as u32) << 1 | u32::from(self.inside), self.rising as u32]
    }

    #[inline(always)]
    pub(super) fn read(words: &[u32]) -> Self {
        Self {
            id: words[0],
            inside: words[1] & 1 == 1,
            edges: (words[1] >> 1) as usize,
            rising: words[2] as usize,
        }
    }

    /// Whether the polygon holds a point of the cell.
    #[inline(always)]
    pub(super) fn holds(&self, edges: &[Edge], corner: Point, point: Point) -> bool {
        let (mut inside, mut certain) = (self.inside, true);
        for (number, edge) in edges.iter().enumerate() {
            let (crosses, certainly) = edge.crosses_quickly(corner[0], point, number < self.rising);
            inside ^= crosses;
            certain &= certainly;
        }
        if certain { inside } else { self.holds_exactly(edges, corner, point) }
    }

    #[cold]
    #[inline(never)]
    fn holds_exactly(&self, edges: &[Edge], corner: Point, point: Point) -> bool {
        edges.iter().any(|edge| edge.segment().holds(point))
            || edges.iter().fold(self.inside, |inside, edge| inside ^ edge.crosses(corner, point))
    }
}
