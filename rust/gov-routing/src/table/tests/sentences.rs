//! What the documentation promises, one sentence a test.

use super::book::*;
use crate::RoutingError;
use crate::table::{
    Answer, Candidate, Cell, Cells, DecisionTable, Dimension, LISTED, NONE, Part, RuleSpec, TableFault,
    TableSpec, TableWarning, Team, UnitRef, Verdict,
};

fn winner(rules: &[RuleSpec], cell: Cell) -> Option<u32> {
    table(&city(rules.to_vec())).0.lookup(cell).map(|answer| answer.rule)
}

fn lead(table: &DecisionTable, cell: Cell) -> Option<u32> {
    Some(table.team(table.lookup(cell)?.team)?.lead)
}

#[test]
fn a_rule_covers_what_lies_below_the_values_it_names() {
    let rules = [RuleSpec { area: Some(STREET), matter: Some(WATER), ..by(0) }];
    assert_eq!(winner(&rules, case(GRID, WATER)), Some(0));
    assert_eq!(winner(&rules, case(COUSIN, BURST_PIPE)), Some(0));
    assert_eq!(winner(&rules, case(GRID, NOISE)), None);
    assert_eq!(winner(&rules, case(ABROAD, WATER)), None);
}

#[test]
fn a_lower_area_beats_a_higher_one() {
    let rules = [by(0), RuleSpec { area: Some(GRID), ..by(1) }, RuleSpec { area: Some(COMMUNITY), ..by(2) }];
    assert_eq!(
        [GRID, SISTER, COUSIN].map(|place| winner(&rules, case(place, NOISE))),
        [Some(1), Some(2), Some(0)]
    );
}

#[test]
fn a_lower_matter_beats_a_higher_one() {
    let rules =
        [by(0), RuleSpec { matter: Some(BURST_PIPE), ..by(1) }, RuleSpec { matter: Some(WATER), ..by(2) }];
    assert_eq!(
        [BURST_PIPE, WATER, NOISE].map(|matter| winner(&rules, case(GRID, matter))),
        [Some(1), Some(2), Some(0)]
    );
}

#[test]
fn a_grade_beats_none() {
    let rules = [by(0), RuleSpec { grade: Some(1), ..by(1) }];
    let cell = case(GRID, NOISE);
    assert_eq!(winner(&rules, Cell { grade: 1, ..cell }), Some(1));
    assert_eq!(winner(&rules, Cell { grade: 0, ..cell }), Some(0));
}

#[test]
fn asset_decides_before_area_before_matter_before_grade() {
    let asset = RuleSpec { asset: Some(LAMP), ..by(0) };
    let area = RuleSpec { area: Some(STREET), ..by(1) };
    let matter = RuleSpec { matter: Some(WATER), ..by(2) };
    let grade = RuleSpec { grade: Some(0), ..by(3) };
    let cell = Cell { grade: 0, asset: STREET_LAMP, ..case(GRID, BURST_PIPE) };
    let all = [grade, matter, area, asset];
    for few in 1..=all.len() {
        assert_eq!(winner(&all[..few], cell), Some(few as u32 - 1), "the last of {few} is the most specific");
    }
}

#[test]
fn an_event_without_asset_or_grade_is_decided_by_rules_for_any() {
    let rules = [by(0), RuleSpec { asset: Some(LAMP), ..by(1) }, RuleSpec { grade: Some(0), ..by(2) }];
    assert_eq!(winner(&rules, case(GRID, NOISE)), Some(0));
    assert_eq!(winner(&rules[1..], case(GRID, NOISE)), None);
}

#[test]
fn a_kind_means_its_unit_with_the_lowest_place_at_or_above_the_grid() {
    let (table, warnings) = table(&city(vec![rule(&[UnitRef::Kind(STATION)])]));
    assert_eq!(warnings, []);
    let leads = [GRID, SISTER, COUSIN, ABROAD].map(|place| lead(&table, case(place, NOISE)));
    assert_eq!(leads, [Some(2), Some(0), Some(0), Some(1)]);
}

#[test]
fn the_first_element_that_finds_a_unit_leads() {
    let (table, _) = table(&city(vec![rule(&[UnitRef::Kind(COMPANY), UnitRef::Kind(STATION)])]));
    let leads = [GRID, SISTER, COUSIN].map(|place| lead(&table, case(place, NOISE)));
    assert_eq!(leads, [Some(2), Some(3), Some(0)]);
}

