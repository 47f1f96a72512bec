//! What each fuzz target does with its bytes, and what must hold for all bytes.
//!
//! `rust/gov-routing/tests/corpus.rs` does the same with every file of `fuzz/corpus`, so that what was once
//! found stays found without a fuzzer.
#![allow(dead_code, reason = "a target uses one of the cases")]

use gov_routing::{
    Answer, BuildOptions, Cell, Cells, DecisionTable, Geometries, GridIndex, JsonKeys, LayerIndex, NONE,
    Outline, Profile, RuleSpec, TableSpec, UNCOVERED, UnitRef, Verdict, Verify, read_geojson,
};

/// Well-known binary, several in a row, each behind its length in two bytes: read, judged, indexed both ways.
pub(crate) fn wkb(data: &[u8]) {
    let mut geometries = Geometries::default();
    let mut points = vec![[0.0, 0.0], [118.75, 32.0]];
    let mut rest = data;
    while let [low, high, tail @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (one, tail) = tail.split_at(length.min(tail.len()));
        rest = tail;
        if let Ok(outline) = Outline::from_wkb(one) {
            let flawless = outline.flaws(true).is_empty();
            let mut again = Geometries::default();
            let pushed = again.push_wkb(&outline.to_wkb());
            assert!(!flawless || pushed.is_ok(), "an outline without flaws that cannot be read: {pushed:?}");
        }
        let before = geometries.clone();
        if geometries.push_wkb(one).is_err() {
            assert_eq!(geometries, before, "what is refused leaves nothing behind");
        }
        points.extend(corners(one));
    }
    let layer = LayerIndex::build(&geometries).expect("kilobytes fit into a layer");
    for profile in [Profile::Fast, Profile::Compact] {
        let options = BuildOptions { profile, threads: 1, ..BuildOptions::default() };
        if let Ok(grids) = GridIndex::build(geometries.clone(), options) {
            agree(&grids, &layer, &points);
        }
    }
    let snap = BuildOptions { snap_deg: Some(1e-7), threads: 1, ..BuildOptions::default() };
    if let Ok(grids) = GridIndex::build(geometries, snap) {
        answers(&grids, &points);
    }
}

/// What stands where the first ring of a polygon has its corners, and the middles between.
fn corners(wkb: &[u8]) -> Vec<[f64; 2]> {
    let number = |bytes: &[u8]| bytes.try_into().map_or(f64::NAN, f64::from_le_bytes);
    let chunks = wkb.get(13..).unwrap_or_default().chunks_exact(16).take(32);
    let corners: Vec<[f64; 2]> = chunks.map(|chunk| [number(&chunk[..8]), number(&chunk[8..])]).collect();
    let middles: Vec<_> =
        corners.windows(2).map(|w| [w[0][0].midpoint(w[1][0]), w[0][1].midpoint(w[1][1])]).collect();
    [corners, middles].concat()
}

/// The owner of a point is one of the polygons that hold it. The reverse is not asked: a spike without width, an
/// outline that goes somewhere and back, is held by its polygon and is no ground of any grid.
fn agree(grids: &GridIndex, layer: &LayerIndex, points: &[[f64; 2]]) {
    answers(grids, points);
    for &[lon, lat] in points {
        if let (Ok(Some(owner)), Ok(holders)) = (grids.locate(lon, lat), layer.locate_all(lon, lat)) {
            assert!(holders.contains(&owner), "({lon}, {lat}): owner {owner}, held by {holders:?}");
        }
    }
}

/// Asks an index everything; one by one and in a batch it says the same.
fn answers(grids: &GridIndex, points: &[[f64; 2]]) {
    let alone = points.iter().map(|&[lon, lat]| grids.locate(lon, lat).ok().flatten().unwrap_or(UNCOVERED));
    assert_eq!(alone.collect::<Vec<u32>>(), asked(grids, points));
}

