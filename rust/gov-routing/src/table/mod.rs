//! Decision tables: which rule decides a case, and who answers.
//!
//! A rule names a matter, an area, an asset class and a grade, or `any`. It applies to a cell (grid, matter,
//! grade, asset) when each of the four is `any` or the cell's own value or one above it, when none of them is
//! a value that the rule leaves out or one below it, and when its lead finds a unit that serves the grid: a rule
//! that finds nobody lets the next one decide. Of those that apply the most specific decides: the lower asset
//! class, then the lower area, then the lower matter, then a grade over none; what a rule leaves out makes it no
//! more specific. An event without an asset or without a grade is decided by rules for any.

mod axis;
mod crossing;
mod dense;
mod equals;
mod exceptions;
mod explain;
mod findings;
mod ground;
mod ranking;
mod reach;
mod serving;
mod spec;
mod teams;
#[cfg(test)]
mod tests;

pub use explain::{Candidate, Explanation, Verdict};
pub use findings::{Findings, LISTED, TableFault, TableWarning};
pub use ranking::Dimension;
pub use spec::{Cell, NONE, Part, RuleSpec, TableSpec, UnitRef};
use spec::{LeftOut, Named};
pub use teams::Team;

use crate::error::RoutingError;
use axis::Axis;
use crossing::find_crossings;
use dense::{Dense, Source};
use equals::find_equals;
use exceptions::Exceptions;
use ground::Ground;
use ranking::{Axes, Key, Ranking};
use reach::{find_ties, find_unreachable};
use serving::Serving;
use teams::Teams;

/// The rule that decides a cell, and the team that answers there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The rule.
    pub rule: u32,
    /// Number of the team, see [`DecisionTable::team`]. Where nobody assists: the lead unit.
    pub team: u32,
}

impl Answer {
    /// Stands for no answer in a batch.
    const NONE: Self = Self { rule: NONE, team: NONE };
}

/// Columns of cells, all of one length.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    /// Slot of each grid; [`NONE`] (no grid) is decided by no rule.
    pub slots: &'a [u32],
    /// Matter of each.
    pub matters: &'a [u32],
    /// Grade of each or [`NONE`]; no column: none has one.
    pub grades: Option<&'a [u32]>,
    /// Asset class of each or [`NONE`]; no column: none has one.
    pub assets: Option<&'a [u32]>,
}

/// A rule book compiled against the grids of one city.
#[derive(Debug, Clone)]
pub struct DecisionTable {
    axes: Axes,
    /// Classes of places told apart by rules or by the units that serve them.
    sites: Axis,
    /// Area class of each site.
    area_of: Vec<u32>,
    /// Site of each slot.
    site_of: Vec<u32>,
    serving: Serving,
    teams: Teams,
    exceptions: Exceptions,
    keys: Vec<Key>,
    ranking: Ranking,
    dense: Option<Dense>,
}

