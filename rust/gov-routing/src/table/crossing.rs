//! Rules that cross: one is narrower by area, the other by matter, and both apply somewhere.

use super::findings::{Findings, TableWarning};
use super::ground::Ground;
use super::ranking::{Dimension, Key};
use super::spec::{Cell, NONE};

/// How many steps the search takes before it gives up counting: about a second. Ten thousand rules that all
/// cross take half of it.
const STEPS: usize = 1 << 26;

/// Warns of crossing rules that say different things, unless a rule names just their common ground.
pub(super) fn find_crossings(ground: &Ground<'_>, warnings: &mut Findings<TableWarning>) {
    if ground.spec.matters.is_empty() {
        return;
    }
    let ranking = &ground.table.ranking;
    let matters = ground.table.axes.of(Dimension::Matter);
    let areas = ground.table.axes.of(Dimension::Area);
    let mut by_area: Vec<(u32, u32, u32)> = (0..ranking.keys.len())
        .map(|group| {
            let [_, area, matter, _] = ranking.keys[group];
            (area, matter, ranking.group(group)[0])
        })
        .collect();
    by_area.sort_unstable();
    let mut steps = 0;
    for &(area, matter, narrow) in &by_area {
        if ground.sites(narrow).next().is_none() {
            continue;
        }
        let below = matters.below(matter);
        for wider in areas.chain(area).skip(1) {
            let from = by_area.partition_point(|other| (other.0, other.1) <= (wider, below.start));
            let to = by_area.partition_point(|other| (other.0, other.1) < (wider, below.end));
            for &(_, _, broad) in &by_area[from..to] {
                if let Some((common, area_wins)) = meet(ground, narrow, broad)
                    && let Some(site) = meeting_site(ground, narrow, broad)
                {
                    let (winner, loser) = if area_wins { (narrow, broad) } else { (broad, narrow) };
                    let witness = witness(ground, &common, site);
                    warnings.push(TableWarning::Crossing { winner, loser, witness });
                }
            }
            steps += 1 + to - from;
            if steps > STEPS {
                warnings.complete = false;
                return;
            }
        }
    }
}

/// What two rules have in common, if they cross to some effect, and whether the one of the lower area wins.
fn meet(ground: &Ground<'_>, narrow: u32, broad: u32) -> Option<(Key, bool)> {
    let table = ground.table;
    let [left, right] = [narrow, broad].map(|rule| &table.keys[rule as usize]);
    let assets = table.axes.of(Dimension::Asset);
    let asset = if assets.covers(left[0], right[0]) {
        right[0]
    } else if assets.covers(right[0], left[0]) {
        left[0]
    } else {
        return None;
    };
    let grade = match (left[3], right[3]) {
        (0, grade) | (grade, 0) => grade,
        (left, right) if left == right => left,
        _ => return None,
    };
    let common = [asset, left[1], right[2], grade];
    let [one, other] = [narrow, broad].map(|rule| &ground.spec.rules[rule as usize]);
    let agree = (one.respond, one.resolve) == (other.respond, other.resolve)
        && table.teams.roster(narrow).says(table.teams.roster(broad));
    let left_out = [narrow, broad].iter().any(|&rule| table.exceptions.cell(rule, &common));
    let settled = agree || left_out || !table.ranking.with_key(&common).is_empty();
    (!settled).then_some((common, asset == left[0]))
}

/// The first site of two nested areas that neither rule leaves out; `narrow` is the one of the lower area.
fn meeting_site(ground: &Ground<'_>, narrow: u32, broad: u32) -> Option<u32> {
    let rosters = [narrow, broad].map(|rule| ground.table.teams.roster(rule));
    ground.sites(narrow).find(|&site| rosters.iter().all(|roster| !roster.leaves_out(site)))
}

fn witness(ground: &Ground<'_>, common: &Key, site: u32) -> Cell {
    let value = |dimension: Dimension| ground.table.axes.of(dimension).value(common[dimension as usize]);
    let grade = match value(Dimension::Grade) {
        NONE if ground.spec.grades > 0 => 0,
        grade => grade,
    };
    Cell { slot: ground.slot(site), matter: value(Dimension::Matter), grade, asset: value(Dimension::Asset) }
}
