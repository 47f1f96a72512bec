//! What compiling rules found, as tuples that Python puts into words.

use gov_routing::{Cell, TableFault, TableWarning};
use pyo3::prelude::*;

/// Slot, matter, grade, asset; `None` where a cell has none.
type CellTuple = (u32, u32, Option<u32>, Option<u32>);

/// A fault or a warning: its kind, positions in the order of the Rust type's fields, the cell that shows it, and
/// its words where positions do not say enough.
#[derive(Debug, IntoPyObject)]
pub(crate) struct Finding {
    kind: &'static str,
    positions: Vec<u32>,
    cell: Option<CellTuple>,
    message: String,
}

impl Finding {
    pub(crate) fn of_fault(fault: &TableFault) -> Self {
        let (kind, positions, cell) = match fault {
            TableFault::Conflict { first, second, witness } => {
                ("conflict", vec![*first, *second], Some(witness))
            }
            TableFault::Tie { kind, place, units, rule, witness } => {
                ("tie", vec![*kind, *place, units[0], units[1], *rule], Some(witness))
            }
            _ => ("invalid", Vec::new(), None),
        };
        Self { kind, positions, cell: cell.map(tuple), message: fault.to_string() }
    }

    pub(crate) fn of_warning(warning: &TableWarning) -> Self {
        let (kind, positions, cell) = match warning {
            TableWarning::Duplicate { first, second } => ("duplicate", vec![*first, *second], None),
            TableWarning::Crossing { winner, loser, witness } => {
                ("crossing", vec![*winner, *loser], Some(witness))
            }
            TableWarning::Unreachable { rule } => ("unreachable", vec![*rule], None),
            _ => ("odd", Vec::new(), None),
        };
        Self { kind, positions, cell: cell.map(tuple), message: warning.to_string() }
    }
}

fn tuple(cell: &Cell) -> CellTuple {
    let there = |position: u32| (position != gov_routing::NONE).then_some(position);
    (cell.slot, cell.matter, there(cell.grade), there(cell.asset))
}
