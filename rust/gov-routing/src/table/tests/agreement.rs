//! The table against the oracle: random rule books, every cell, every finding.

use super::draw::{Draw, Size};
use super::oracle::{self, Oracle};
use crate::table::{
    Cell, Cells, DecisionTable, NONE, RuleSpec, TableFault, TableSpec, TableWarning, Verdict,
};
use proptest::prelude::*;

/// Compiles a book, compares all with the oracle, and takes faulty rules and units out until it is sound.
///
/// Returns how many times it was refused.
pub(super) fn compare(mut spec: TableSpec) -> usize {
    for refusals in 0.. {
        let (answers, expected) = Oracle(&spec).judge();
        match DecisionTable::compile(&spec) {
            Ok((table, warnings)) => {
                assert!(expected.conflicts.is_empty() && expected.ties.is_empty(), "not refused: {spec:?}");
                assert_eq!(found(&spec, &warnings.listed), expected, "{spec:?}");
                compare_answers(&spec, table, &answers);
                return refusals;
            }
            Err(faults) => {
                let found = blamed(&spec, &faults.listed);
                assert_eq!(found.conflicts, expected.conflicts, "{spec:?}");
                assert_eq!(found.ties, expected.ties, "{spec:?}");
                mend(&mut spec, &found);
            }
        }
    }
    unreachable!("each round takes a rule or a unit out")
}

fn mend(spec: &mut TableSpec, found: &oracle::Findings) {
    for &(kind, place) in &found.ties {
        let mut first = true;
        for (unit, serves) in spec.unit_serves.iter_mut().enumerate() {
            if spec.unit_kinds[unit] == kind && serves.contains(&place) && !std::mem::take(&mut first) {
                serves.retain(|&other| other != place);
            }
        }
    }
    let mut at = 0;
    spec.rules.retain(|_| {
        at += 1;
        !found.conflicts.contains(&(at - 1))
    });
}

/// Faults as the oracle lists them; each witness is looked into.
fn blamed(spec: &TableSpec, faults: &[TableFault]) -> oracle::Findings {
    let oracle = Oracle(spec);
    let mut found = oracle::Findings::default();
    for fault in faults {
        match *fault {
            TableFault::Conflict { first, second, witness } => {
                assert!(first < second && found.conflicts.insert(second), "{fault}: {spec:?}");
                let [a, b] = [first, second].map(|rule| &spec.rules[rule as usize]);
                assert!(oracle.cells().contains(&witness), "{fault}: {spec:?}");
                assert!(oracle.covers(a, witness) && oracle.covers(b, witness), "{fault}: {spec:?}");
                assert_eq!(oracle.specificity(a), oracle.specificity(b), "{fault}: {spec:?}");
                let says = |rule: &RuleSpec| (oracle.team(rule, witness), rule.respond, rule.resolve);
                assert_ne!(says(a), says(b), "{fault}: {spec:?}");
            }
            TableFault::Tie { kind, place, units, rule, witness } => {
                assert!(found.ties.insert((kind, place)), "{fault}: {spec:?}");
                assert!(oracle.cells().contains(&witness), "{fault}: {spec:?}");
                let rule = &spec.rules[rule as usize];
                assert!(oracle.covers(rule, witness), "{fault}: {spec:?}");
                match oracle.team(rule, witness) {
                    oracle::Team::Tied(ties) => assert!(ties.contains(&(kind, place)), "{fault}: {spec:?}"),
                    team => panic!("{fault}, but {team:?}: {spec:?}"),
                }
                let decides = |other: &&RuleSpec| {
                    oracle.covers(other, witness) && oracle.team(other, witness) != oracle::Team::Nobody
                };
                let best = spec.rules.iter().filter(decides).map(|other| oracle.specificity(other)).max();
                assert_eq!(best, Some(oracle.specificity(rule)), "{fault}: {spec:?}");
                assert_ne!(units[0], units[1]);
                for unit in units {
                    assert_eq!(spec.unit_kinds[unit as usize], kind);
                    assert!(spec.unit_serves[unit as usize].contains(&place));
                }
            }
            ref other => panic!("{other}: {spec:?}"),
        }
    }
    found
}

/// Warnings as the oracle lists them; each witness is looked into.
fn found(spec: &TableSpec, warnings: &[TableWarning]) -> oracle::Findings {
    let oracle = Oracle(spec);
    let mut found = oracle::Findings::default();
    for warning in warnings {
        let is_new = match *warning {
            TableWarning::Duplicate { first, second } => first < second && found.duplicates.insert(second),
            TableWarning::Unreachable { rule } => found.unreachable.insert(rule),
            TableWarning::Crossing { winner, loser, witness } => {
                for rule in [winner, loser] {
                    assert!(oracle.covers(&spec.rules[rule as usize], witness), "{warning}: {spec:?}");
                }
                assert!(oracle.cells().contains(&witness), "{warning}: {spec:?}");
                found.crossings.insert((winner, loser))
            }
        };
        assert!(is_new, "{warning}: {spec:?}");
    }
    found
}

