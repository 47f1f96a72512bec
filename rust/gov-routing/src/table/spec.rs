//! What a decision table is compiled from: trees, units and rules, as positions in the caller's lists.

use super::findings::{Findings, TableFault};

/// Stands for "none" wherever a position is expected: no grade, no asset, no limit.
pub const NONE: u32 = u32::MAX;

/// Trees, grids, units and rules of one city.
///
/// Every `u32` is a position in the list it speaks of. A tree is the parent of each of its nodes; `None`
/// marks a root, and a tree may have many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSpec {
    /// Parent of each place.
    pub places: Vec<Option<u32>>,
    /// Place of each grid slot.
    pub grids: Vec<u32>,
    /// Parent of each matter.
    pub matters: Vec<Option<u32>>,
    /// Parent of each asset class.
    pub assets: Vec<Option<u32>>,
    /// Number of grades; 0 where the city grades nothing.
    pub grades: u32,
    /// Kind of each unit; kinds are numbered by the caller.
    pub unit_kinds: Vec<u32>,
    /// Places each unit serves; a place covers what lies below it.
    pub unit_serves: Vec<Vec<u32>>,
    /// The rules, in the order in which duplicates give way: the first of equals answers.
    pub rules: Vec<RuleSpec>,
}

/// One rule: where it applies, who answers, and by when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSpec {
    /// This matter and what lies below it; `None` is any.
    pub matter: Option<u32>,
    /// This place and what lies below it; `None` is any.
    pub area: Option<u32>,
    /// This asset class and what lies below it; `None` is any, and events without an asset.
    pub asset: Option<u32>,
    /// This grade; `None` is any, and events without a grade.
    pub grade: Option<u32>,
    /// Not these matters, nor what lies below them.
    pub except_matters: Vec<u32>,
    /// Not in these places, nor below them.
    pub except_areas: Vec<u32>,
    /// Not for these asset classes, nor those below them.
    pub except_assets: Vec<u32>,
    /// Who leads: the first element that finds a unit. At least one element.
    pub lead: Vec<UnitRef>,
    /// Who assists. An element that finds nobody, or finds the lead, or one already there, is passed over.
    pub assist: Vec<UnitRef>,
    /// Code of the limit to respond within, [`NONE`] without; handed back, never looked into.
    pub respond: u32,
    /// Code of the limit to resolve within, [`NONE`] without; handed back, never looked into.
    pub resolve: u32,
}

/// One unit, named or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitRef {
    /// This unit, wherever the event is.
    Unit(u32),
    /// The unit of this kind whose serving place is lowest at or above the grid.
    Kind(u32),
}

/// One case a table decides on. Grade and asset are [`NONE`] where the event has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// Slot of the grid.
    pub slot: u32,
    /// The matter; every event has one.
    pub matter: u32,
    /// The grade, or [`NONE`].
    pub grade: u32,
    /// The asset class, or [`NONE`].
    pub asset: u32,
}

/// A list of a [`TableSpec`], named in faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// [`TableSpec::places`].
    Places,
    /// [`TableSpec::grids`].
    Grids,
    /// [`TableSpec::matters`].
    Matters,
    /// [`TableSpec::assets`].
    Assets,
    /// [`TableSpec::grades`].
    Grades,
    /// [`TableSpec::unit_kinds`] and [`TableSpec::unit_serves`].
    Units,
    /// [`TableSpec::rules`].
    Rules,
}

/// The value a rule names in one dimension.
pub(super) type Named = fn(&RuleSpec) -> Option<u32>;
/// The values a rule leaves out in one dimension.
pub(super) type LeftOut = fn(&RuleSpec) -> &[u32];

impl TableSpec {
    /// Marks the values of a tree that rules name or leave out.
    pub(super) fn mark(&self, tree: &[Option<u32>], named: Named, left_out: LeftOut) -> Vec<bool> {
        let mut marked = vec![false; tree.len()];
        for rule in &self.rules {
            for value in named(rule).iter().chain(left_out(rule)) {
                marked[*value as usize] = true;
            }
        }
        marked
    }

    /// Reports every position that points nowhere, every rule without a lead, and lists of unequal length.
    ///
    /// Cycles are found where trees are walked.
    pub(super) fn check(&self, faults: &mut Findings<TableFault>) {
        for (part, tree) in
            [(Part::Places, &self.places), (Part::Matters, &self.matters), (Part::Assets, &self.assets)]
        {
            for (at, parent) in tree.iter().enumerate() {
                points_to(faults, (part, at), *parent, (part, tree.len()));
            }
        }
        let places = (Part::Places, self.places.len());
        for (at, place) in self.grids.iter().enumerate() {
            points_to(faults, (Part::Grids, at), Some(*place), places);
        }
        if self.unit_kinds.len() != self.unit_serves.len() {
            let (kinds, serves) = (self.unit_kinds.len(), self.unit_serves.len());
            faults.push(TableFault::UnitLists { kinds, serves });
        }
        for (at, serves) in self.unit_serves.iter().enumerate() {
            for place in serves {
                points_to(faults, (Part::Units, at), Some(*place), places);
            }
        }
        for (at, rule) in self.rules.iter().enumerate() {
            let here = (Part::Rules, at);
            points_to(faults, here, rule.asset, (Part::Assets, self.assets.len()));
            points_to(faults, here, rule.area, places);
            points_to(faults, here, rule.matter, (Part::Matters, self.matters.len()));
            points_to(faults, here, rule.grade, (Part::Grades, self.grades as usize));
            for (values, part, len) in [
                (&rule.except_assets, Part::Assets, self.assets.len()),
                (&rule.except_areas, Part::Places, self.places.len()),
                (&rule.except_matters, Part::Matters, self.matters.len()),
            ] {
                for &value in values {
                    points_to(faults, here, Some(value), (part, len));
                }
            }
            for unit in rule.lead.iter().chain(&rule.assist) {
                if let UnitRef::Unit(unit) = unit {
                    points_to(faults, here, Some(*unit), (Part::Units, self.unit_kinds.len()));
                }
            }
            if rule.lead.is_empty() {
                faults.push(TableFault::NoLead { rule: at as u32 });
            }
        }
    }
}

fn points_to(
    faults: &mut Findings<TableFault>,
    (part, at): (Part, usize),
    target: Option<u32>,
    (to, len): (Part, usize),
) {
    if let Some(target) = target
        && target as usize >= len
    {
        faults.push(TableFault::PointsNowhere { part, at: at as u32, to, target });
    }
}
