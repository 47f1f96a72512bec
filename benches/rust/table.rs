//! Decision tables: compiling, one lookup, and batches of unsorted events, every answer asserted.
//!
//! Run with `cargo bench -p gov-routing --bench table`. Cities have streets of six communities of as many
//! grids as it takes, 200 matters in two levels and three grades. Each matter has a rule for any grade that
//! asks for the unit of a kind and one for the highest grade; each street has one rule of its own. `named`
//! cities also have one rule for each grid, so that no two grids share a row.

use divan::Bencher;
use divan::counter::ItemsCount;
use gov_routing::{Cell, Cells, DecisionTable, NONE, RuleSpec, TableSpec, UnitRef};

fn main() {
    divan::main();
}

const MATTERS: u32 = 200;
const ROOTS: u32 = 20;
const GRADES: u32 = 3;
const COMMUNITIES_A_STREET: u32 = 6;
const GRIDS_A_COMMUNITY: u32 = 10;
const EVENTS: usize = 1 << 20;

/// Events of one batch. Samples go through all events batch by batch, so that caches hold what a stream of
/// unsorted events leaves in them.
const BATCH: usize = 1 << 16;

/// Kinds of units: one in each grid, in each community, in each street.
const KINDS: u32 = 3;

/// The matter a grid's own rule is about: one without matters below it.
fn own_matter(grid: u32) -> u32 {
    ROOTS + grid % (MATTERS - ROOTS)
}

#[derive(Debug, Clone, Copy)]
struct City {
    grids: u32,
    /// Whether each grid has a rule of its own.
    named: bool,
}

const CITIES: [City; 5] = [
    City { grids: 265, named: false },
    City { grids: 10_000, named: false },
    City { grids: 10_000, named: true },
    City { grids: 100_000, named: false },
    City { grids: 100_000, named: true },
];

impl City {
    fn streets(self) -> u32 {
        self.communities().div_ceil(COMMUNITIES_A_STREET)
    }

    fn communities(self) -> u32 {
        self.grids.div_ceil(GRIDS_A_COMMUNITY)
    }

    /// Places: streets, then communities, then grids. A place's own unit has its number.
    fn spec(self) -> TableSpec {
        let (streets, communities) = (self.streets(), self.communities());
        let level = |of: u32| if of < streets { 2 } else { u32::from(of < streets + communities) };
        let places = streets + communities + self.grids;
        let rule = |lead| RuleSpec { lead: vec![lead], respond: 0, resolve: NONE, ..RuleSpec::default() };
        let mut rules = Vec::new();
        for matter in 0..MATTERS {
            let any = rule(UnitRef::Kind(matter % KINDS));
            rules.push(RuleSpec { matter: Some(matter), ..any.clone() });
            let highest = rule(UnitRef::Unit(matter % streets));
            rules.push(RuleSpec { matter: Some(matter), grade: Some(GRADES - 1), ..highest });
        }
        for street in 0..streets {
            let own = rule(UnitRef::Unit(street));
            rules.push(RuleSpec { matter: Some(street % ROOTS), area: Some(street), ..own });
        }
        for grid in 0..if self.named { self.grids } else { 0 } {
            let own = rule(UnitRef::Kind(2));
            let area = Some(streets + communities + grid);
            rules.push(RuleSpec { matter: Some(own_matter(grid)), area, ..own });
        }
        let community = |grid: u32| streets + grid / GRIDS_A_COMMUNITY;
        TableSpec {
            places: (0..streets)
                .map(|_| None)
                .chain((0..communities).map(|community| Some(community / COMMUNITIES_A_STREET)))
                .chain((0..self.grids).map(|grid| Some(community(grid))))
                .collect(),
            grids: (streets + communities..places).collect(),
            matters: (0..MATTERS).map(|matter| (matter >= ROOTS).then_some(matter % ROOTS)).collect(),
            assets: Vec::new(),
            grades: GRADES,
            unit_kinds: (0..places).map(level).collect(),
            unit_serves: (0..places).map(|place| vec![place]).collect(),
            rules,
        }
    }

    /// The rule and the unit of a cell, by hand.
    fn answer(self, cell: Cell) -> (u32, u32) {
        let (streets, communities) = (self.streets(), self.communities());
        let community = cell.slot / GRIDS_A_COMMUNITY;
        let street = community / COMMUNITIES_A_STREET;
        if self.named && cell.matter == own_matter(cell.slot) {
            (2 * MATTERS + streets + cell.slot, street)
        } else if cell.matter % ROOTS == street % ROOTS {
            (2 * MATTERS + street, street)
        } else if cell.grade == GRADES - 1 {
            (2 * cell.matter + 1, cell.matter % streets)
        } else {
            let units = [streets + communities + cell.slot, streets + community, street];
            (2 * cell.matter, units[(cell.matter % KINDS) as usize])
        }
    }

    fn compile(self) -> DecisionTable {
        DecisionTable::compile(&self.spec()).expect("a sound rule book").0
    }

    fn events(self) -> Vec<Cell> {
        let mut state = 7_u64;
        let mut below = |end: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % u64::from(end)) as u32
        };
        (0..EVENTS)
            .map(|_| Cell {
                slot: below(self.grids),
                matter: below(MATTERS),
                grade: below(GRADES),
                asset: NONE,
            })
            .collect()
    }
}

#[divan::bench(args = CITIES, sample_count = 5)]
fn compile(bencher: Bencher, city: City) {
    let spec = city.spec();
    bencher.bench(|| DecisionTable::compile(&spec).expect("a sound rule book"));
}

#[divan::bench(args = CITIES, sample_count = 200, sample_size = 1)]
fn lookup(bencher: Bencher, city: City) {
    let (table, events) = (city.compile(), city.events());
    for event in &events {
        let answer = table.lookup(*event).expect("every cell has a rule");
        assert_eq!((answer.rule, answer.team), city.answer(*event), "{event:?}");
    }
    let mut batches = events.chunks(BATCH).cycle();
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        let batch = batches.next().expect("there are events").iter();
        let rules = batch.filter_map(|event| table.lookup(*event)).map(|answer| answer.rule);
        rules.fold(0, u32::wrapping_add)
    });
}

#[divan::bench(args = CITIES, sample_count = 200, sample_size = 1)]
fn lookup_batch(bencher: Bencher, city: City) {
    let (table, events) = (city.compile(), city.events());
    let column = |value: fn(&Cell) -> u32| events.iter().map(value).collect::<Vec<u32>>();
    let (slots, matters) = (column(|cell| cell.slot), column(|cell| cell.matter));
    let grades = column(|cell| cell.grade);
    let (mut rules, mut teams) = (vec![0; EVENTS], vec![0; EVENTS]);
    let mut batches = (0..EVENTS).step_by(BATCH).map(|start| start..start + BATCH).cycle();
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        let batch = batches.next().expect("there are events");
        let cells = Cells {
            slots: &slots[batch.clone()],
            matters: &matters[batch.clone()],
            grades: Some(&grades[batch.clone()]),
            assets: None,
        };
        table
            .lookup_batch(&cells, &mut rules[batch.clone()], &mut teams[batch])
            .expect("columns of one length");
    });
    for (at, event) in events.iter().enumerate() {
        assert_eq!((rules[at], teams[at]), city.answer(*event), "{event:?}");
    }
}
