//! What compiling a table finds: faults that refuse it, warnings that do not.

use super::spec::{Cell, Part};

/// How many findings of one sort are listed; the rest is counted. A table of a million faults has
/// one cause, and a person reads the first page.
pub const LISTED: usize = 1000;

/// Findings, the first [`LISTED`] of each sort spelled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings<T> {
    /// The first findings, sort by sort.
    pub listed: Vec<T>,
    /// How many more there are.
    pub unlisted: u64,
    /// Whether the search went to its end; if not, there may be yet more than `unlisted`.
    pub complete: bool,
}

impl<T> Default for Findings<T> {
    fn default() -> Self {
        Self { listed: Vec::new(), unlisted: 0, complete: true }
    }
}

impl<T> Findings<T> {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Number of findings, listed or not.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.listed.len() as u64 + self.unlisted
    }

    /// Adds the findings of another search; each keeps its own list.
    pub(super) fn append(&mut self, other: Self) {
        self.listed.extend(other.listed);
        self.unlisted += other.unlisted;
        self.complete &= other.complete;
    }

    pub(super) fn push(&mut self, finding: T) {
        if self.listed.len() < LISTED {
            self.listed.push(finding);
        } else {
            self.unlisted += 1;
        }
    }
}

/// A reason to refuse a table: an answer would be ambiguous, or the input makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableFault {
    /// A position lies outside of the list it points into.
    #[error("{part:?} {at} names {to:?} {target}, which does not exist")]
    PointsNowhere {
        /// The list that holds the position.
        part: Part,
        /// Where in it.
        at: u32,
        /// The list pointed into.
        to: Part,
        /// The position.
        target: u32,
    },
    /// The parents of a tree run in a circle.
    #[error("{part:?}: {node} is its own ancestor")]
    Cycle {
        /// The tree.
        part: Part,
        /// A node on the circle.
        node: u32,
    },
    /// The two lists on units differ in length.
    #[error("{kinds} units have a kind, {serves} say what they serve")]
    UnitLists {
        /// Length of `unit_kinds`.
        kinds: usize,
        /// Length of `unit_serves`.
        serves: usize,
    },
    /// A rule names nobody to lead.
    #[error("rule {rule} names no unit")]
    NoLead {
        /// The rule.
        rule: u32,
    },
    /// Two rules of equal specificity apply to one cell and answer differently.
    #[error("rules {first} and {second} are equally specific and disagree at {witness:?}")]
    Conflict {
        /// The earlier rule.
        first: u32,
        /// The later rule; each rule is reported once, with an earlier one it disagrees with.
        second: u32,
        /// A cell both apply to.
        witness: Cell,
    },
    /// A rule asks for the unit of a kind where two units of it serve the same lowest place.
    #[error("units {} and {} of kind {kind} both serve place {place}; rule {rule} asks for one at {witness:?}",
            .units[0], .units[1])]
    Tie {
        /// The kind.
        kind: u32,
        /// The place both serve; each kind and place is reported once.
        place: u32,
        /// The first two of the units, by position.
        units: [u32; 2],
        /// A rule that decides a cell and needs one unit there.
        rule: u32,
        /// The cell.
        witness: Cell,
    },
    /// Who answers where does not fit in memory that a table may take.
    #[error("{entries} pairs of unit lists and places, more than {limit}")]
    TooLarge {
        /// Pairs of a distinct list of units and a place where it may answer differently.
        entries: u64,
        /// The most a table holds.
        limit: u64,
    },
}

/// Something in a table that works, but hardly as meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableWarning {
    /// Two rules apply to the same cells and say the same; the first answers.
    #[error("rule {second} repeats rule {first}")]
    Duplicate {
        /// The earlier rule.
        first: u32,
        /// The later rule; each is reported once.
        second: u32,
    },
    /// One rule is narrower by area, the other by matter; they say different things, and no rule
    /// states what holds where they meet.
    #[error("rules {winner} and {loser} cross at {witness:?}: {winner} wins")]
    Crossing {
        /// The rule that wins where they meet.
        winner: u32,
        /// The other.
        loser: u32,
        /// A cell both apply to.
        witness: Cell,
    },
    /// A rule answers in no cell: others win wherever it applies, or it finds nobody there.
    #[error("rule {rule} never answers")]
    Unreachable {
        /// The rule.
        rule: u32,
    },
}
