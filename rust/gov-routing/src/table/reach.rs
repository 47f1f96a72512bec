//! What rules really come to: ties that some cell meets, rules that no cell reaches.

use super::findings::{Findings, TableFault, TableWarning};
use super::ground::Ground;
use super::spec::{Cell, NONE};
use super::teams::Found;

/// Reports each kind and place with two units that some cell needs one of.
pub(super) fn find_ties(ground: &Ground<'_>, faults: &mut Findings<TableFault>) {
    let ties = &ground.table.serving.ties;
    let mut open = vec![true; ties.len()];
    let mut left = ties.len();
    for rule in 0..ground.spec.rules.len() as u32 {
        if left == 0 {
            return;
        }
        if ground.table.teams.roster(rule).is_fixed() {
            continue;
        }
        for site in ground.sites(rule) {
            let met = tied(ground, rule, site);
            if met.iter().any(|&tie| open[tie as usize])
                && let Some(witness) = reached(ground, rule, site)
            {
                for tie in met {
                    if std::mem::take(&mut open[tie as usize]) {
                        left -= 1;
                        let tie = ties[tie as usize];
                        let (kind, place, units) = (tie.kind, tie.place, tie.units);
                        faults.push(TableFault::Tie { kind, place, units, rule, witness });
                    }
                }
            }
        }
    }
}

/// Reports the rules that decide no cell; `repeats` are known as duplicates and left out.
pub(super) fn find_unreachable(ground: &Ground<'_>, repeats: &[bool], warnings: &mut Findings<TableWarning>) {
    for rule in 0..ground.spec.rules.len() as u32 {
        let first_found = |site| {
            let group = ground.table.ranking.with_key(&ground.table.keys[rule as usize]);
            group.iter().find(|&&equal| ground.table.teams.at(equal, site) != NONE) == Some(&rule)
        };
        let answers =
            || ground.sites(rule).any(|site| first_found(site) && reached(ground, rule, site).is_some());
        if !repeats[rule as usize] && !answers() {
            warnings.push(TableWarning::Unreachable { rule });
        }
    }
}

/// A cell at a site where no more specific rule decides.
fn reached(ground: &Ground<'_>, rule: u32, site: u32) -> Option<Cell> {
    let table = ground.table;
    ground.matters(rule).iter().map(|&matter| ground.own_cell(rule, site, matter)).find(|&cell| {
        let decided = table.key_of(cell).and_then(|(key, site)| {
            table.ranking.find(&table.axes, &key, |group| {
                group.iter().find(|&&other| stops(ground, other, site)).copied()
            })
        });
        decided.is_none_or(|by| table.keys[by as usize] == table.keys[rule as usize])
    })
}

/// Whether a rule keeps less specific ones from deciding at a site.
fn stops(ground: &Ground<'_>, rule: u32, site: u32) -> bool {
    ground.table.teams.at(rule, site) != NONE || !tied(ground, rule, site).is_empty()
}

/// The ties a rule meets at a site.
fn tied(ground: &Ground<'_>, rule: u32, site: u32) -> Vec<u32> {
    let table = ground.table;
    if table.serving.ties.is_empty() || table.teams.at(rule, site) != NONE {
        return Vec::new();
    }
    match table.teams.roster(rule).find(&table.serving, site) {
        Found::Tied(ties) => ties,
        Found::Nobody | Found::Team { .. } => Vec::new(),
    }
}