#[test]
fn a_rule_that_finds_nobody_lets_the_next_one_decide() {
    let company = RuleSpec { area: Some(STREET), ..rule(&[UnitRef::Kind(COMPANY)]) };
    let rules = [by(0), company];
    assert_eq!(winner(&rules, case(SISTER, NOISE)), Some(1));
    assert_eq!(winner(&rules, case(COUSIN, NOISE)), Some(0));
    assert_eq!(winner(&rules[1..], case(COUSIN, NOISE)), None, "and there may be no next");
}

#[test]
fn a_rule_does_not_apply_in_what_it_leaves_out_nor_below() {
    let street = RuleSpec { area: Some(STREET), except_areas: vec![COMMUNITY], ..by(1) };
    assert_eq!(
        [GRID, COUSIN].map(|place| winner(&[by(0), street.clone()], case(place, NOISE))),
        [Some(0), Some(1)]
    );
    assert_eq!(winner(&[street], case(GRID, NOISE)), None, "and there may be no next");
    let matters = [by(0), RuleSpec { area: Some(STREET), except_matters: vec![WATER], ..by(1) }];
    assert_eq!([BURST_PIPE, NOISE].map(|matter| winner(&matters, case(GRID, matter))), [Some(0), Some(1)]);
    let assets = [by(0), RuleSpec { area: Some(STREET), except_assets: vec![LAMP], ..by(1) }];
    let lamp = Cell { asset: STREET_LAMP, ..case(GRID, NOISE) };
    assert_eq!([lamp, case(GRID, NOISE)].map(|cell| winner(&assets, cell)), [Some(0), Some(1)]);
}

#[test]
fn equal_rules_that_leave_out_each_others_cases_agree() {
    let but = |matter, unit| RuleSpec { except_matters: vec![matter], ..by(unit) };
    let mut spec = city(vec![but(WATER, 0), but(NOISE, 1)]);
    let (table, warnings) = table(&spec);
    assert_eq!(warnings, []);
    let leads = [NOISE, BURST_PIPE].map(|matter| lead(&table, case(GRID, matter)));
    assert_eq!(leads, [Some(0), Some(1)]);
    spec.rules[1].except_matters = vec![BURST_PIPE];
    let witness = Cell { grade: 0, ..case(GRID, NOISE) };
    assert_eq!(refusal(&spec).listed, [TableFault::Conflict { first: 0, second: 1, witness }]);
}

#[test]
fn a_rule_is_reached_where_narrower_ones_leave_cases_out() {
    let hidden = RuleSpec { matter: Some(WATER), ..by(0) };
    let above = |except_matters| RuleSpec { area: Some(6), except_matters, ..by(1) };
    let rest = |except_matters| RuleSpec { area: Some(STREET), except_matters, ..by(2) };
    let spec = |left_out: Vec<u32>| city(vec![hidden.clone(), above(vec![]), rest(left_out)]);
    assert_eq!(table(&spec(vec![])).1[0], TableWarning::Unreachable { rule: 0 });
    assert!(!table(&spec(vec![BURST_PIPE])).1.contains(&TableWarning::Unreachable { rule: 0 }));
    let never = RuleSpec { matter: Some(BURST_PIPE), except_matters: vec![WATER], ..by(0) };
    assert_eq!(table(&city(vec![never])).1, [TableWarning::Unreachable { rule: 0 }]);
}

#[test]
fn rules_that_leave_out_where_they_would_meet_do_not_cross() {
    let area = RuleSpec { area: Some(STREET), ..by(0) };
    let matter = RuleSpec { matter: Some(WATER), ..by(1) };
    let crosses = |area, matter| !table(&city(vec![area, matter])).1.is_empty();
    assert!(crosses(RuleSpec { except_matters: vec![BURST_PIPE], ..area.clone() }, matter.clone()));
    assert!(!crosses(RuleSpec { except_matters: vec![WATER], ..area.clone() }, matter.clone()));
    assert!(crosses(area.clone(), RuleSpec { except_areas: vec![COMMUNITY], ..matter.clone() }));
    assert!(!crosses(area, RuleSpec { except_areas: vec![STREET], ..matter }));
}

#[test]
fn assistants_are_found_like_leads_and_named_once() {
    let assist = vec![
        UnitRef::Kind(COMPANY),
        UnitRef::Unit(1),
        UnitRef::Kind(STATION),
        UnitRef::Unit(1),
        UnitRef::Kind(9),
    ];
    let (table, _) = table(&city(vec![RuleSpec { assist, ..rule(&[UnitRef::Kind(STATION)]) }]));
    let team = |place| table.lookup(case(place, NOISE)).and_then(|answer| table.team(answer.team));
    assert_eq!(team(SISTER), Some(Team { lead: 0, assist: &[3, 1] }));
    assert_eq!(team(GRID), Some(Team { lead: 2, assist: &[1] }), "the lead does not assist itself");
    assert_eq!(team(ABROAD), Some(Team { lead: 1, assist: &[] }));
    assert_eq!(
        table.lookup(case(ABROAD, NOISE)),
        Some(Answer { rule: 0, team: 1 }),
        "a unit alone is its own team"
    );
}

