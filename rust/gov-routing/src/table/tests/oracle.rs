//! What a table means, cell by cell and word by word: slow, and written without a look at the fast one.

use crate::table::{Cell, NONE, RuleSpec, TableSpec, UnitRef};
use std::collections::BTreeSet;

/// What a rule's units come to at a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Team {
    Nobody,
    Tied(BTreeSet<(u32, u32)>),
    Units { lead: u32, assist: Vec<u32> },
}

pub(super) type Specificity = (usize, usize, usize, usize);

pub(super) struct Oracle<'a>(pub(super) &'a TableSpec);

/// The value itself, its parent, ... up to a root; nothing for no value.
pub(super) fn line(tree: &[Option<u32>], value: Option<u32>) -> Vec<u32> {
    let mut line = Vec::new();
    let mut next = value;
    while let Some(node) = next {
        line.push(node);
        next = tree[node as usize];
    }
    line
}

fn given(value: u32) -> Option<u32> {
    (value != NONE).then_some(value)
}

impl Oracle<'_> {
    pub(super) fn cells(&self) -> Vec<Cell> {
        let or_none = |len: usize| (0..len as u32).chain([NONE]);
        let mut cells = Vec::new();
        for slot in 0..self.0.grids.len() as u32 {
            for matter in 0..self.0.matters.len() as u32 {
                for grade in or_none(self.0.grades as usize) {
                    for asset in or_none(self.0.assets.len()) {
                        cells.push(Cell { slot, matter, grade, asset });
                    }
                }
            }
        }
        cells
    }

    /// The grid's place and what lies above it.
    fn places(&self, cell: Cell) -> Vec<u32> {
        line(&self.0.places, Some(self.0.grids[cell.slot as usize]))
    }

    pub(super) fn covers(&self, rule: &RuleSpec, cell: Cell) -> bool {
        let on = |line: &[u32], named: Option<u32>| named.is_none_or(|named| line.contains(&named));
        on(&line(&self.0.assets, given(cell.asset)), rule.asset)
            && on(&self.places(cell), rule.area)
            && on(&line(&self.0.matters, given(cell.matter)), rule.matter)
            && rule.grade.is_none_or(|grade| grade == cell.grade)
            && !self.leaves_out(rule, cell)
    }

    pub(super) fn leaves_out(&self, rule: &RuleSpec, cell: Cell) -> bool {
        let on = |line: &[u32], named: &[u32]| named.iter().any(|named| line.contains(named));
        on(&line(&self.0.assets, given(cell.asset)), &rule.except_assets)
            || on(&self.places(cell), &rule.except_areas)
            || on(&line(&self.0.matters, given(cell.matter)), &rule.except_matters)
    }

    pub(super) fn specificity(&self, rule: &RuleSpec) -> Specificity {
        (
            line(&self.0.assets, rule.asset).len(),
            line(&self.0.places, rule.area).len(),
            line(&self.0.matters, rule.matter).len(),
            usize::from(rule.grade.is_some()),
        )
    }

    /// Units of a kind at the lowest place at or above the grid that has any, and that place.
    fn of_kind(&self, kind: u32, cell: Cell) -> Option<(u32, Vec<u32>)> {
        self.places(cell).into_iter().find_map(|place| {
            let serves = |unit: &u32| {
                self.0.unit_kinds[*unit as usize] == kind
                    && self.0.unit_serves[*unit as usize].contains(&place)
            };
            let units: Vec<u32> = (0..self.0.unit_kinds.len() as u32).filter(serves).collect();
            (!units.is_empty()).then_some((place, units))
        })
    }

    pub(super) fn team(&self, rule: &RuleSpec, cell: Cell) -> Team {
        let mut ties = BTreeSet::new();
        let mut look = |unit: UnitRef| match unit {
            UnitRef::Unit(unit) => Some(unit),
            UnitRef::Kind(kind) => self.of_kind(kind, cell).map(|(place, units)| {
                if units.len() > 1 {
                    ties.insert((kind, place));
                }
                units[0]
            }),
        };
        let Some(lead) = rule.lead.iter().find_map(|&unit| look(unit)) else { return Team::Nobody };
        let mut assist = Vec::new();
        for &unit in &rule.assist {
            if let Some(unit) = look(unit)
                && unit != lead
                && !assist.contains(&unit)
            {
                assist.push(unit);
            }
        }
        if ties.is_empty() { Team::Units { lead, assist } } else { Team::Tied(ties) }
    }
}

