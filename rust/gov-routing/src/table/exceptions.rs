//! What rules leave out: asset classes and matters in which they do not apply, though they name what is above.
//!
//! Places that a rule leaves out are known when its units are looked for, see [`Roster`](super::teams::Roster).

use super::ranking::{Axes, Dimension, Key};
use super::spec::RuleSpec;
use std::ops::Range;

/// Classes left out, as ranges of an axis.
type Ranges = Vec<Range<u32>>;

/// The exceptions of each rule.
#[derive(Debug, Clone)]
pub(super) struct Exceptions {
    /// Assets and matters by rule; empty if no rule leaves anything out.
    of: Vec<[Ranges; 2]>,
}

impl Exceptions {
    pub(super) fn new(axes: &Axes, rules: &[RuleSpec]) -> Self {
        if rules.iter().all(|rule| rule.except_assets.is_empty() && rule.except_matters.is_empty()) {
            return Self { of: Vec::new() };
        }
        let ranges = |dimension: Dimension, values: &[u32]| {
            let axis = axes.of(dimension);
            values.iter().map(|&value| axis.below(axis.class(value))).collect()
        };
        let of = rules.iter().map(|rule| {
            [ranges(Dimension::Asset, &rule.except_assets), ranges(Dimension::Matter, &rule.except_matters)]
        });
        Self { of: of.collect() }
    }

    /// Whether no rule leaves an asset class or a matter out.
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether a rule leaves an asset class out.
    pub(super) fn asset(&self, rule: u32, class: u32) -> bool {
        self.ranges(rule, 0).iter().any(|range| range.contains(&class))
    }

    /// Whether a rule leaves a matter out.
    pub(super) fn matter(&self, rule: u32, class: u32) -> bool {
        self.ranges(rule, 1).iter().any(|range| range.contains(&class))
    }

    /// Whether a rule leaves some matter out.
    pub(super) fn any_matter(&self, rule: u32) -> bool {
        !self.ranges(rule, 1).is_empty()
    }

    /// Whether a rule leaves some asset class or matter out.
    pub(super) fn any(&self, rule: u32) -> bool {
        self.any_matter(rule) || !self.ranges(rule, 0).is_empty()
    }

    /// Whether a rule leaves a cell out by its asset or its matter.
    pub(super) fn cell(&self, rule: u32, key: &Key) -> bool {
        !self.is_empty()
            && (self.asset(rule, key[Dimension::Asset as usize])
                || self.matter(rule, key[Dimension::Matter as usize]))
    }

    fn ranges(&self, rule: u32, which: usize) -> &[Range<u32>] {
        self.of.get(rule as usize).map_or(&[], |of| &of[which])
    }
}