/// The slots of a batch; everything else is asked as well, and has only to answer.
fn asked(grids: &GridIndex, points: &[[f64; 2]]) -> Vec<u32> {
    let (lon, lat): (Vec<f64>, Vec<f64>) = points.iter().map(|&[lon, lat]| (lon, lat)).unzip();
    let mut slots = vec![0; lon.len()];
    grids.locate_batch(&lon, &lat, &mut slots, 1).expect("columns of one length");
    for &[lon, lat] in points {
        let _ = grids.locate(lon, lat);
        let _ = grids.locate_nearest(lon, lat, 1000.0);
        let _ = grids.border_distance_m(lon, lat);
    }
    let _ = (grids.ids(), grids.bytes(), grids.report(), grids.content_sum());
    slots
}

/// A feature collection of places.
pub(crate) fn geojson(data: &[u8]) {
    for degrees in [true, false] {
        let found = read_geojson(data, degrees);
        for fault in &found.faults {
            assert!(fault.offset <= data.len() && fault.line >= 1, "a fault outside of the file: {fault:?}");
            assert!(fault.feature.is_none_or(|feature| feature <= found.features.len()), "{fault:?}");
        }
        for wkb in found.features.iter().filter_map(|feature| feature.wkb.as_ref()) {
            let outline = Outline::from_wkb(wkb).expect("what the reader writes can be read");
            assert!(outline.flaws(degrees).is_empty(), "a flawed outline passed");
        }
    }
}

/// Lines of JSON, scanned whole and line by line.
pub(crate) fn json_lines(data: &[u8]) {
    let mut whole = JsonKeys::default();
    let sound = whole.scan(data);
    let mut lines = JsonKeys::default();
    let each = data.split(|&byte| byte == b'\n').fold(true, |sound, line| lines.scan(line) & sound);
    assert_eq!((sound, whole.columns()), (each, lines.columns()));
}

/// A saved index, opened without a look at its content. The header's checksum is set right first: it guards
/// against accidents, and behind it is what has to stand malice.
pub(crate) fn index_file(data: &[u8]) {
    let mut file = data.to_vec();
    if let Some(length) =
        file.get(12..16).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    {
        let end = 64usize.saturating_add(length as usize);
        if let Some(header) = file.get(64..end) {
            let sum = xxhash_rust::xxh3::xxh3_64(header);
            file[16..24].copy_from_slice(&sum.to_le_bytes());
        }
    }
    let Ok(grids) = GridIndex::from_bytes(&file, Verify::Never) else { return };
    // All over the places that the seeds know, and beyond them.
    let steps = (0..12).flat_map(|x| (0..12).map(move |y| [f64::from(x), f64::from(y)]));
    let points: Vec<[f64; 2]> = steps
        .map(|[x, y]| [118.0 - 0.002 + x * 0.0013, 32.0 - 0.002 + y * 0.0013])
        .chain([[0.0, 0.0], [-180.0, -90.0], [1e300, -1e300], [f64::NAN, 32.0], [118.0, f64::INFINITY]])
        .collect();
    let slots = asked(&grids, &points);
    let mut copy = Vec::new();
    grids.write(&mut copy).expect("memory can be written");
    let again = GridIndex::from_bytes(&copy, Verify::Always).expect("what was written can be read");
    assert_eq!(asked(&again, &points), slots);
}

