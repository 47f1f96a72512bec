//! Rules of equal specificity: conflicts where they disagree, duplicates where they do not.

use super::findings::{Findings, TableFault, TableWarning};
use super::ground::Ground;
use super::spec::{Cell, NONE};

/// A rule's fate against the earlier ones of its group.
#[derive(Clone, Copy)]
enum Fate {
    /// Never met an earlier one.
    Apart,
    /// Said the same as this rule wherever they met.
    Agrees(u32),
    /// Disagreed.
    Disagrees,
}

/// Compares the rules of each key in each cell where they find a team; says of each rule whether it repeats.
pub(super) fn find_equals(
    ground: &Ground<'_>,
    faults: &mut Findings<TableFault>,
    warnings: &mut Findings<TableWarning>,
) -> Vec<bool> {
    let mut repeats = vec![false; ground.spec.rules.len()];
    if ground.spec.matters.is_empty() {
        return repeats;
    }
    let ranking = &ground.table.ranking;
    for group in 0..ranking.keys.len() {
        if let [first, _, ..] = *ranking.group(group) {
            let group = ranking.group(group);
            for (&rule, fate) in group.iter().zip(compare(ground, first, group, faults)) {
                if let Fate::Agrees(first) = fate {
                    warnings.push(TableWarning::Duplicate { first, second: rule });
                    repeats[rule as usize] = true;
                }
            }
        }
    }
    repeats
}

fn compare(ground: &Ground<'_>, any: u32, group: &[u32], faults: &mut Findings<TableFault>) -> Vec<Fate> {
    let mut fates = vec![Fate::Apart; group.len()];
    let mut open = group.len() - 1;
    let fixed = group.iter().all(|&rule| ground.table.teams.roster(rule).is_fixed());
    // Whom rules find does not hang on the matter; whether they meet does, where they leave matters out.
    let partly = group.iter().any(|&rule| ground.table.exceptions.any(rule));
    let matters = &ground.matters(any)[..if partly { ground.matters(any).len() } else { 1 }];
    let sites = ground.sites(any).take(if fixed { 1 } else { usize::MAX });
    for cell in sites.flat_map(|site| matters.iter().map(move |&matter| ground.own_cell(any, site, matter))) {
        // In one cell a rule disagrees with the first to speak, or with the first that did.
        let mut head = None;
        let mut dissenter = None;
        for (&rule, fate) in group.iter().zip(&mut fates) {
            let Some(said) = statement(ground, rule, cell) else { continue };
            let (spoke, first) = *head.get_or_insert((rule, said));
            let against = if said == first { dissenter } else { Some(spoke) };
            if said != first && dissenter.is_none() {
                dissenter = Some(rule);
            }
            match (against, &fate) {
                (Some(first), Fate::Apart | Fate::Agrees(_)) => {
                    *fate = Fate::Disagrees;
                    open -= 1;
                    faults.push(TableFault::Conflict { first, second: rule, witness: witness(ground, cell) });
                }
                (None, Fate::Apart) if spoke != rule => *fate = Fate::Agrees(spoke),
                _ => {}
            }
        }
        if open == 0 {
            break;
        }
    }
    fates
}

/// What a rule says of a cell: team and limits; `None` where it leaves it out, or finds nobody or a tie.
fn statement(ground: &Ground<'_>, rule: u32, cell: Cell) -> Option<[u32; 3]> {
    let (key, site) = ground.table.key_of(cell)?;
    let team = ground.table.teams.at(rule, site);
    let said = &ground.spec.rules[rule as usize];
    let speaks = team != NONE && !ground.table.exceptions.cell(rule, &key);
    speaks.then_some([team, said.respond, said.resolve])
}

/// A cell, with a grade where the city has some.
fn witness(ground: &Ground<'_>, mut cell: Cell) -> Cell {
    if cell.grade == NONE && ground.spec.grades > 0 {
        cell.grade = 0;
    }
    cell
}
