//! The order of rules: which apply to a cell, the most specific first.
//!
//! Rules that apply to one cell name ancestors of the same four values. So they are equally specific only if
//! they name the very same four: equals are found by their key, before any cell is looked at.

use super::axis::Axis;
use super::spec::RuleSpec;
use std::cmp::Ordering;
use std::collections::HashMap;

/// What a rule may be narrower by, in the order that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// The asset class; decides first.
    Asset,
    /// The area.
    Area,
    /// The matter.
    Matter,
    /// The grade; decides last.
    Grade,
}

impl Dimension {
    /// All four, in the order that decides.
    pub const ALL: [Self; 4] = [Self::Asset, Self::Area, Self::Matter, Self::Grade];
}

/// A class in each dimension: what a rule names, or what a cell is.
pub(super) type Key = [u32; 4];

/// The four dimensions, in the order of [`Dimension::ALL`].
#[derive(Debug, Clone)]
pub(super) struct Axes(pub(super) [Axis; 4]);

impl Axes {
    pub(super) fn of(&self, dimension: Dimension) -> &Axis {
        &self.0[dimension as usize]
    }

    /// The four values a rule names.
    pub(super) fn key(&self, rule: &RuleSpec) -> Key {
        let named = [rule.asset, rule.area, rule.matter, rule.grade];
        std::array::from_fn(|at| named[at].map_or(0, |value| self.0[at].class(value)))
    }

    /// Whether a rule applies to a cell in one dimension.
    pub(super) fn covers(&self, dimension: Dimension, rule: &Key, cell: &Key) -> bool {
        self.of(dimension).covers(rule[dimension as usize], cell[dimension as usize])
    }

    /// Whether a rule applies to a cell.
    pub(super) fn applies(&self, rule: &Key, cell: &Key) -> bool {
        Dimension::ALL.iter().all(|&dimension| self.covers(dimension, rule, cell))
    }

    /// Which of two rules that apply to one cell is more specific (`Greater`: the left), and by what.
    pub(super) fn compare(&self, left: &Key, right: &Key) -> Option<(Ordering, Dimension)> {
        Dimension::ALL.iter().find_map(|&dimension| {
            let depth = |key: &Key| self.of(dimension).depth(key[dimension as usize]);
            let ordering = depth(left).cmp(&depth(right));
            ordering.is_ne().then_some((ordering, dimension))
        })
    }

    fn depths(&self, key: &Key) -> [u32; 4] {
        std::array::from_fn(|at| self.0[at].depth(key[at]))
    }
}

/// Rules with one key, found by it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ranking {
    /// Key of each group; groups come least specific first.
    pub(super) keys: Vec<Key>,
    /// Range of each group in `rules`.
    starts: Vec<u32>,
    /// Rules by group, each group in the order given.
    rules: Vec<u32>,
    /// Groups by area class, each area's least specific first, and the range of each area class.
    by_area: Vec<u32>,
    area_starts: Vec<u32>,
    group_of: HashMap<Key, u32, foldhash::fast::FixedState>,
}

impl Ranking {
    pub(super) fn new(axes: &Axes, keys_of_rules: &[Key]) -> Self {
        let mut rules: Vec<u32> = (0..keys_of_rules.len() as u32).collect();
        rules.sort_by_cached_key(|&rule| {
            let key = &keys_of_rules[rule as usize];
            (axes.depths(key), *key, rule)
        });
        let mut ranking = Self::default();
        for (at, &rule) in rules.iter().enumerate() {
            let key = keys_of_rules[rule as usize];
            if ranking.keys.last() != Some(&key) {
                ranking.group_of.insert(key, ranking.keys.len() as u32);
                ranking.keys.push(key);
                ranking.starts.push(at as u32);
            }
        }
        ranking.starts.push(rules.len() as u32);
        ranking.rules = rules;
        let area = |&group: &u32| ranking.keys[group as usize][Dimension::Area as usize];
        let mut by_area: Vec<u32> = (0..ranking.keys.len() as u32).collect();
        by_area.sort_by_key(area);
        let areas = 0..=axes.of(Dimension::Area).len() as u32;
        ranking.area_starts =
            areas.map(|end| by_area.partition_point(|group| area(group) < end) as u32).collect();
        ranking.by_area = by_area;
        ranking
    }

    /// Groups whose rules name just this area class, least specific first.
    pub(super) fn in_area(&self, area: u32) -> &[u32] {
        let [start, end] = [area, area + 1].map(|at| self.area_starts[at as usize] as usize);
        &self.by_area[start..end]
    }

    /// Rules of a group, in the order given.
    pub(super) fn group(&self, group: usize) -> &[u32] {
        &self.rules[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    /// Rules with this very key.
    pub(super) fn with_key(&self, key: &Key) -> &[u32] {
        self.group_of.get(key).map_or(&[], |&group| self.group(group as usize))
    }

    /// Calls `visit` with each group that applies to a cell, most specific first, until it answers.
    ///
    /// Asks for every combination of ancestors, a few dozen in a city; where trees are so deep that scanning
    /// the groups takes fewer steps, scans them.
    pub(super) fn find<'a, T>(
        &'a self,
        axes: &Axes,
        cell: &Key,
        mut visit: impl FnMut(&'a [u32]) -> Option<T>,
    ) -> Option<T> {
        let combinations = axes
            .depths(cell)
            .iter()
            .fold(1_u64, |product, &depth| product.saturating_mul(u64::from(depth) + 1));
        if combinations > self.keys.len() as u64 {
            return (0..self.keys.len())
                .rev()
                .filter(|&group| axes.applies(&self.keys[group], cell))
                .find_map(|group| visit(self.group(group)));
        }
        let [assets, areas, matters, grades] = &axes.0;
        for asset in assets.chain(cell[0]) {
            for area in areas.chain(cell[1]) {
                for matter in matters.chain(cell[2]) {
                    for grade in grades.chain(cell[3]) {
                        if let Some(&group) = self.group_of.get(&[asset, area, matter, grade])
                            && let Some(found) = visit(self.group(group as usize))
                        {
                            return Some(found);
                        }
                    }
                }
            }
        }
        None
    }
}