#[test]
fn rules_of_equal_specificity_that_disagree_are_refused_with_a_witness() {
    let water = RuleSpec { matter: Some(WATER), area: Some(COMMUNITY), ..by(0) };
    let faults = refusal(&city(vec![water.clone(), RuleSpec { resolve: 3, ..water }]));
    let witness = Cell { grade: 0, ..case(GRID, WATER) };
    assert_eq!(faults.listed, [TableFault::Conflict { first: 0, second: 1, witness }]);
}

#[test]
fn rules_that_disagree_only_at_one_grid_are_refused_with_it() {
    let street = |lead| RuleSpec { area: Some(STREET), ..rule(&[lead]) };
    let faults = refusal(&city(vec![street(UnitRef::Unit(0)), street(UnitRef::Kind(STATION))]));
    let witness = Cell { grade: 0, ..case(GRID, WATER) };
    assert_eq!(faults.listed, [TableFault::Conflict { first: 0, second: 1, witness }]);
}

#[test]
fn rules_that_say_the_same_are_duplicates_and_the_first_answers() {
    let community = |lead| RuleSpec { area: Some(4), ..rule(&[lead]) };
    let (table, warnings) =
        table(&city(vec![community(UnitRef::Kind(STATION)), community(UnitRef::Unit(0))]));
    assert_eq!(warnings, [TableWarning::Duplicate { first: 0, second: 1 }]);
    assert_eq!(table.lookup(case(COUSIN, NOISE)), Some(Answer { rule: 0, team: 0 }));
}

#[test]
fn two_units_at_one_lowest_place_are_refused_where_a_cell_needs_one() {
    let mut spec = city(vec![by(0), RuleSpec { matter: Some(NOISE), ..rule(&[UnitRef::Kind(STATION)]) }]);
    spec.unit_serves[1].push(STREET);
    let witness = case(SISTER, NOISE);
    let tie = TableFault::Tie { kind: STATION, place: STREET, units: [0, 1], rule: 1, witness };
    assert_eq!(refusal(&spec).listed, [tie]);
    spec.unit_serves[3].push(STREET);
    assert_eq!(refusal(&spec).total(), 1, "a unit of another kind is no matter");
    // A rule for each place where the tie would show.
    for area in [SISTER, COUSIN] {
        spec.rules.push(RuleSpec { area: Some(area), ..by(2) });
    }
    assert!(DecisionTable::compile(&spec).is_ok(), "no cell needs one any more");
}

#[test]
fn two_assistants_at_one_lowest_place_are_refused() {
    let mut spec = city(vec![RuleSpec { assist: vec![UnitRef::Kind(STATION)], ..by(3) }]);
    spec.unit_serves[1].push(STREET);
    assert!(matches!(refusal(&spec).listed[..], [TableFault::Tie { place: STREET, rule: 0, .. }]));
}

#[test]
fn crossing_rules_are_told_with_the_one_that_wins() {
    let area = RuleSpec { area: Some(STREET), ..by(0) };
    let matter = RuleSpec { matter: Some(WATER), ..by(1) };
    let witness = Cell { grade: 0, ..case(GRID, WATER) };
    let crossing =
        |winner, loser, asset| TableWarning::Crossing { winner, loser, witness: Cell { asset, ..witness } };
    assert_eq!(table(&city(vec![area.clone(), matter.clone()])).1, [crossing(0, 1, NONE)]);
    let lamps = RuleSpec { asset: Some(LAMP), ..matter.clone() };
    assert_eq!(table(&city(vec![area.clone(), lamps])).1, [crossing(1, 0, LAMP)], "the asset decides first");
    let says_the_same = RuleSpec { matter: Some(WATER), ..by(0) };
    assert_eq!(table(&city(vec![area.clone(), says_the_same])).1, [], "nothing hangs on it");
    let common = RuleSpec { area: Some(STREET), matter: Some(WATER), ..by(2) };
    assert_eq!(table(&city(vec![area, matter, common])).1, [], "a rule says what holds where they meet");
}

