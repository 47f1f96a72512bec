//! What is wrong or odd about a rule book.

use super::DecisionTable;
use super::findings::{Findings, TableFault, TableWarning};
use super::ranking::Key;
use super::spec::{Cell, NONE, TableSpec};

/// Looks through one table.
pub(super) struct Checker<'a> {
    spec: &'a TableSpec,
    table: &'a DecisionTable,
    /// The first slot of each site, [`NONE`] where no grid is.
    slot_at: Vec<u32>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(spec: &'a TableSpec, table: &'a DecisionTable) -> Self {
        let mut slot_at = vec![NONE; table.sites.len()];
        for (slot, &site) in table.site_of.iter().enumerate().rev() {
            slot_at[site as usize] = slot as u32;
        }
        Self { spec, table, slot_at }
    }

    pub(super) fn run(&self) -> Result<Findings<TableWarning>, Findings<TableFault>> {
        Ok(Findings::default())
    }
}