/// A rule book made of bytes: compiled, and every cell of it asked in three ways.
pub(crate) fn rules(data: &[u8]) {
    let spec = book(&mut Bytes(data));
    let Ok((table, _)) = DecisionTable::compile(&spec) else { return };
    // One position beyond each list: those cells point nowhere.
    let axis = |len: usize| (0..=len as u32).chain([NONE]);
    let mut cells = Vec::new();
    for slot in axis(spec.grids.len()) {
        for matter in axis(spec.matters.len()) {
            for grade in axis(spec.grades as usize) {
                cells.extend(axis(spec.assets.len()).map(|asset| Cell { slot, matter, grade, asset }));
            }
        }
    }
    let column = |of: fn(&Cell) -> u32| cells.iter().map(of).collect::<Vec<u32>>();
    let [slots, matters, grades, assets] = [
        column(|cell| cell.slot),
        column(|cell| cell.matter),
        column(|cell| cell.grade),
        column(|cell| cell.asset),
    ];
    let columns = Cells { slots: &slots, matters: &matters, grades: Some(&grades), assets: Some(&assets) };
    let (mut rules, mut teams) = (vec![0; cells.len()], vec![0; cells.len()]);
    table.lookup_batch(&columns, &mut rules, &mut teams).expect("columns of one length");
    for (at, &cell) in cells.iter().enumerate() {
        let answer = table.lookup(cell);
        assert_eq!(
            answer.unwrap_or(Answer { rule: NONE, team: NONE }),
            Answer { rule: rules[at], team: teams[at] }
        );
        if let Some(answer) = answer {
            assert!(table.team(answer.team).is_some(), "{answer:?} names no team");
        }
        let explained = table.explain(cell);
        let winner = explained
            .iter()
            .flat_map(|said| &said.candidates)
            .find(|c| matches!(c.verdict, Verdict::Won { .. }));
        assert_eq!(
            winner.map(|c| c.rule),
            answer.map(|answer| answer.rule),
            "explained otherwise at {cell:?}"
        );
    }
}

/// Numbers from bytes; zeros when they run out.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn below(&mut self, end: u8) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % end
    }

    /// A position in a list: mostly one that exists.
    fn position(&mut self, len: usize) -> u32 {
        u32::from(self.below(64)) % (len as u32).max(1) + u32::from(self.below(64) == 63)
    }

    fn maybe(&mut self, len: usize) -> Option<u32> {
        (len > 0 && self.below(3) > 0).then(|| self.position(len))
    }

    fn tree(&mut self) -> Vec<Option<u32>> {
        // Parents mostly stand before their children, or every second tree would be a circle.
        let len = usize::from(self.below(7));
        let parent = |at| {
            let end = if self.below(16) == 0 { len } else { at };
            self.maybe(end)
        };
        (0..len).map(parent).collect()
    }
}

fn book(bytes: &mut Bytes<'_>) -> TableSpec {
    let mut spec = TableSpec {
        places: bytes.tree(),
        matters: bytes.tree(),
        assets: bytes.tree(),
        ..TableSpec::default()
    };
    spec.grades = u32::from(bytes.below(4));
    let places = spec.places.len();
    spec.grids = (0..bytes.below(5)).map(|_| bytes.position(places)).collect();
    for _ in 0..bytes.below(5) {
        spec.unit_kinds.push(u32::from(bytes.below(3)));
        spec.unit_serves.push((0..bytes.below(4)).map(|_| bytes.position(places)).collect());
    }
    let units = spec.unit_kinds.len();
    let team = |bytes: &mut Bytes<'_>, most: u8| {
        let unit = |bytes: &mut Bytes<'_>| match bytes.below(2) {
            0 => UnitRef::Kind(u32::from(bytes.below(3))),
            _ => UnitRef::Unit(bytes.position(units)),
        };
        (0..bytes.below(most)).map(|_| unit(bytes)).collect::<Vec<_>>()
    };
    for _ in 0..bytes.below(9) {
        spec.rules.push(RuleSpec {
            matter: bytes.maybe(spec.matters.len()),
            area: bytes.maybe(places),
            asset: bytes.maybe(spec.assets.len()),
            grade: bytes.maybe(spec.grades as usize),
            except_matters: bytes.maybe(spec.matters.len()).into_iter().collect(),
            except_areas: bytes.maybe(places).into_iter().collect(),
            except_assets: bytes.maybe(spec.assets.len()).into_iter().collect(),
            lead: [team(bytes, 3), vec![UnitRef::Kind(u32::from(bytes.below(3)))]].concat(),
            assist: team(bytes, 3),
            respond: u32::from(bytes.below(2)),
            resolve: u32::from(bytes.below(2)),
        });
    }
    spec
}