#[test]
fn a_rule_that_answers_nowhere_is_told() {
    let cover = |area| RuleSpec { area: Some(area), ..by(1) };
    let shadowed = vec![RuleSpec { area: Some(COMMUNITY), ..by(0) }, cover(GRID), cover(SISTER)];
    assert_eq!(table(&city(shadowed)).1, [TableWarning::Unreachable { rule: 0 }]);
    assert_eq!(table(&city(vec![rule(&[UnitRef::Kind(9)])])).1, [TableWarning::Unreachable { rule: 0 }]);
}

#[test]
fn what_points_nowhere_is_refused_all_at_once() {
    let mut spec = city(vec![RuleSpec { matter: Some(9), grade: Some(2), lead: vec![], ..by(0) }]);
    spec.rules[0].except_areas = vec![5, 98];
    spec.places[3] = Some(99);
    spec.grids[0] = 8;
    spec.unit_serves[2] = vec![77];
    let nowhere = |part, at, to, target| TableFault::PointsNowhere { part, at, to, target };
    let expected = [
        nowhere(Part::Places, 3, Part::Places, 99),
        nowhere(Part::Grids, 0, Part::Places, 8),
        nowhere(Part::Units, 2, Part::Places, 77),
        nowhere(Part::Rules, 0, Part::Matters, 9),
        nowhere(Part::Rules, 0, Part::Grades, 2),
        nowhere(Part::Rules, 0, Part::Places, 98),
        TableFault::NoLead { rule: 0 },
    ];
    assert_eq!(refusal(&spec).listed, expected);
    let lopsided = TableSpec { unit_kinds: vec![1], ..TableSpec::default() };
    assert_eq!(refusal(&lopsided).listed, [TableFault::UnitLists { kinds: 1, serves: 0 }]);
}

