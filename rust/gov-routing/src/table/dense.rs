//! The table written out: two loads find the rule of a cell.
//!
//! Grids that no rule tells apart share a row, and a row is written as pages of a few matters, of which
//! equal ones are written once: so a city of ten thousand grids with a rule of its own each has little more
//! to keep in cache than those rules. Cells hold rules, not units: the unit follows from rule and site (see
//! [`Teams`]). Were it in the cell, no two grids with a unit each could share anything.

use super::exceptions::Exceptions;
use super::ranking::{Axes, Key, Ranking};
use super::spec::{Cell, NONE};
use super::teams::Teams;
use super::{Answer, Cells};
use std::collections::HashMap;
use std::hash::Hash;

/// The most distinct cells, and the most pages, written out; where the table has more, whole asset classes
/// from the last on are left to the ranking, and where "no asset" alone has more, all of it.
///
/// A bound on memory (256 MB of each), not the point where searching gets faster: there is none. Unsorted
/// events with 200 matters and 3 grades, AMD EPYC, one busy core, best of 200 batches of 65,536, written out
/// against searched: 265 grids 2.3 and 43 ns; 10,000 grids 3.1 and 28 ns; 10,000 grids with a rule each 5.1
/// and 51 ns; 100,000 grids with a rule each (3.2 M cells) 33 and 270 ns.
pub(super) const LIMIT: usize = 1 << 26;

/// The most steps spent on painting cells: a few seconds. 100,000 grids with a rule each take a fifth.
const STEPS: usize = 1 << 30;

/// Cells of a page, about: one cache line.
const PAGE: usize = 32;

/// What the table is written from.
pub(super) struct Source<'a> {
    pub(super) axes: &'a Axes,
    pub(super) teams: &'a Teams,
    pub(super) exceptions: &'a Exceptions,
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

/// Where each value's cells begin, and the cells. Pages are listed asset by asset, row by row, matters by
/// matters; the first asset class is "no asset", so events without one read a plain table of its own. Within
/// a page cells come matter by matter, grade by grade.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    /// First page of the row, and site, of each slot.
    slots: Vec<[u32; 2]>,
    /// Page within the row and begin within the page of each matter, at position matter + 1.
    matters: Vec<[u32; 2]>,
    /// Begin of each grade within its matter, at position grade + 1.
    grades: Vec<u32>,
    /// First page of each asset class, at position class + 1; [`NONE`] where it is not written out.
    assets: Vec<u32>,
    /// Begin of each page in `rules`.
    pages: Vec<u32>,
    rules: Rules,
}

impl Dense {
    /// Writes the table out, or as much of it as `limit` cells hold; `None` if that is nothing.
    pub(super) fn new(source: &Source<'_>, limit: usize) -> Option<Self> {
        let [assets, _, matters, grades] = &source.axes.0;
        let rows = Rows::new(source);
        let page = (PAGE / grades.len()).max(1) * grades.len();
        let painter = Painter { source, rows: &rows, page, limit };
        let (pages, rules) = if let Ok(none) = u16::try_from(source.keys.len()) {
            let (pages, cells) = painter.write(none, |rule| rule as u16);
            (pages, Rules::Narrow(cells))
        } else {
            let (pages, cells) = painter.write(source.keys.len() as u32, |rule| rule);
            (pages, Rules::Wide(cells))
        };
        let row_pages = (matters.len() * grades.len()).div_ceil(page);
        let asset_pages = rows.sites.len() * row_pages;
        let written = pages.len().checked_div(asset_pages).filter(|&written| written > 0)? as u32;
        let first_page = |&class: &u32| if class < written { class * asset_pages as u32 } else { NONE };
        let begin = |&class: &u32| {
            [0, 1].map(|part| {
                let cell = class as usize * grades.len();
                [cell / page, cell % page][part] as u32
            })
        };
        let mut dense = Self {
            slots: source
                .site_of
                .iter()
                .map(|&site| [rows.of[site as usize] * row_pages as u32, site])
                .collect(),
            matters: matters.classes().iter().map(begin).collect(),
            grades: grades.classes().to_vec(),
            assets: assets.classes().iter().map(first_page).collect(),
            pages,
            rules,
        };
        dense.matters[0] = [NONE; 2]; // every event has a matter
        Some(dense)
    }

