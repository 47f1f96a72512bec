//! The index against the definition: on an edge, or inside an odd number of rings.

use proptest::prelude::*;

use super::LayerIndex;
use crate::Geometries;
use crate::predicate::{Point, orient, settle};

type Ring = Vec<Point>;
type Polygon = Vec<Vec<Ring>>;

/// The definition, by a ray to the east over all edges of a polygon.
fn holds(polygon: &Polygon, p: Point) -> bool {
    let p = p.map(settle);
    let mut inside = false;
    for ring in polygon.iter().flatten() {
        for pair in ring.windows(2) {
            let (a, b) = if pair[0][1] <= pair[1][1] { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
            let side = orient(a, b, p);
            let within = |i: usize| a[i].min(b[i]) <= p[i] && p[i] <= a[i].max(b[i]);
            if side == 0.0 && within(0) && within(1) {
                return true;
            }
            inside ^= a[1] <= p[1] && p[1] < b[1] && side > 0.0;
        }
    }
    inside
}

fn index(polygons: &[Polygon]) -> LayerIndex {
    let mut geometries = Geometries::default();
    for polygon in polygons {
        geometries.push_rings(polygon).expect("rings of the tests can be read");
    }
    LayerIndex::build(&geometries).expect("few edges")
}

/// Compares batch, single and threaded answers with the definition.
fn check(polygons: &[Polygon], points: &[Point]) {
    let index = index(polygons);
    let (lon, lat): (Vec<_>, Vec<_>) = points.iter().map(|p| (p[0], p[1])).unzip();
    let (offsets, ids) = index.locate_all_batch(&lon, &lat, 1).expect("same length");
    assert_eq!(index.locate_all_batch(&lon, &lat, 3).expect("same length"), (offsets.clone(), ids.clone()));
    for (i, &p) in points.iter().enumerate() {
        let expected: Vec<u32> =
            (0..polygons.len()).filter(|&id| holds(&polygons[id], p)).map(|id| id as u32).collect();
        let got = &ids[offsets[i] as usize..offsets[i + 1] as usize];
        assert_eq!(got, expected, "at {p:?}");
        assert_eq!(index.locate_all(p[0], p[1]).expect("finite"), expected, "at {p:?}, alone");
    }
}

fn beside(p: Point) -> [Point; 9] {
    let near = |v: f64| [v.next_down(), v, v.next_up()];
    std::array::from_fn(|i| [near(p[0])[i / 3], near(p[1])[i % 3]])
}

/// Corners, middles of sides, and everything one float away from them.
fn places_of(polygons: &[Polygon]) -> Vec<Point> {
    let pairs = polygons.iter().flatten().flatten().flat_map(|ring| ring.windows(2));
    pairs
        .flat_map(|pair| {
            let middle = [pair[0][0].midpoint(pair[1][0]), pair[0][1].midpoint(pair[1][1])];
            let third =
                [pair[0][0] + (pair[1][0] - pair[0][0]) / 3.0, pair[0][1] + (pair[1][1] - pair[0][1]) / 3.0];
            [pair[0], middle, third].into_iter().flat_map(beside)
        })
        .collect()
}

/// Rings may cross themselves and each other: the definition holds for them as well.
fn ring(point: impl Strategy<Value = Point>) -> impl Strategy<Value = Ring> {
    let corners = prop::collection::vec(point, 3..9);
    corners.prop_filter_map("at least three corners in a row that differ", |mut ring| {
        ring.push(ring[0]);
        let mut geometries = Geometries::default();
        geometries.push_rings(&[vec![ring.clone()]]).is_ok().then_some(ring)
    })
}

fn polygons(point: impl Strategy<Value = Point> + Clone) -> impl Strategy<Value = Vec<Polygon>> {
    let polygon = prop::collection::vec(prop::collection::vec(ring(point), 1..3), 1..3);
    prop::collection::vec(polygon, 1..12)
}

/// Many coincidences: shared corners, collinear sides, sides on the lines of the raster.
fn lattice_point() -> impl Strategy<Value = Point> + Clone {
    (-8i32..=8, -8i32..=8).prop_map(|(x, y)| [f64::from(x), f64::from(y)])
}

fn city_point() -> impl Strategy<Value = Point> + Clone {
    (118.0f64..118.01, 32.0f64..32.01).prop_map(|(x, y)| [x, y])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn coincidences_are_decided_as_defined(polygons in polygons(lattice_point())) {
        let mut points = places_of(&polygons);
        points.extend((-18..=18).flat_map(|x| (-18..=18).map(move |y| [f64::from(x) / 2.0, f64::from(y) / 2.0])));
        check(&polygons, &points);
    }

    #[test]
    fn general_positions_are_decided_as_defined(
        polygons in polygons(city_point()),
        points in prop::collection::vec(city_point(), 200),
    ) {
        check(&polygons, &[places_of(&polygons), points].concat());
    }

    #[test]
    fn hundreds_of_edges_in_a_cell_are_decided_as_defined(
        turns in prop::collection::vec((0.0f64..0.02, 3usize..40), 10..30),
        points in prop::collection::vec((117.9f64..118.1, 31.9f64..32.1), 100),
    ) {
        // Stars around one point: every side meets there, so no split of cells can part them.
        let star = |&(turn, corners): &(f64, usize)| {
            let mut ring: Ring = (0..corners).flat_map(|i| {
                let angle = turn + i as f64 * std::f64::consts::TAU / corners as f64;
                [[118.0, 32.0], [118.0 + 0.1 * angle.cos(), 32.0 + 0.1 * angle.sin()]]
            }).collect();
            ring.push(ring[0]);
            vec![vec![ring]]
        };
        let polygons: Vec<Polygon> = turns.iter().map(star).collect();
        let points: Vec<Point> = points.iter().map(|&(x, y)| [x, y]).chain(beside([118.0, 32.0])).collect();
        check(&polygons, &points);
    }
}

fn square(x: f64, y: f64, side: f64) -> Ring {
    vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
}

#[test]
fn holes_islands_and_parts() {
    let park: Polygon = vec![
        vec![square(0.0, 0.0, 9.0), square(1.0, 1.0, 7.0)],
        vec![square(3.0, 3.0, 2.0)],
        vec![square(20.0, 0.0, 1.0)],
    ];
    let index = index(&[park, vec![vec![square(2.0, 2.0, 30.0)]]]);
    for (point, expected) in [
        ([0.5, 0.5], &[0][..]),
        ([2.5, 2.5], &[1]),
        ([4.0, 4.0], &[0, 1]),
        ([8.0, 4.0], &[0, 1]),
        ([1.0, 1.0], &[0]),
        ([7.9, 4.0], &[1]),
        ([20.5, 1.0], &[0]),
        ([20.5, 2.0], &[1]),
        ([40.0, 40.0], &[]),
    ] {
        assert_eq!(index.locate_all(point[0], point[1]).expect("finite"), expected, "at {point:?}");
    }
}

#[test]
fn ids_are_ascending_where_hundreds_overlap() {
    // Nested squares in an order that is neither inwards nor outwards.
    let order: Vec<usize> = (0..500).map(|i| i * 263 % 500).collect();
    let nested: Vec<Polygon> =
        order.iter().map(|&i| vec![vec![square(i as f64, i as f64, 1001.0 - 2.0 * i as f64)]]).collect();
    let index = index(&nested);
    for at in [0.0, 0.5, 17.0, 249.5, 499.0, 500.5] {
        let expected: Vec<u32> = (0..500u32).filter(|&id| order[id as usize] as f64 <= at).collect();
        assert_eq!(index.locate_all(at, 500.5).expect("finite"), expected, "at {at}");
    }
}

#[test]
fn many_copies_of_one_outline_stay_small() {
    let ring: Ring = (0..=300)
        .map(|i| std::f64::consts::TAU * f64::from(i % 300) / 300.0)
        .map(|angle| [118.0 + 0.1 * angle.cos(), 32.0 + 0.1 * angle.sin()])
        .collect();
    let copies: Vec<Polygon> = (0..100).map(|_| vec![vec![ring.clone()]]).collect();
    let index = index(&copies);
    assert!(index.bytes() < 100 * 300 * 600, "{} bytes", index.bytes());
    assert_eq!(index.locate_all(118.0, 32.0).expect("finite").len(), 100);
    assert_eq!(index.locate_all(118.1, 32.0).expect("finite").len(), 100);
    assert!(index.locate_all(118.1f64.next_up(), 32.0).expect("finite").is_empty());
}

#[test]
fn nothing_is_held_by_an_empty_layer_or_at_no_place() {
    let empty = index(&[]);
    assert!(empty.is_empty());
    assert!(empty.locate_all(0.0, 0.0).expect("finite").is_empty());
    let one = index(&[vec![vec![square(-1.0, -1.0, 2.0)]]]);
    assert!(one.locate_all(f64::NAN, 0.0).is_err());
    let lon = [0.0, f64::NAN, f64::INFINITY, 0.0, 1e300, -5e-324];
    let lat = [0.0, 0.0, 0.0, f64::NEG_INFINITY, 1e300, 5e-324];
    let (offsets, ids) = one.locate_all_batch(&lon, &lat, 2).expect("same length");
    assert_eq!((offsets, ids), (vec![0, 1, 1, 1, 1, 1, 2], vec![0, 0]));
    assert!(one.locate_all_batch(&lon, &[], 1).is_err());
    assert_eq!(one.locate_all_batch(&[], &[], 4).expect("same length"), (vec![0], vec![]));
}

#[test]
fn threads_share_a_batch_without_a_seam() {
    let layer: Vec<Polygon> =
        (0..40).map(|i| vec![vec![square(f64::from(i), f64::from(i % 7), 5.0)]]).collect();
    let index = index(&layer);
    let lon: Vec<f64> = (0..100_000).map(|i| f64::from(i % 997) * 0.05).collect();
    let lat: Vec<f64> = (0..100_000).map(|i| f64::from(i % 991) * 0.013).collect();
    let alone = index.locate_all_batch(&lon, &lat, 1).expect("same length");
    assert!(alone.1.len() > 100_000);
    for threads in [0, 2, 3, 64] {
        assert!(
            index.locate_all_batch(&lon, &lat, threads).expect("same length") == alone,
            "{threads} threads"
        );
    }
}