#[test]
fn each_circle_is_refused_once() {
    let mut spec = city(vec![by(0)]);
    spec.places[STREET as usize] = Some(GRID);
    spec.matters[NOISE as usize] = Some(NOISE);
    let cycles: Vec<_> = refusal(&spec)
        .listed
        .into_iter()
        .map(|fault| match fault {
            TableFault::Cycle { part, .. } => part,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(cycles, [Part::Places, Part::Matters]);
}

#[test]
fn faults_without_end_are_counted_and_a_page_is_listed() {
    let count = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
    let rules = (0..count).map(|limit| RuleSpec { respond: limit, ..by(0) }).collect();
    let faults = refusal(&city(rules));
    assert_eq!((faults.listed.len(), faults.total()), (LISTED, u64::from(count) - 1));
}

#[test]
fn each_sort_of_findings_has_its_own_page() {
    let count = LISTED as u32 + 5;
    let nobody = |grade| RuleSpec { grade: Some(grade), ..rule(&[UnitRef::Kind(9)]) };
    let rules = (0..count).map(nobody).chain((0..=count).map(|_| by(0))).collect();
    let (_, warnings) =
        DecisionTable::compile(&TableSpec { grades: count, ..city(rules) }).expect("a sound rule book");
    let repeats = |warning: &&TableWarning| matches!(warning, TableWarning::Duplicate { .. });
    assert_eq!(warnings.listed.iter().filter(repeats).count(), LISTED);
    assert_eq!((warnings.listed.len(), warnings.total()), (2 * LISTED, 2 * u64::from(count)));
    assert!(warnings.complete);
}

#[test]
fn positions_that_point_nowhere_have_no_answer() {
    let (table, _) = table(&city(vec![by(0)]));
    let cell = case(GRID, NOISE);
    for odd in [
        Cell { slot: 4, ..cell },
        Cell { slot: NONE, ..cell },
        Cell { matter: 3, ..cell },
        Cell { matter: NONE, ..cell },
        Cell { grade: 2, ..cell },
        Cell { asset: 2, ..cell },
    ] {
        assert_eq!(table.lookup(odd), None, "{odd:?}");
        assert_eq!(table.explain(odd), None, "{odd:?}");
        let (mut rules, mut teams) = ([0], [0]);
        let cells = Cells {
            slots: &[odd.slot],
            matters: &[odd.matter],
            grades: Some(&[odd.grade]),
            assets: Some(&[odd.asset]),
        };
        assert_eq!(table.lookup_batch(&cells, &mut rules, &mut teams), Ok(()));
        assert_eq!((rules, teams), ([NONE], [NONE]), "{odd:?}");
    }
}

#[test]
fn columns_of_unequal_length_are_refused_and_nothing_is_written() {
    let (table, _) = table(&city(vec![by(0)]));
    let cells = Cells { slots: &[0, 0], matters: &[0, 0], grades: Some(&[0]), assets: None };
    let (mut rules, mut teams) = ([9; 2], [9; 2]);
    let refused = table.lookup_batch(&cells, &mut rules, &mut teams);
    assert_eq!(refused, Err(RoutingError::LengthMismatch { left: 2, right: 1 }));
    assert_eq!((rules, teams), ([9; 2], [9; 2]));
    let cells = Cells { grades: None, ..cells };
    let refused = table.lookup_batch(&cells, &mut rules, &mut teams[..1]);
    assert_eq!(refused, Err(RoutingError::LengthMismatch { left: 2, right: 1 }));
}

#[test]
fn a_city_without_anything_has_no_answers() {
    let (table, warnings) = table(&TableSpec::default());
    assert_eq!((warnings, table.slots(), table.teams()), (vec![], 0, 0));
    assert_eq!(table.lookup(Cell { slot: 0, matter: 0, grade: NONE, asset: NONE }), None);
}

#[test]
fn an_explanation_names_every_rule_and_why() {
    let anything = rule(&[UnitRef::Kind(COMPANY), UnitRef::Kind(STATION)]);
    let rules = vec![
        anything.clone(),
        RuleSpec { matter: Some(WATER), ..rule(&[UnitRef::Kind(COMPANY)]) },
        RuleSpec { grade: Some(1), ..by(1) },
        RuleSpec { asset: Some(LAMP), area: Some(GRID), ..by(1) },
        anything,
        RuleSpec { matter: Some(BURST_PIPE), ..by(0) },
    ];
    let (table, _) = table(&city(rules));
    let verdicts = |cell| {
        let explanation = table.explain(cell).expect("the cell is there");
        assert_eq!((explanation.answer, explanation.omitted), (table.lookup(cell), 0));
        explanation.candidates
    };
    let is = |rule, verdict| Candidate { rule, verdict };
    let apart = |by: &[Dimension]| Verdict::DoesNotApply { by: by.to_vec() };
    assert_eq!(
        verdicts(case(COUSIN, WATER)),
        [
            is(1, Verdict::FindsNobody),
            is(0, Verdict::Won { via: 1 }),
            is(4, Verdict::Repeats { first: 0 }),
            is(5, apart(&[Dimension::Matter])),
            is(2, apart(&[Dimension::Grade])),
            is(3, apart(&[Dimension::Asset, Dimension::Area])),
        ]
    );
    let excluded = RuleSpec { area: Some(STREET), except_matters: vec![WATER], ..by(1) };
    let (outvoted, _) = super::book::table(&city(vec![by(0), excluded]));
    assert_eq!(
        outvoted.explain(case(GRID, BURST_PIPE)).map(|explanation| explanation.candidates),
        Some(vec![is(1, Verdict::LeftOut { by: Dimension::Matter }), is(0, Verdict::Won { via: 0 })])
    );
    let lost = |by| Verdict::Lost { to: 5, by };
    assert_eq!(
        verdicts(Cell { grade: 1, ..case(SISTER, BURST_PIPE) })[..5],
        [
            is(5, Verdict::Won { via: 0 }),
            is(1, lost(Dimension::Matter)),
            is(2, lost(Dimension::Matter)),
            is(0, lost(Dimension::Matter)),
            is(4, lost(Dimension::Matter)),
        ]
    );
}

#[test]
fn an_explanation_leaves_out_far_misses_of_a_long_book() {
    let grids = (0..5000).map(|grade| RuleSpec { grade: Some(grade), ..by(0) }).collect();
    let spec = TableSpec { grades: 5000, ..city(grids) };
    let explanation =
        table(&spec).0.explain(Cell { grade: 7, ..case(GRID, NOISE) }).expect("the cell is there");
    assert_eq!(explanation.candidates[0], Candidate { rule: 7, verdict: Verdict::Won { via: 0 } });
    assert_eq!(explanation.candidates.len() + explanation.omitted, 5000);
    assert!(explanation.candidates.len() < 100);
}

#[test]
fn deep_trees_do_not_overflow_the_stack() {
    let depth = 1_000;
    let line: Vec<_> = (0..depth).map(|node: u32| node.checked_sub(1)).collect();
    let rules = (0..depth).map(|node| RuleSpec { area: Some(node), matter: Some(node), ..by(0) }).collect();
    let spec = TableSpec {
        places: line.clone(),
        grids: vec![depth - 1],
        matters: line,
        unit_kinds: vec![0],
        unit_serves: vec![vec![]],
        rules,
        ..TableSpec::default()
    };
    let (table, _) = table(&spec);
    let cell = Cell { slot: 0, matter: depth / 2, grade: NONE, asset: NONE };
    assert_eq!(table.lookup(cell).map(|answer| answer.rule), Some(depth / 2));
}
