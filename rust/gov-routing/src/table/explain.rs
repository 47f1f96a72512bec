//! Why a cell is decided as it is: every rule that came into question, and what became of it.

use super::ranking::{Dimension, Key};
use super::spec::{Cell, NONE};
use super::teams::Found;
use super::{Answer, DecisionTable};

/// How many rules that do not apply are listed, nearest first: a page.
const MISSES: usize = 50;

/// What each rule did at one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer, as [`DecisionTable::lookup`] gives it.
    pub answer: Option<Answer>,
    /// All rules that apply, most specific first; then those that do not, nearest first.
    pub candidates: Vec<Candidate>,
    /// How many rules that do not apply were left out.
    pub omitted: usize,
}

/// One rule at one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The rule.
    pub rule: u32,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a rule at a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It decides.
    Won {
        /// Which element of its lead found the unit.
        via: u32,
    },
    /// It applies, but a more specific rule decides.
    Lost {
        /// The rule that decides.
        to: u32,
        /// What that rule is narrower by.
        by: Dimension,
    },
    /// It applies and says what an earlier rule of the same specificity says.
    Repeats {
        /// The rule that decides.
        first: u32,
    },
    /// No element of its lead finds a unit that serves the grid, so the next rule decides.
    FindsNobody,
    /// It leaves the cell out, so the next rule decides.
    LeftOut {
        /// The first dimension, in the order that decides, by which it does.
        by: Dimension,
    },
    /// It is about something else.
    DoesNotApply {
        /// Where it differs from the cell, in the order that decides; at least one.
        by: Vec<Dimension>,
    },
}

impl DecisionTable {
    /// Says what became of each rule at a cell: all that apply, and the nearest that do not.
    ///
    /// `None` if a position of the cell points nowhere.
    #[must_use]
    pub fn explain(&self, cell: Cell) -> Option<Explanation> {
        let (key, site) = self.key_of(cell)?;
        let answer = self.lookup(cell);
        let mut candidates = Vec::new();
        let mut misses: Vec<(u32, Vec<Dimension>)> = Vec::new();
        // Groups come least specific first.
        for group in (0..self.ranking.keys.len()).rev() {
            let by = self.misses(&self.ranking.keys[group], &key);
            for &rule in self.ranking.group(group) {
                if by.is_empty() {
                    candidates.push(Candidate { rule, verdict: self.verdict(rule, &key, site, answer) });
                } else {
                    misses.push((rule, by.clone()));
                }
            }
        }
        misses.sort_by_key(|(_, by)| by.len());
        let omitted = misses.len().saturating_sub(MISSES);
        candidates.extend(
            misses
                .into_iter()
                .take(MISSES)
                .map(|(rule, by)| Candidate { rule, verdict: Verdict::DoesNotApply { by } }),
        );
        Some(Explanation { answer, candidates, omitted })
    }

    /// Dimensions in which a rule does not cover a cell.
    fn misses(&self, rule: &Key, cell: &Key) -> Vec<Dimension> {
        let apart = |dimension: &Dimension| !self.axes.covers(*dimension, rule, cell);
        Dimension::ALL.into_iter().filter(apart).collect()
    }

    /// The first dimension by which a rule leaves out a cell.
    fn left_out_by(&self, rule: u32, cell: &Key, site: u32) -> Option<Dimension> {
        if self.exceptions.asset(rule, cell[Dimension::Asset as usize]) {
            Some(Dimension::Asset)
        } else if self.teams.roster(rule).leaves_out(site) {
            Some(Dimension::Area)
        } else {
            self.exceptions.matter(rule, cell[Dimension::Matter as usize]).then_some(Dimension::Matter)
        }
    }

    /// What became of a rule that covers the cell.
    fn verdict(&self, rule: u32, cell: &Key, site: u32, answer: Option<Answer>) -> Verdict {
        if let Some(by) = self.left_out_by(rule, cell, site) {
            return Verdict::LeftOut { by };
        }
        let Some(winner) = answer.map(|answer| answer.rule) else { return Verdict::FindsNobody };
        if rule == winner {
            return match self.teams.roster(rule).find(&self.serving, site) {
                Found::Team { via, .. } => Verdict::Won { via },
                Found::Nobody | Found::Tied(_) => Verdict::FindsNobody,
            };
        }
        let key = |rule: u32| &self.keys[rule as usize];
        match self.axes.compare(key(winner), key(rule)) {
            Some((order, by)) if order.is_gt() => Verdict::Lost { to: winner, by },
            None if self.teams.at(rule, site) != NONE => Verdict::Repeats { first: winner },
            _ => Verdict::FindsNobody,
        }
    }
}
