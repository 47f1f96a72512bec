//! A small city to write rules for: what tests read, with names.

use crate::table::{
    Cell, DecisionTable, Findings, NONE, RuleSpec, TableFault, TableSpec, TableWarning, UnitRef,
};

// Places: one street of two communities, the first of two grids, and another street of one grid.
pub(super) const STREET: u32 = 0;
pub(super) const COMMUNITY: u32 = 1;
pub(super) const GRID: u32 = 2;
pub(super) const SISTER: u32 = 3;
pub(super) const COUSIN: u32 = 5;
pub(super) const ABROAD: u32 = 7;

// Matters.
pub(super) const WATER: u32 = 0;
pub(super) const BURST_PIPE: u32 = 1;
pub(super) const NOISE: u32 = 2;

// Asset classes.
pub(super) const LAMP: u32 = 0;
pub(super) const STREET_LAMP: u32 = 1;

pub(super) const STATION: u32 = 70;
pub(super) const COMPANY: u32 = 71;

/// Slots: the grids above, in this order.
pub(super) fn slot(place: u32) -> u32 {
    match place {
        GRID => 0,
        SISTER => 1,
        COUSIN => 2,
        _ => 3,
    }
}

/// The city; units are a station of each street and one of the grid, and the sister's property company.
pub(super) fn city(rules: Vec<RuleSpec>) -> TableSpec {
    TableSpec {
        places: vec![None, Some(0), Some(1), Some(1), Some(0), Some(4), None, Some(6)],
        grids: vec![GRID, SISTER, COUSIN, ABROAD],
        matters: vec![None, Some(WATER), None],
        assets: vec![None, Some(LAMP)],
        grades: 2,
        unit_kinds: vec![STATION, STATION, STATION, COMPANY],
        unit_serves: vec![vec![STREET], vec![6], vec![GRID], vec![SISTER]],
        rules,
    }
}

/// A rule for anything.
pub(super) fn rule(lead: &[UnitRef]) -> RuleSpec {
    RuleSpec { lead: lead.to_vec(), respond: NONE, resolve: NONE, ..RuleSpec::default() }
}

/// A rule for anything, answered by one unit.
pub(super) fn by(unit: u32) -> RuleSpec {
    rule(&[UnitRef::Unit(unit)])
}

/// A case without grade or asset.
pub(super) fn case(place: u32, matter: u32) -> Cell {
    Cell { slot: slot(place), matter, grade: NONE, asset: NONE }
}

pub(super) fn table(spec: &TableSpec) -> (DecisionTable, Vec<TableWarning>) {
    let (table, warnings) = DecisionTable::compile(spec).expect("a sound rule book");
    (table, warnings.listed)
}

pub(super) fn refusal(spec: &TableSpec) -> Findings<TableFault> {
    DecisionTable::compile(spec).expect_err("a rule book to refuse")
}
