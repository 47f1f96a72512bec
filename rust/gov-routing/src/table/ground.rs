//! Where cells exist: a rule can be wrong only about a grid, a matter, a grade and an asset that are there.

use super::DecisionTable;
use super::ranking::Dimension;
use super::spec::{Cell, LeftOut, NONE, TableSpec};
use std::ops::Range;

/// The cells of a city, as far as looking for witnesses needs them.
pub(super) struct Ground<'a> {
    pub(super) spec: &'a TableSpec,
    pub(super) table: &'a DecisionTable,
    /// The first slot of each site, [`NONE`] where no grid is.
    slot_at: Vec<u32>,
    /// The first site at or after each that has a grid.
    next_site: Vec<u32>,
    /// Matters to try for a rule for any: if it loses at each of these it loses everywhere. That is a root
    /// no rule names, where such rules are beaten only by each other, or else every root.
    roots: Vec<u32>,
    /// Asset classes and matters that rules leave out.
    left_out: [Vec<u32>; 2],
}

impl<'a> Ground<'a> {
    pub(super) fn new(spec: &'a TableSpec, table: &'a DecisionTable) -> Self {
        let mut slot_at = vec![NONE; table.sites.len()];
        for (slot, &site) in table.site_of.iter().enumerate().rev() {
            slot_at[site as usize] = slot as u32;
        }
        let mut next_site = vec![NONE; slot_at.len() + 1];
        for (site, &slot) in slot_at.iter().enumerate().rev() {
            next_site[site] = if slot == NONE { next_site[site + 1] } else { site as u32 };
        }
        let is_root = |matter: &u32| spec.matters[*matter as usize].is_none();
        let mut roots: Vec<u32> = (0..spec.matters.len() as u32).filter(is_root).collect();
        let matters = table.axes.of(Dimension::Matter);
        if let Some(&plain) = roots.iter().find(|&&matter| matters.class(matter) == 0) {
            roots = vec![plain];
        }
        let left_out = [values(spec, |rule| &rule.except_assets), values(spec, |rule| &rule.except_matters)];
        Self { spec, table, slot_at, next_site, roots, left_out }
    }

    /// Sites at or below a rule's area that have a grid.
    pub(super) fn sites(&self, rule: u32) -> impl Iterator<Item = u32> + '_ {
        let Range { start, end } = self.area(rule);
        let next = move |from: u32| Some(self.next_site[from as usize]).filter(|&site| site < end);
        std::iter::successors(next(start), move |&site| next(site + 1))
    }

    fn area(&self, rule: u32) -> Range<u32> {
        let area = self.spec.rules[rule as usize].area;
        self.table.sites.below(area.map_or(0, |area| self.table.sites.class(area)))
    }

    /// The first slot of a site that has a grid.
    pub(super) fn slot(&self, site: u32) -> u32 {
        self.slot_at[site as usize]
    }

    /// The matters to try for a rule: its own, or enough of all.
    pub(super) fn matters(&self, rule: u32) -> &[u32] {
        self.spec.rules[rule as usize].matter.as_ref().map_or(&self.roots, std::slice::from_ref)
    }

    /// The cell at a site that a rule is least likely to lose: the values it names, none where it names none.
    ///
    /// A rule that beats it there names, beside a lower area, values at or above its own; so it beats it in
    /// every cell of that grid that it does not leave out, see [`Ground::left_out_cells`].
    pub(super) fn own_cell(&self, rule: u32, site: u32, matter: u32) -> Cell {
        let rule = &self.spec.rules[rule as usize];
        let (grade, asset) = (rule.grade.unwrap_or(NONE), rule.asset.unwrap_or(NONE));
        Cell { slot: self.slot(site), matter, grade, asset }
    }

    /// The other cells at a site to try for a rule: those of values below its own that some rule leaves out.
    ///
    /// What is left out in a cell is left out in the highest cell below the same such values, where no more
    /// rules apply; so a rule that decides in none of these and in none of its own decides nowhere.
    pub(super) fn left_out_cells(&self, rule: u32, site: u32) -> impl Iterator<Item = Cell> + '_ {
        let own = &self.spec.rules[rule as usize];
        let below = |dimension: Dimension, own: Option<u32>| {
            let axis = self.table.axes.of(dimension);
            let classes = axis.below(own.map_or(0, |own| axis.class(own)));
            let which = usize::from(dimension == Dimension::Matter);
            self.left_out[which].iter().copied().filter(move |&value| classes.contains(&axis.class(value)))
        };
        let grade = own.grade.unwrap_or(NONE);
        let assets = std::iter::once(own.asset.unwrap_or(NONE)).chain(below(Dimension::Asset, own.asset));
        let matters = move || self.matters(rule).iter().copied().chain(below(Dimension::Matter, own.matter));
        let slot = self.slot(site);
        assets.flat_map(move |asset| matters().map(move |matter| Cell { slot, matter, grade, asset }))
    }
}

/// Values that rules leave out, each once.
fn values(spec: &TableSpec, left_out: LeftOut) -> Vec<u32> {
    let mut values: Vec<u32> = spec.rules.iter().flat_map(left_out).copied().collect();
    values.sort_unstable();
    values.dedup();
    values
}
