//! Random rule books, drawn from bytes: a generator's or proptest's, which shrinks them.

use crate::table::{NONE, RuleSpec, TableSpec, UnitRef};

/// A stream of small choices; an exhausted one chooses 0.
pub(super) struct Draw<'a>(pub(super) std::slice::Iter<'a, u8>);

/// The most of each thing a book has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) places: u32,
    pub(super) matters: u32,
    pub(super) assets: u32,
    pub(super) grades: u32,
    pub(super) units: u32,
    pub(super) kinds: u32,
    pub(super) rules: u32,
}

impl Draw<'_> {
    fn below(&mut self, end: u32) -> u32 {
        let byte = self.0.next().copied().unwrap_or(0);
        if end == 0 { 0 } else { u32::from(byte) % end }
    }

    /// A forest; parents stand before their children, or all after them.
    fn tree(&mut self, len: u32) -> Vec<Option<u32>> {
        let mut tree: Vec<Option<u32>> = (0..len).map(|node| self.below(node + 1).checked_sub(1)).collect();
        if self.below(2) == 1 {
            tree.reverse();
            for parent in tree.iter_mut().flatten() {
                *parent = len - 1 - *parent;
            }
        }
        tree
    }

    fn optional(&mut self, end: u32) -> Option<u32> {
        self.below(end + 1).checked_sub(1)
    }

    /// Nothing most of the time, else a value or two.
    fn some(&mut self, end: u32) -> Vec<u32> {
        let len =
            if end == 0 { 0 } else { usize::from(self.below(6) == 1) + usize::from(self.below(12) == 1) };
        (0..len).map(|_| self.below(end)).collect()
    }

    fn units(&mut self, most: u32, size: &Size, units: u32) -> Vec<UnitRef> {
        (0..self.below(most + 1))
            .map(|_| match self.below(3) {
                0 if units > 0 => UnitRef::Unit(self.below(units)),
                // One kind more than units have.
                _ => UnitRef::Kind(self.below(size.kinds + 1)),
            })
            .collect()
    }

    pub(super) fn spec(&mut self, size: &Size) -> TableSpec {
        let places_len = 1 + self.below(size.places);
        let places = self.tree(places_len);
        let grids_len = 1 + self.below(places_len);
        let grids = (0..grids_len).map(|_| self.below(places_len)).collect();
        let matters_len = 1 + self.below(size.matters);
        let matters = self.tree(matters_len);
        let assets_len = self.below(size.assets + 1);
        let assets = self.tree(assets_len);
        let grades = self.below(size.grades + 1);
        let units_len = self.below(size.units + 1);
        let unit_kinds = (0..units_len).map(|_| self.below(size.kinds)).collect();
        let unit_serves =
            (0..units_len).map(|_| (0..self.below(4)).map(|_| self.below(places_len)).collect()).collect();
        let rules = (0..self.below(size.rules + 1))
            .map(|_| {
                let mut lead = self.units(2, size, units_len);
                if lead.is_empty() {
                    lead.push(UnitRef::Kind(0));
                }
                RuleSpec {
                    matter: self.optional(matters_len),
                    area: self.optional(places_len),
                    asset: self.optional(assets_len),
                    grade: self.optional(grades),
                    except_matters: self.some(matters_len),
                    except_areas: self.some(places_len),
                    except_assets: self.some(assets_len),
                    lead,
                    assist: self.units(2, size, units_len),
                    respond: [NONE, 0][self.below(2) as usize],
                    resolve: NONE,
                }
            })
            .collect();
        TableSpec { places, grids, matters, assets, grades, unit_kinds, unit_serves, rules }
    }
}
