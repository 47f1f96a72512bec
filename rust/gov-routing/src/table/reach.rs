//! What rules really come to: ties that some cell meets, rules that no cell reaches.

use super::findings::{Findings, TableFault, TableWarning};
use super::ground::Ground;
use super::ranking::Key;
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
                && let Some(witness) = reached(ground, rule, site, |by| is_equal(ground, by, rule))
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
        let finds = |&site: &u32| ground.table.teams.at(rule, site) != NONE;
        let answers = || {
            let mut sites = ground.sites(rule).filter(finds);
            sites.any(|site| reached(ground, rule, site, |by| by == rule).is_some())
        };
        if !repeats[rule as usize] && !answers() {
            warnings.push(TableWarning::Unreachable { rule });
        }
    }
}

/// A cell of a rule's at a site that a rule of the wanted sort decides.
fn reached(ground: &Ground<'_>, rule: u32, site: u32, wanted: impl Fn(u32) -> bool) -> Option<Cell> {
    let exceptions = &ground.table.exceptions;
    let by = |cell: Cell| {
        let (key, site) = ground.table.key_of(cell)?;
        decider(ground, &key, site).filter(|_| !exceptions.cell(rule, &key))
    };
    let is_reached = |cell: &Cell| by(*cell).is_some_and(&wanted);
    let own = || ground.matters(rule).iter().map(|&matter| ground.own_cell(rule, site, matter));
    own().find(is_reached).or_else(|| {
        // A rule that leaves nothing out and beats this one in its own cell beats it in all below.
        let partly = !exceptions.is_empty() && own().filter_map(by).any(|by| exceptions.any(by));
        partly.then(|| ground.left_out_cells(rule, site).find(is_reached)).flatten()
    })
}

/// The rule that decides a cell, or would but for a tie.
fn decider(ground: &Ground<'_>, key: &Key, site: u32) -> Option<u32> {
    let table = ground.table;
    let decides = |&rule: &u32| !table.exceptions.cell(rule, key) && stops(ground, rule, site);
    table.ranking.find(&table.axes, key, |group| group.iter().copied().find(decides))
}

fn is_equal(ground: &Ground<'_>, left: u32, right: u32) -> bool {
    ground.table.keys[left as usize] == ground.table.keys[right as usize]
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