/// All that a compilation should find.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Later rules of pairs that disagree.
    pub(super) conflicts: BTreeSet<u32>,
    /// Kinds and places.
    pub(super) ties: BTreeSet<(u32, u32)>,
    /// Later rules of pairs that agree.
    pub(super) duplicates: BTreeSet<u32>,
    pub(super) unreachable: BTreeSet<u32>,
    /// Winner and loser.
    pub(super) crossings: BTreeSet<(u32, u32)>,
}

pub(super) type Answer = Option<(u32, u32, Vec<u32>)>;

impl Oracle<'_> {
    /// Every cell with its answer, and all findings. Answers mean something only without faults.
    pub(super) fn judge(&self) -> (Vec<(Cell, Answer)>, Findings) {
        let rules = &self.0.rules;
        let mut findings = Findings::default();
        let mut answers = Vec::new();
        let mut winners = BTreeSet::new();
        let mut meetings = BTreeSet::new();
        for cell in self.cells() {
            let mut applying: Vec<(Specificity, u32, Team)> = Vec::new();
            for (at, rule) in rules.iter().enumerate() {
                if self.covers(rule, cell) {
                    applying.push((self.specificity(rule), at as u32, self.team(rule, cell)));
                }
            }
            for (at, later) in applying.iter().enumerate() {
                for earlier in &applying[..at] {
                    meetings.insert((earlier.1, later.1));
                    if let (Team::Units { .. }, Team::Units { .. }) = (&earlier.2, &later.2)
                        && earlier.0 == later.0
                    {
                        let limits = |at: u32| (rules[at as usize].respond, rules[at as usize].resolve);
                        let agree = earlier.2 == later.2 && limits(earlier.1) == limits(later.1);
                        let seen = if agree { &mut findings.duplicates } else { &mut findings.conflicts };
                        seen.insert(later.1);
                    }
                }
            }
            applying.retain(|candidate| candidate.2 != Team::Nobody);
            let best = applying.iter().map(|candidate| candidate.0).max();
            applying.retain(|candidate| Some(candidate.0) == best);
            for (_, _, team) in &applying {
                if let Team::Tied(ties) = team {
                    findings.ties.extend(ties);
                }
            }
            let answer = applying.into_iter().next().and_then(|(_, rule, team)| match team {
                Team::Units { lead, assist } => Some((rule, lead, assist)),
                Team::Nobody | Team::Tied(_) => None,
            });
            winners.extend(answer.as_ref().map(|answer| answer.0));
            answers.push((cell, answer));
        }
        findings.duplicates = &findings.duplicates - &findings.conflicts;
        let never = (0..rules.len() as u32).filter(|rule| !winners.contains(rule));
        findings.unreachable = &never.collect() - &findings.duplicates;
        for (left, right) in meetings {
            findings.crossings.extend(self.crossing(left, right));
        }
        (answers, findings)
    }

    /// Winner and loser, if two rules that meet in some cell cross to some effect.
    fn crossing(&self, left: u32, right: u32) -> Option<(u32, u32)> {
        let rules = &self.0.rules;
        let names = |rule: &RuleSpec| (rule.asset, rule.area, rule.matter, rule.grade);
        let repeats =
            |at: u32| rules[..at as usize].iter().any(|rule| names(rule) == names(&rules[at as usize]));
        let (one, two) = (&rules[left as usize], &rules[right as usize]);
        let (a, b) = (self.specificity(one), self.specificity(two));
        // They meet, so on each axis the longer line runs through the other's value.
        let crosses = (a.1 > b.1 && a.2 < b.2) || (a.1 < b.1 && a.2 > b.2);
        let says = |rule: &RuleSpec| (rule.lead.clone(), rule.assist.clone(), rule.respond, rule.resolve);
        let common = (
            if a.0 > b.0 { one.asset } else { two.asset },
            if a.1 > b.1 { one.area } else { two.area },
            if a.2 > b.2 { one.matter } else { two.matter },
            one.grade.or(two.grade),
        );
        let settled = says(one) == says(two) || rules.iter().any(|rule| names(rule) == common);
        let warned = crosses && !settled && !repeats(left) && !repeats(right);
        warned.then_some(if a > b { (left, right) } else { (right, left) })
    }
}