/// Asks each cell one by one and as a batch, of the table written out, in part, and not at all.
fn compare_answers(spec: &TableSpec, mut table: DecisionTable, answers: &[(Cell, oracle::Answer)]) {
    // About what "no asset" alone takes.
    let plain = (spec.matters.len() + 1) * (spec.grades as usize + 1);
    for limit in [super::super::dense::LIMIT, plain, 0] {
        table.write_out(limit);
        for (cell, expected) in answers {
            let answer = table.lookup(*cell).map(|answer| {
                let team = table.team(answer.team).expect("a team has units");
                (answer.rule, team.lead, team.assist.to_vec())
            });
            assert_eq!(&answer, expected, "{cell:?} up to {limit} cells: {spec:?}");
        }
        compare_batch(&table, answers);
    }
    for (cell, _) in answers {
        compare_explanation(spec, &table, *cell);
    }
}

fn compare_batch(table: &DecisionTable, answers: &[(Cell, oracle::Answer)]) {
    let column = |value: fn(&Cell) -> u32| answers.iter().map(|(cell, _)| value(cell)).collect::<Vec<_>>();
    let (slots, matters) = (column(|cell| cell.slot), column(|cell| cell.matter));
    let (grades, assets) = (column(|cell| cell.grade), column(|cell| cell.asset));
    let (mut rules, mut teams) = (vec![7; slots.len()], vec![7; slots.len()]);
    for (grades, assets) in
        [(None, None), (Some(&grades), None), (None, Some(&assets)), (Some(&grades), Some(&assets))]
    {
        let cells = Cells {
            slots: &slots,
            matters: &matters,
            grades: grades.map(Vec::as_slice),
            assets: assets.map(Vec::as_slice),
        };
        table.lookup_batch(&cells, &mut rules, &mut teams).expect("columns of one length");
        for at in 0..slots.len() {
            let of = |column: Option<&Vec<u32>>| column.map_or(NONE, |column| column[at]);
            let cell = Cell { slot: slots[at], matter: matters[at], grade: of(grades), asset: of(assets) };
            let single = table.lookup(cell).map_or((NONE, NONE), |answer| (answer.rule, answer.team));
            assert_eq!((rules[at], teams[at]), single, "{cell:?}");
        }
    }
}

fn compare_explanation(spec: &TableSpec, table: &DecisionTable, cell: Cell) {
    let oracle = Oracle(spec);
    let explanation = table.explain(cell).expect("the cell is there");
    assert_eq!(explanation.answer, table.lookup(cell));
    assert_eq!(explanation.candidates.len() + explanation.omitted, spec.rules.len());
    let winner = explanation.answer.map(|answer| answer.rule);
    for candidate in &explanation.candidates {
        let rule = &spec.rules[candidate.rule as usize];
        let finds_nobody = oracle.team(rule, cell) == oracle::Team::Nobody;
        let better = |by: u32| oracle.specificity(&spec.rules[by as usize]).cmp(&oracle.specificity(rule));
        let applies = oracle.covers(rule, cell);
        let holds = match &candidate.verdict {
            Verdict::Won { via } => {
                winner == Some(candidate.rule)
                    && oracle
                        .team(&RuleSpec { lead: rule.lead[..*via as usize].to_vec(), ..rule.clone() }, cell)
                        == oracle::Team::Nobody
                    && !finds_nobody
            }
            Verdict::Lost { to, .. } => winner == Some(*to) && better(*to).is_gt() && applies,
            Verdict::Repeats { first } => {
                winner == Some(*first) && better(*first).is_eq() && applies && !finds_nobody
            }
            Verdict::FindsNobody => applies && finds_nobody,
            Verdict::LeftOut { .. } => oracle.leaves_out(rule, cell),
            Verdict::DoesNotApply { by } => !applies && !by.is_empty(),
        };
        assert!(holds, "{candidate:?} at {cell:?}: {spec:?}");
    }
}

/// Small enough to look at every cell.
const SMALL: Size = Size { places: 4, matters: 3, assets: 2, grades: 2, units: 3, kinds: 2, rules: 4 };
const MIDDLING: Size = Size { places: 12, matters: 8, assets: 5, grades: 3, units: 10, kinds: 3, rules: 24 };

/// As many small tables as `GOV_CORE_TABLES` says; without it a million, in a debug build fewer.
#[test]
fn small_tables_agree_in_every_cell() {
    let default = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
    let count = std::env::var("GOV_CORE_TABLES").map_or(default, |count| count.parse().expect("a number"));
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let refused: usize = std::thread::scope(|scope| {
        let work = |thread: u64| {
            move || {
                let tables = (thread..count).step_by(threads as usize);
                tables.map(|seed| compare(Draw(bytes(seed).iter()).spec(&SMALL)).min(1)).sum::<usize>()
            }
        };
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(work(thread))).collect();
        running.into_iter().map(|thread| thread.join().expect("tables agree")).sum()
    });
    // Sound books and refused ones: the comparison means little if one of them is rare. One in twenty is refused.
    let refused = refused as f64 / count as f64;
    assert!(count < 1000 || (0.03..0.6).contains(&refused), "{refused} of the tables were refused");
}

/// 256 bytes of splitmix64.
fn bytes(seed: u64) -> Vec<u8> {
    let word = |at: u64| {
        let mut word = seed.wrapping_mul(32).wrapping_add(at).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)).to_le_bytes()
    };
    (0..32).flat_map(word).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn middling_tables_agree_in_every_cell(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        compare(Draw(bytes.iter()).spec(&MIDDLING));
    }
}