    /// The answer to one cell, or [`Answer::NONE`]; `None` if the cell is not written out.
    pub(super) fn lookup(&self, teams: &Teams, cell: Cell) -> Option<Answer> {
        let begin = Begin { grade: at(&self.grades, cell.grade)?, asset: at(&self.assets, cell.asset)? };
        match &self.rules {
            Rules::Narrow(rules) => self.find(rules, teams, cell.slot, cell.matter, begin),
            Rules::Wide(rules) => self.find(rules, teams, cell.slot, cell.matter, begin),
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
                      begin: Option<Begin>| {
            let found = begin.and_then(|begin| self.find(rules, teams, slot, matter, begin));
            Answer { rule: *rule, team: *team } =
                found.unwrap_or_else(|| other(Cell { slot, matter, grade, asset }));
        };
        let begin =
            |grade, asset| Some(Begin { grade: at(&self.grades, grade)?, asset: at(&self.assets, asset)? });
        match (cells.grades, cells.assets) {
            (None, None) => each.for_each(|event| answer(event, NONE, NONE, Some(Begin::NONE))),
            (Some(grades), None) => each.zip(grades).for_each(|(event, &grade)| {
                let begin = at(&self.grades, grade).map(|grade| Begin { grade, ..Begin::NONE });
                answer(event, grade, NONE, begin);
            }),
            (None, Some(assets)) => each.zip(assets).for_each(|(event, &asset)| {
                answer(event, NONE, asset, begin(NONE, asset));
            }),
            (Some(grades), Some(assets)) => {
                each.zip(grades).zip(assets).for_each(|((event, &grade), &asset)| {
                    answer(event, grade, asset, begin(grade, asset));
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
        begin: Begin,
    ) -> Option<Answer> {
        let [row, site] = *self.slots.get(slot as usize)?;
        let [page, cell] = at(&self.matters, matter)?;
        let page = *self.pages.get(begin.asset as usize + row as usize + page as usize)?;
        let rule: u32 = (*rules.get(page as usize + cell as usize + begin.grade as usize)?).into();
        let team = teams.at(rule, site);
        Some(Answer { rule: if team == NONE { NONE } else { rule }, team })
    }
}

/// Where the cells of a grade and of an asset class begin.
#[derive(Clone, Copy)]
struct Begin {
    grade: u32,
    asset: u32,
}

impl Begin {
    /// Neither a grade nor an asset: the first of each.
    const NONE: Self = Self { grade: 0, asset: 0 };
}

/// The entry of a value, [`NONE`] being the first.
#[inline]
fn at<T: Copy>(entries: &[T], value: u32) -> Option<T> {
    entries.get(value.wrapping_add(1) as usize).copied()
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

/// Paints the rules of one row over one another, least specific first, and writes its pages.
struct Painter<'a> {
    source: &'a Source<'a>,
    rows: &'a Rows,
    /// Cells of a page: whole matters.
    page: usize,
    limit: usize,
}

impl Painter<'_> {
    /// Pages and cells of as many asset classes as the limit lets be written.
    fn write<T: Copy + Eq + Hash>(&self, none: T, number: impl Fn(u32) -> T) -> (Vec<u32>, Vec<T>) {
        let [assets, _, matters, grades] = &self.source.axes.0;
        let (mut pages, mut cells) = (Vec::new(), Vec::new());
        let mut known: HashMap<Vec<T>, u32, foldhash::fast::FixedState> = HashMap::default();
        let mut row = vec![none; matters.len() * grades.len()];
        let mut steps = 0;
        for asset in 0..assets.len() as u32 {
            let written = (pages.len(), cells.len());
            let mut groups = Vec::new();
            for at in 0..self.rows.sites.len() {
                if at == 0 || self.rows.areas[at] != self.rows.areas[at - 1] {
                    groups = self.groups(asset, self.rows.areas[at]);
                }
                row.fill(none);
                steps += row.len() + self.paint(&mut row, &groups, asset, self.rows.sites[at], &number);
                for page in row.chunks(self.page) {
                    let begin = known.get(page).copied().unwrap_or_else(|| {
                        let begin = cells.len() as u32;
                        cells.extend_from_slice(page);
                        known.insert(page.to_vec(), begin);
                        begin
                    });
                    pages.push(begin);
                }
                if steps > STEPS || pages.len().max(cells.len()) > self.limit {
                    pages.truncate(written.0);
                    cells.truncate(written.1);
                    return (pages, cells);
                }
            }
        }
        (pages, cells)
    }

    /// Groups that apply to an asset class and an area class, least specific first.
    fn groups(&self, asset: u32, area: u32) -> Vec<u32> {
        let axes = &self.source.axes.0;
        let here = axes[1].chain(area).flat_map(|area| self.source.ranking.in_area(area));
        let mut groups: Vec<u32> = here
            .copied()
            .filter(|&group| axes[0].covers(self.source.ranking.keys[group as usize][0], asset))
            .collect();
        groups.sort_unstable();
        groups
    }

    /// Paints groups on a row; returns how many cells.
    fn paint<T: Copy>(
        &self,
        row: &mut [T],
        groups: &[u32],
        asset: u32,
        site: u32,
        number: &impl Fn(u32) -> T,
    ) -> usize {
        let Source { axes: Axes([_, _, matters, grades]), teams, exceptions, ranking, .. } = self.source;
        let mut painted = groups.len();
        for &group in groups {
            let rules = ranking.group(group as usize);
            let finds = |&rule: &u32| teams.at(rule, site) != NONE && !exceptions.asset(rule, asset);
            // What the first of equal rules leaves out is the next one's: so the first is painted last.
            let whole = rules.iter().position(|rule| finds(rule) && !exceptions.any_matter(*rule));
            let rules = whole.map_or(rules, |at| &rules[..=at]);
            let [_, _, matter, grade] = ranking.keys[group as usize];
            let grade = grades.below(grade);
            for &rule in rules.iter().rev().filter(|&rule| finds(rule)) {
                painted += matters.below(matter).len();
                for matter in matters.below(matter).filter(|&matter| !exceptions.matter(rule, matter)) {
                    let begin = matter as usize * grades.len();
                    row[begin + grade.start as usize..begin + grade.end as usize].fill(number(rule));
                }
            }
        }
        painted
    }
}
