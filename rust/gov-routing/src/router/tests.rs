//! What every batch has to hold, whatever its size, its columns and the number of threads.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::{
    Answers, Column, Component, Degrees, Event, Events, History, Keys, NONE, Router, Status, UNKNOWN, Version,
};
use crate::{BuildOptions, Crs, Geometries, GridIndex, RuleSpec, TableSpec, UnitRef};

/// Two streets (places 0 and 1) of two grids each (2 to 5), side by side from 118 E on, each 0.1 degrees wide.
/// A station for each street (units 0 and 1) and an office (2) for the second matter; grades 0 and 1, asset 0.
fn router() -> Router {
    let mut outlines = Geometries::default();
    for at in 0..4 {
        let (west, east) = (118.0 + f64::from(at) * 0.125, 118.125 + f64::from(at) * 0.125);
        for corner in [[west, 32.0], [east, 32.0], [east, 32.125], [west, 32.125], [west, 32.0]] {
            outlines.coords.push(corner);
        }
        outlines.ring_ends.push(outlines.coords.len());
        outlines.polygon_ends.push(outlines.ring_ends.len());
        outlines.geometry_ends.push(outlines.polygon_ends.len());
    }
    let index = GridIndex::build(outlines, BuildOptions::default()).expect("four squares");
    let any = RuleSpec { respond: NONE, resolve: NONE, ..RuleSpec::default() };
    let spec = TableSpec {
        places: vec![None, None, Some(0), Some(0), Some(1), Some(1)],
        grids: vec![2, 3, 4, 5],
        matters: vec![None, None, None],
        assets: vec![None],
        grades: 2,
        unit_kinds: vec![0, 0, 1],
        unit_serves: vec![vec![0], vec![1], vec![]],
        rules: vec![
            RuleSpec { matter: Some(0), lead: vec![UnitRef::Kind(0)], resolve: 1, ..any.clone() },
            RuleSpec {
                matter: Some(1),
                lead: vec![UnitRef::Unit(2)],
                assist: vec![UnitRef::Kind(0)],
                respond: 0,
                ..any
            },
        ],
    };
    Router::compile(Arc::new(index), &spec, Crs::Wgs84).expect("two rules").0
}

static ROUTER: LazyLock<Router> = LazyLock::new(router);

const SOUND: Event =
    Event { lon: Some(118.06), lat: Some(32.06), crs: NONE, place: NONE, matter: 0, grade: 1, asset: NONE };

fn event() -> impl Strategy<Value = Event> {
    let lon = prop_oneof![
        Just(None),
        (117.9..118.6).prop_map(Some),
        Just(Some(118.125)),
        Just(Some(f64::NAN)),
        Just(Some(181.0))
    ];
    let lat = prop_oneof![Just(None), (31.9..32.2).prop_map(Some), Just(Some(f64::INFINITY))];
    let code = |len: u32| prop_oneof![Just(NONE), Just(UNKNOWN), 0..len];
    (lon, lat, code(4), code(6), code(3), code(2), code(1)).prop_map(
        |(lon, lat, crs, place, matter, grade, asset)| Event { lon, lat, crs, place, matter, grade, asset },
    )
}

