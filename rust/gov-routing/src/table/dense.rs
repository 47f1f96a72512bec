//! The table written out: one load finds the rule of a cell.
//!
//! Grids that no rule tells apart share a row, matters that no rule tells apart a column; so a city of ten
//! thousand grids whose rules speak of streets has a few dozen rows. Cells hold rules, not units: the unit
//! follows from rule and site (see [`Column`](super::teams::Column)). Were it in the cell, no two grids with
//! a unit each could share a row.

use super::ranking::{Axes, Key, Ranking};
use super::spec::{Cell, NONE};
use super::teams::Teams;
use super::{Answer, Cells};
use std::collections::HashMap;
use std::ops::Range;

/// The most cells written out; where the table has more, whole asset classes from the last on are left to
/// the ranking, and where "no asset" alone has more, all of it.
pub(super) const LIMIT: usize = 1 << 26;

/// The most cells painted, counting again those painted over: keeps compiling short where trees are deep.
const PAINT_LIMIT: u64 = 1 << 30;

/// What the table is written from.
pub(super) struct Source<'a> {
    pub(super) axes: &'a Axes,
    pub(super) teams: &'a Teams,
    pub(super) keys: &'a [Key],
    pub(super) ranking: &'a Ranking,
    /// Area class of each site.
    pub(super) area_of: &'a [u32],
    /// Site of each slot.
    pub(super) site_of: &'a [u32],
}

/// The rule of each cell, as narrow as rules fit.
#[derive(Debug, Clone)]
enum Rules {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

/// Where each value's cells begin, and the cells: asset by asset, row by row, matter by matter, grade by
/// grade. The first asset class is "no asset", so events without one read a plain table of its own.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    /// Begin of the row, and site, of each slot.
    slots: Vec<[u32; 2]>,
    /// Begin of each value's cells, at position value + 1; [`NONE`] where they are not written out.
    matters: Vec<u32>,
    grades: Vec<u32>,
    assets: Vec<u32>,
    rules: Rules,
}

impl Dense {
    /// Writes the table out, or as much of it as `limit` cells hold; `None` if that is nothing.
    pub(super) fn new(source: &Source<'_>, limit: usize) -> Option<Self> {
        let rows = Rows::new(source);
        let [assets, _, matters, grades] = &source.axes.0;
        let row = matters.len() * grades.len();
        let slab = rows.sites.len() * row;
        let slabs = assets.len().min(limit.checked_div(slab)?);
        let painter = Painter { source, rows: &rows, row, slab, slabs };
        if slabs == 0 || painter.work() > PAINT_LIMIT {
            return None;
        }
        let rules = match u16::try_from(source.keys.len()) {
            Ok(none) => Rules::Narrow(painter.paint(none, |rule| rule as u16)),
            Err(_) => Rules::Wide(painter.paint(source.keys.len() as u32, |rule| rule)),
        };
        let begin = |classes: &[u32], each: usize, written: usize| -> Vec<u32> {
            let begin = |&class: &u32| if class < written as u32 { class * each as u32 } else { NONE };
            classes.iter().map(begin).collect()
        };
        let mut matters = begin(matters.classes(), grades.len(), matters.len());
        matters[0] = NONE; // every event has a matter
        Some(Self {
            slots: source.site_of.iter().map(|&site| [rows.of[site as usize] * row as u32, site]).collect(),
            matters,
            grades: begin(grades.classes(), 1, grades.len()),
            assets: begin(assets.classes(), slab, slabs),
            rules,
        })
    }

    /// The answer to one cell, or [`Answer::NONE`]; `None` if the cell is not written out.
    pub(super) fn lookup(&self, teams: &Teams, cell: Cell) -> Option<Answer> {
        let grade = begin_of(&self.grades, cell.grade)?;
        let asset = begin_of(&self.assets, cell.asset)?;
        match &self.rules {
            Rules::Narrow(rules) => self.find(rules, teams, cell.slot, cell.matter, grade + asset),
            Rules::Wide(rules) => self.find(rules, teams, cell.slot, cell.matter, grade + asset),
        }
    }

    /// Answers cells of one length; `other` answers those that are not written out.
    pub(super) fn lookup_batch(
        &self,
        teams: &Teams,
        cells: &Cells<'_>,
        out: (&mut [u32], &mut [u32]),
        other: impl Fn(Cell) -> Answer,
    ) {
        match &self.rules {
            Rules::Narrow(rules) => self.run(rules, teams, cells, out, other),
            Rules::Wide(rules) => self.run(rules, teams, cells, out, other),
        }
    }

    /// One loop for each combination of columns: a column that is not there costs nothing.
    fn run<T: Copy + Into<u32>>(
        &self,
        rules: &[T],
        teams: &Teams,
        cells: &Cells<'_>,
        out: (&mut [u32], &mut [u32]),
        other: impl Fn(Cell) -> Answer,
    ) {
        let each = cells.slots.iter().zip(cells.matters).zip(out.0).zip(out.1);
        let answer = |(((&slot, &matter), rule), team): (((&u32, &u32), &mut u32), &mut u32),
                      grade: u32,
                      asset: u32,
                      begin: Option<usize>| {
            let found = begin.and_then(|begin| self.find(rules, teams, slot, matter, begin));
            Answer { rule: *rule, team: *team } =
                found.unwrap_or_else(|| other(Cell { slot, matter, grade, asset }));
        };
        let grade_begin = |grade| begin_of(&self.grades, grade);
        let asset_begin = |asset| begin_of(&self.assets, asset);
        match (cells.grades, cells.assets) {
            (None, None) => each.for_each(|event| answer(event, NONE, NONE, Some(0))),
            (Some(grades), None) => {
                each.zip(grades).for_each(|(event, &grade)| answer(event, grade, NONE, grade_begin(grade)));
            }
            (None, Some(assets)) => {
                each.zip(assets).for_each(|(event, &asset)| answer(event, NONE, asset, asset_begin(asset)));
            }
            (Some(grades), Some(assets)) => {
                each.zip(grades).zip(assets).for_each(|((event, &grade), &asset)| {
                    let begin = grade_begin(grade).zip(asset_begin(asset));
                    answer(event, grade, asset, begin.map(|(grade, asset)| grade + asset));
                });
            }
        }
    }