impl DecisionTable {
    /// Compiles rules against a city.
    ///
    /// # Errors
    ///
    /// Every fault at once: positions that point nowhere, circles; if there are none, rules of equal
    /// specificity that disagree somewhere, and ties between units that some cell really meets.
    ///
    /// # Examples
    ///
    /// ```
    /// use gov_routing::{Cell, DecisionTable, NONE, RuleSpec, TableSpec, UnitRef};
    /// let anything = RuleSpec { lead: vec![UnitRef::Kind(7)], respond: 0, resolve: 1, ..RuleSpec::default() };
    /// let water = RuleSpec { matter: Some(1), lead: vec![UnitRef::Unit(2)], ..anything.clone() };
    /// let spec = TableSpec {
    ///     places: vec![None, Some(0), Some(0)],          // a street and its two grids
    ///     grids: vec![1, 2],
    ///     matters: vec![None, None],                     // 0: noise, 1: water
    ///     unit_kinds: vec![7, 7, 9],                     // two stations and the water office
    ///     unit_serves: vec![vec![0], vec![2], vec![]],
    ///     rules: vec![anything, water],
    ///     ..TableSpec::default()
    /// };
    /// let (table, warnings) = DecisionTable::compile(&spec).expect("a sound rule book");
    /// assert!(warnings.is_empty());
    /// let at = |slot, matter| table.lookup(Cell { slot, matter, grade: NONE, asset: NONE });
    /// assert_eq!(at(0, 0).map(|answer| (answer.rule, answer.team)), Some((0, 0))); // the street's station
    /// assert_eq!(at(1, 0).map(|answer| (answer.rule, answer.team)), Some((0, 1))); // the grid's own
    /// assert_eq!(at(1, 1).map(|answer| (answer.rule, answer.team)), Some((1, 2))); // water is special
    /// ```
    pub fn compile(spec: &TableSpec) -> Result<(Self, Findings<TableWarning>), Findings<TableFault>> {
        let mut faults = Findings::default();
        spec.check(&mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let grades = vec![None; spec.grades as usize];
        let mut build = |part: Part, tree: &[Option<u32>], named: Named, left_out: LeftOut| {
            Axis::new(part, tree, &spec.mark(tree, named, left_out), &mut faults)
        };
        let axes = Axes([
            build(Part::Assets, &spec.assets, |rule| rule.asset, |rule| &rule.except_assets),
            build(Part::Places, &spec.places, |rule| rule.area, |_| &[]),
            build(Part::Matters, &spec.matters, |rule| rule.matter, |rule| &rule.except_matters),
            build(Part::Grades, &grades, |rule| rule.grade, |_| &[]),
        ]);
        if !faults.is_empty() {
            return Err(faults);
        }
        let areas = axes.of(Dimension::Area);
        let mut marked = spec.mark(&spec.places, |rule| rule.area, |rule| &rule.except_areas);
        Serving::mark(spec, &mut marked);
        let sites = Axis::new(Part::Places, &spec.places, &marked, &mut faults);
        let serving = Serving::new(spec, &sites);
        let teams = Teams::new(spec, &sites, &serving, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let keys: Vec<Key> = spec.rules.iter().map(|rule| axes.key(rule)).collect();
        let mut table = Self {
            area_of: (0..sites.len() as u32).map(|site| areas.class(sites.value(site))).collect(),
            site_of: spec.grids.iter().map(|&place| sites.class(place)).collect(),
            ranking: Ranking::new(&axes, &keys),
            exceptions: Exceptions::new(&axes, &spec.rules),
            axes,
            sites,
            serving,
            teams,
            keys,
            dense: None,
        };
        let warnings = table.check(spec)?;
        table.write_out(dense::LIMIT);
        Ok((table, warnings))
    }

    /// Looks for what refuses the table, then for what is odd about it.
    fn check(&self, spec: &TableSpec) -> Result<Findings<TableWarning>, Findings<TableFault>> {
        let ground = Ground::new(spec, self);
        let (mut faults, mut ties) = (Findings::default(), Findings::default());
        let (mut warnings, mut unreachable, mut crossings) =
            (Findings::default(), Findings::default(), Findings::default());
        let repeats = find_equals(&ground, &mut faults, &mut warnings);
        find_ties(&ground, &mut ties);
        faults.append(ties);
        if !faults.is_empty() {
            return Err(faults);
        }
        find_unreachable(&ground, &repeats, &mut unreachable);
        find_crossings(&ground, &mut crossings);
        warnings.append(unreachable);
        warnings.append(crossings);
        Ok(warnings)
    }

    /// Writes up to `limit` cells out.
    fn write_out(&mut self, limit: usize) {
        let source = Source {
            axes: &self.axes,
            teams: &self.teams,
            exceptions: &self.exceptions,
            keys: &self.keys,
            ranking: &self.ranking,
            area_of: &self.area_of,
            site_of: &self.site_of,
        };
        self.dense = Dense::new(&source, limit);
    }

    /// Number of grid slots.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.site_of.len()
    }

    /// Number of teams; each is below it.
    #[must_use]
    pub fn teams(&self) -> usize {
        self.teams.len()
    }

    /// The units behind a team's number. The first teams are the city's units, each alone.
    #[must_use]
    pub fn team(&self, team: u32) -> Option<Team<'_>> {
        self.teams.get(team)
    }

    /// The answer to one cell, or `None` where no rule applies or a position points nowhere.
    #[must_use]
    pub fn lookup(&self, cell: Cell) -> Option<Answer> {
        let written = self.dense.as_ref().and_then(|dense| dense.lookup(&self.teams, cell));
        Some(written.unwrap_or_else(|| self.search(cell))).filter(|answer| *answer != Answer::NONE)
    }

    /// Answers to many cells: the rule and the team of each, [`NONE`] and [`NONE`] where `lookup` has none.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if two columns differ in length; nothing is written then.
    pub fn lookup_batch(
        &self,
        cells: &Cells<'_>,
        rules: &mut [u32],
        teams: &mut [u32],
    ) -> Result<(), RoutingError> {
        let left = cells.slots.len();
        let lengths = [Some(cells.matters), cells.grades, cells.assets, Some(&*rules), Some(&*teams)];
        if let Some(right) = lengths.into_iter().flatten().map(<[u32]>::len).find(|&right| right != left) {
            return Err(RoutingError::LengthMismatch { left, right });
        }
        if let Some(dense) = &self.dense {
            dense.lookup_batch(&self.teams, cells, (rules, teams), |cell| self.search(cell));
            return Ok(());
        }
        for at in 0..left {
            let cell = Cell {
                slot: cells.slots[at],
                matter: cells.matters[at],
                grade: cells.grades.map_or(NONE, |grades| grades[at]),
                asset: cells.assets.map_or(NONE, |assets| assets[at]),
            };
            let answer = self.search(cell);
            (rules[at], teams[at]) = (answer.rule, answer.team);
        }
        Ok(())
    }

    /// The answer to a cell by asking the ranking, or [`Answer::NONE`].
    #[cold]
    fn search(&self, cell: Cell) -> Answer {
        let Some((key, site)) = self.key_of(cell) else { return Answer::NONE };
        let finds = |&rule: &u32| {
            let team = if self.exceptions.cell(rule, &key) { NONE } else { self.teams.at(rule, site) };
            Some(Answer { rule, team }).filter(|answer| answer.team != NONE)
        };
        let decides = self.ranking.find(&self.axes, &key, |rules| rules.iter().find_map(finds));
        decides.unwrap_or(Answer::NONE)
    }

    /// Classes and site of a cell, if its positions exist.
    fn key_of(&self, cell: Cell) -> Option<(Key, u32)> {
        if cell.matter == NONE {
            return None;
        }
        let site = *self.site_of.get(cell.slot as usize)?;
        let [assets, _, matters, grades] = &self.axes.0;
        let area = self.area_of[site as usize];
        Some(([assets.find(cell.asset)?, area, matters.find(cell.matter)?, grades.find(cell.grade)?], site))
    }
}