/// Lends events as columns; the optional ones are left out if no event says anything there.
fn with_columns<T>(events: &[Event], work: impl FnOnce(&Events<'_>) -> T) -> T {
    let column = |value: fn(&Event) -> u32| events.iter().map(value).collect::<Vec<u32>>();
    let [crs, place, matter, grade, asset] = [
        column(|e| e.crs),
        column(|e| e.place),
        column(|e| e.matter),
        column(|e| e.grade),
        column(|e| e.asset),
    ];
    let degrees = |value: fn(&Event) -> Option<f64>| events.iter().map(|e| value(e).unwrap_or(7.0)).collect();
    let (lon, lat): (Vec<f64>, Vec<f64>) = (degrees(|e| e.lon), degrees(|e| e.lat));
    let (no_lon, no_lat) = (|row: usize| events[row].lon.is_none(), |row: usize| events[row].lat.is_none());
    let said = |codes: &'_ Vec<u32>| codes.iter().any(|&code| code != NONE);
    work(&Events {
        len: events.len(),
        coordinates: Some([
            Degrees { values: &lon, is_null: events.iter().any(|e| e.lon.is_none()).then_some(&no_lon as _) },
            Degrees { values: &lat, is_null: events.iter().any(|e| e.lat.is_none()).then_some(&no_lat as _) },
        ]),
        crs: said(&crs).then_some(&crs as _),
        place: said(&place).then_some(&place as _),
        matter: &matter,
        grade: said(&grade).then_some(&grade as _),
        asset: said(&asset).then_some(&asset as _),
    })
}

fn route_batch(router: &Router, events: &[Event], threads: usize) -> Answers {
    with_columns(events, |events| router.route_batch(events, threads)).expect("columns of one length")
}

/// Asserts that a batch holds what single events are answered.
fn assert_same(router: &Router, events: &[Event], answers: &Answers) {
    assert_eq!(answers.status.len(), events.len());
    for (row, event) in events.iter().enumerate() {
        let answer = router.route(event);
        assert_eq!(answers.status[row], answer.status as i8, "{event:?}");
        assert_eq!(answers.column(Column::Place).get(row), answer.place);
        let crew = router.crew_of(&answer);
        assert_eq!(answers.column(Column::Rule).get(row), answer.decision.map(|decision| decision.rule));
        assert_eq!(answers.column(Column::Unit).get(row), crew.map(|(lead, _)| lead));
        assert_eq!(answers.column(Column::Assist).get(row), crew.and_then(|(_, assist)| assist));
        assert_eq!(answer.decision.is_some(), answer.status == Status::Routed);
    }
}

static FURNISHED: LazyLock<Router> = LazyLock::new(furnished);

proptest! {
    #[test]
    fn a_batch_with_things_is_its_events_one_by_one(
        events in prop::collection::vec((event(), 0..8_u32), 0..300),
        threads in 1..4_usize,
    ) {
        let named = |(event, asset): (Event, u32)| match asset {
            1..=4 => Event { asset, ..event },
            _ => event,
        };
        let events: Vec<Event> = events.into_iter().map(named).collect();
        assert_same(&FURNISHED, &events, &route_batch(&FURNISHED, &events, threads));
    }

    #[test]
    fn a_batch_is_its_events_one_by_one(events in prop::collection::vec(event(), 0..300), threads in 1..4_usize) {
        assert_same(&ROUTER, &events, &route_batch(&ROUTER, &events, threads));
    }

    #[test]
    fn every_event_has_one_status_and_a_place_only_if_located(event in event()) {
        let answer = ROUTER.route(&event);
        match answer.status {
            Status::BadCoordinate | Status::UnknownPlace | Status::OutOfArea => prop_assert_eq!(answer.place, None),
            Status::NoLocation => prop_assert!(answer.place.is_none_or(|key| key >= 4)),
            _ => prop_assert!(answer.place.is_some()),
        }
    }
}

#[test]
fn a_place_below_a_grid_is_answered_by_it() {
    let spec = TableSpec {
        places: vec![Some(1), None, Some(1), Some(2), Some(0)],
        grids: vec![2, 0],
        matters: vec![None],
        unit_kinds: vec![0],
        unit_serves: vec![vec![2]],
        rules: vec![RuleSpec { lead: vec![UnitRef::Kind(0)], ..RuleSpec::default() }],
        ..TableSpec::default()
    };
    let mut squares = Geometries::default();
    for west in [118.0, 118.5] {
        let east = west + 0.5;
        squares.coords.extend([[west, 32.0], [east, 32.0], [east, 32.5], [west, 32.5], [west, 32.0]]);
        squares.ring_ends.push(squares.coords.len());
        squares.polygon_ends.push(squares.ring_ends.len());
        squares.geometry_ends.push(squares.polygon_ends.len());
    }
    let index = GridIndex::build(squares, BuildOptions::default()).expect("two squares");
    let router = Router::compile(Arc::new(index), &spec, Crs::Wgs84).expect("one rule").0;
    assert_eq!(router.places(), [2, 0, 1, 3, 4]);
    assert_eq!(
        [0, 1, 2, 3, 4, 5].map(|key| router.slot(key)),
        [Some(0), Some(1), None, Some(0), Some(1), None]
    );
    let at = |place| router.route(&Event { lon: None, lat: None, place, grade: NONE, ..SOUND });
    assert_eq!((at(3).place, at(3).status), (Some(3), Status::Routed));
    assert_eq!((at(4).place, at(4).status), (Some(4), Status::NoRule));
    assert_eq!(at(2).status, Status::NoLocation);
}

/// The class itself is asset 0; then a thing at a place, one at a point, one nowhere and one of a foreign manager.
fn furnished() -> Router {
    let thing = Component { class: 0, place: None, point: None, manager: Some(0) };
    let things = [
        Component { place: Some(3), ..thing },
        Component { point: Some([118.3, 32.06]), manager: None, ..thing },
        thing,
        Component { place: Some(3), manager: Some(77), ..thing },
    ];
    router().with_components(1, &things)
}

#[test]
fn a_thing_has_a_class_a_place_and_a_manager_who_leads() {
    let router = furnished();
    let event = Event { lon: None, lat: None, matter: 1, ..SOUND };
    let answer = |event: Event| {
        let answer = router.route(&event);
        let crew = router
            .crew_of(&answer)
            .map(|(lead, group)| (lead, group.map(|group| &router.assists()[group as usize][..])));
        (answer.place, crew, answer.status)
    };
    // The water office leads where nobody manages the thing, and the station assists.
    assert_eq!(answer(Event { asset: 2, ..event }), (Some(2), Some((2, Some(&[1][..]))), Status::Routed));
    assert_eq!(answer(Event { asset: 1, ..event }), (Some(1), Some((0, None)), Status::Routed));
    assert_eq!(answer(Event { asset: 4, ..event }), (Some(1), Some((2, Some(&[0][..]))), Status::Routed));
    assert_eq!(answer(Event { asset: 3, ..event }).2, Status::NoLocation);
    assert_eq!(
        answer(Event { asset: 3, place: 2, ..event }),
        (Some(2), Some((0, Some(&[1][..]))), Status::Routed)
    );
    assert_eq!(answer(Event { asset: 1, matter: 2, ..event }), (Some(1), None, Status::NoRule));
    assert_eq!((router.asset_class(0), router.asset_class(1), router.asset_class(NONE)), (0, 0, NONE));
}

#[test]
fn blocks_and_threads_meet_without_a_seam() {
    let events: Vec<Event> = (0..10_007_u32)
        .map(|at| Event {
            lon: Some(117.99 + f64::from(at % 600) * 0.001),
            matter: if at % 97 == 0 { UNKNOWN } else { at % 3 },
            place: if at % 89 == 0 { at % 6 } else { NONE },
            ..SOUND
        })
        .collect();
    for threads in [1, 2, 3, 64] {
        assert_same(&ROUTER, &events, &route_batch(&ROUTER, &events, threads));
    }
}

#[test]
fn keys_of_rows_without_an_answer_are_zero() {
    let answers = route_batch(&ROUTER, &[Event { lon: None, ..SOUND }; 70], 1);
    assert!(answers.columns.iter().all(|column| column.keys == Keys::I8(vec![0; 70])));
    assert!(answers.columns.iter().all(|column| column.valid == [0, 0]));
}

#[test]
fn columns_of_unequal_length_are_refused() {
    let degrees = [118.0];
    let events = Events {
        len: 2,
        coordinates: Some([Degrees { values: &degrees, is_null: None }; 2]),
        crs: None,
        place: None,
        matter: &vec![0, 0],
        grade: None,
        asset: None,
    };
    assert!(ROUTER.route_batch(&events, 1).is_err());
}

#[test]
fn a_history_routes_each_event_by_its_version_and_keys() {
    let plain = Arc::new(router());
    // The second version calls everything by its key plus 100.
    let keys = |offset: u32| std::array::from_fn(|_| (offset..offset + 10).collect());
    let versions = [0, 100].map(|offset| Version { router: Arc::clone(&plain), keys: keys(offset) });
    let history = History::new(versions.to_vec());
    let events: Vec<Event> = (0..9_000).map(|at| Event { matter: at % 3, ..SOUND }).collect();
    let chosen: Vec<u32> = (0..9_000).map(|at| [0, 1, NONE][at % 3]).collect();
    let answers = with_columns(&events, |events| history.route_batch(&[*events, *events], &chosen, 2));
    let answers = answers.expect("columns of one length");
    for (row, event) in events.iter().enumerate() {
        let place = answers.column(Column::Place).get(row);
        match chosen[row] {
            NONE => assert_eq!((place, answers.status[row]), (None, Status::NoRule as i8)),
            version => {
                let answer = plain.route(event);
                assert_eq!(place, answer.place.map(|key| key + version * 100));
                assert_eq!(answers.status[row], answer.status as i8);
            }
        }
    }
    let bad = with_columns(&[Event { lon: Some(f64::NAN), ..SOUND }], |events| {
        history.route_batch(&[*events, *events], &vec![NONE], 1)
    });
    assert_eq!(bad.expect("one event").status, [Status::BadCoordinate as i8]);
}