    #[inline]
    fn find<T: Copy + Into<u32>>(
        &self,
        rules: &[T],
        teams: &Teams,
        slot: u32,
        matter: u32,
        begin: usize,
    ) -> Option<Answer> {
        let &[row, site] = self.slots.get(slot as usize)?;
        let at = begin + row as usize + begin_of(&self.matters, matter)?;
        let rule: u32 = (*rules.get(at)?).into();
        let team = teams.at(rule, site);
        Some(Answer { rule: if team == NONE { NONE } else { rule }, team })
    }
}

#[inline]
fn begin_of(begins: &[u32], value: u32) -> Option<usize> {
    begins.get(value.wrapping_add(1) as usize).map(|&begin| begin as usize)
}

/// Rows of the table: sites whose cells are decided by the same rules.
struct Rows {
    /// Row of each site; [`NONE`] where no grid is.
    of: Vec<u32>,
    /// One site of each row. Rows are in the order of areas, so what lies below an area is a range.
    sites: Vec<u32>,
    /// Area class of each row.
    areas: Vec<u32>,
}

impl Rows {
    /// Two sites of one area class are decided by the same rules if the same rules find a team there.
    fn new(source: &Source<'_>) -> Self {
        let mut pattern = vec![0; source.area_of.len()];
        let mut patterns = 1;
        for span in &source.teams.spans {
            let found = source.teams.numbers_of(span).iter().map(|&team| team != NONE);
            split(&mut pattern[span.sites.start as usize..span.sites.end as usize], found, &mut patterns);
        }
        let class = |site: u32| (source.area_of[site as usize], pattern[site as usize]);
        let mut order: Vec<u32> = source.site_of.to_vec();
        order.sort_unstable_by_key(|&site| (class(site), site));
        order.dedup();
        let mut rows = Self { of: vec![NONE; pattern.len()], sites: Vec::new(), areas: Vec::new() };
        for alike in order.chunk_by(|&left, &right| class(left) == class(right)) {
            for &site in alike {
                rows.of[site as usize] = rows.sites.len() as u32;
            }
            rows.sites.push(alike[0]);
            rows.areas.push(source.area_of[alike[0] as usize]);
        }
        rows
    }
}

/// Gives sites where nobody is found a pattern apart from those where somebody is.
fn split(pattern: &mut [u32], found: impl Iterator<Item = bool>, patterns: &mut u32) {
    let mut apart = HashMap::<u32, u32, foldhash::fast::FixedState>::default();
    for (pattern, found) in pattern.iter_mut().zip(found) {
        if !found {
            *pattern = *apart.entry(*pattern).or_insert_with(|| {
                *patterns += 1;
                *patterns
            });
        }
    }
}

/// Paints rules over one another, least specific first.
struct Painter<'a> {
    source: &'a Source<'a>,
    rows: &'a Rows,
    /// Cells of a row, cells of an asset class, asset classes written out.
    row: usize,
    slab: usize,
    slabs: usize,
}

/// Cells of one rule: a range in each dimension.
struct Block {
    assets: Range<usize>,
    rows: Range<usize>,
    matters: Range<usize>,
    grades: Range<usize>,
}

impl Painter<'_> {
    fn block(&self, key: &Key) -> Block {
        let [assets, areas, matters, grades] = std::array::from_fn(|at| {
            let below = self.source.axes.0[at].below(key[at]);
            below.start as usize..below.end as usize
        });
        let row = |area: usize| self.rows.areas.partition_point(|&other| (other as usize) < area);
        Block {
            assets: assets.start..assets.end.min(self.slabs),
            rows: row(areas.start)..row(areas.end),
            matters,
            grades,
        }
    }

    fn work(&self) -> u64 {
        let work = |key: &Key| {
            let block = self.block(key);
            let [assets, rows, matters, grades] =
                [block.assets, block.rows, block.matters, block.grades].map(|range| range.len() as u64);
            assets.saturating_mul(rows).saturating_mul(matters * grades)
        };
        self.source.keys.iter().map(work).fold(0, u64::saturating_add)
    }

    fn paint<T: Copy>(&self, none: T, number: impl Fn(u32) -> T) -> Vec<T> {
        let mut cells = vec![none; self.slab * self.slabs];
        let ranking = self.source.ranking;
        let grades = self.row / self.source.axes.0[2].len();
        for group in 0..ranking.keys.len() {
            let block = self.block(&ranking.keys[group]);
            // Of equals the first given is painted last.
            for &rule in ranking.group(group).iter().rev() {
                for row in block.rows.clone() {
                    if self.source.teams.at(rule, self.rows.sites[row]) == NONE {
                        continue;
                    }
                    for asset in block.assets.clone() {
                        let begin = asset * self.slab + row * self.row;
                        if block.grades.len() == grades {
                            let all =
                                begin + block.matters.start * grades..begin + block.matters.end * grades;
                            cells[all].fill(number(rule));
                        } else {
                            for matter in block.matters.clone() {
                                let begin = begin + matter * grades;
                                cells[begin + block.grades.start..begin + block.grades.end]
                                    .fill(number(rule));
                            }
                        }
                    }
                }
            }
        }
        cells
    }
}
