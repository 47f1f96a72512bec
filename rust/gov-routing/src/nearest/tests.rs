use proptest::prelude::*;

use super::metric::Metric;
use super::search::nearest_border;
use super::*;
use crate::predicate::Point;
use crate::{BuildOptions, Geometries, Profile, UNCOVERED};

type Ring = Vec<Point>;

fn rectangle(x0: f64, y0: f64, x1: f64, y1: f64) -> Ring {
    vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
}

fn build(grids: &[Ring], profile: Profile) -> GridIndex {
    let mut geometries = Geometries::default();
    for ring in grids {
        geometries.push_rings(&[vec![ring]]).expect("a ring");
    }
    GridIndex::build(geometries, BuildOptions { profile, ..BuildOptions::default() }).expect("a partition")
}

fn nearest_to(index: &GridIndex, [lon, lat]: Point, within_m: f64) -> Option<Nearest> {
    index.locate_nearest(lon, lat, within_m).expect("finite")
}

fn border_of(index: &GridIndex, [lon, lat]: Point) -> Option<f64> {
    index.border_distance_m(lon, lat).expect("finite")
}

/// Length of the geodesic between two points on WGS-84, by Vincenty's inverse formulae (1975).
fn geodesic(p: Point, q: Point) -> f64 {
    const F: f64 = 1.0 / 298.257_223_563;
    const A: f64 = 6_378_137.0;
    const B: f64 = A * (1.0 - F);
    let reduced = |lat: f64| ((1.0 - F) * lat.to_radians().tan()).atan().sin_cos();
    let ((s1, c1), (s2, c2)) = (reduced(p[1]), reduced(q[1]));
    let east = (q[0] - p[0]).to_radians();
    let mut lambda = east;
    for _ in 0..100 {
        let (sl, cl) = lambda.sin_cos();
        let sin = (c2 * sl).hypot(c1 * s2 - s1 * c2 * cl);
        if sin == 0.0 {
            return 0.0;
        }
        let cos = s1 * s2 + c1 * c2 * cl;
        let sigma = sin.atan2(cos);
        let alpha = c1 * c2 * sl / sin;
        let cos2 = 1.0 - alpha * alpha;
        let m = if cos2 == 0.0 { 0.0 } else { cos - 2.0 * s1 * s2 / cos2 };
        let c = F / 16.0 * cos2 * (4.0 + F * (4.0 - 3.0 * cos2));
        let next = east + (1.0 - c) * F * alpha * (sigma + c * sin * (m + c * cos * (2.0 * m * m - 1.0)));
        if (next - lambda).abs() < 1e-15 {
            let u = cos2 * (A * A - B * B) / (B * B);
            let a = 1.0 + u / 16_384.0 * (4096.0 + u * (-768.0 + u * (320.0 - 175.0 * u)));
            let b = u / 1024.0 * (256.0 + u * (-128.0 + u * (74.0 - 47.0 * u)));
            let third = b / 6.0 * m * (4.0 * sin * sin - 3.0) * (4.0 * m * m - 3.0);
            return B * a * (sigma - b * sin * (m + b / 4.0 * (cos * (2.0 * m * m - 1.0) - third)));
        }
        lambda = next;
    }
    f64::NAN
}

/// Distance from a point to a ring, by narrowing down on each edge: nothing of the code under test.
fn to_ring(p: Point, ring: &[Point]) -> f64 {
    let nearest = |a: Point, b: Point| {
        let at = |t: f64| geodesic(p, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
        let (mut lo, mut hi) = (0.0, 1.0);
        for _ in 0..40 {
            let (s, t) = (lo + (hi - lo) * 0.45, lo + (hi - lo) * 0.55);
            if at(s) < at(t) { hi = t } else { lo = s }
        }
        at(0.0).min(at(1.0)).min(at(f64::midpoint(lo, hi)))
    };
    ring.windows(2).map(|w| nearest(w[0], w[1])).fold(f64::INFINITY, f64::min)
}

/// What the documentation promises, and what the oracle itself may err by.
fn tolerance(d: f64, lat: f64) -> f64 {
    2e-6 + d * (d / 6.36e6 / lat.to_radians().cos()).powi(2) / 4.0
}

/// Squares of `side` degrees, their inner corners moved about, some of them missing.
fn lattice(n: usize, origin: Point, side: f64, moves: &[Point], missing: &[bool]) -> Vec<Ring> {
    let corner = |x: usize, y: usize| {
        let [dx, dy] = moves[(y * (n + 1) + x) % moves.len()];
        [origin[0] + side * (x as f64 + dx), origin[1] + side * (y as f64 + dy)]
    };
    (0..n * n)
        .filter(|at| !missing[at % missing.len()])
        .map(|at| {
            let (x, y) = (at % n, at / n);
            vec![corner(x, y), corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1), corner(x, y)]
        })
        .collect()
}

#[test]
fn a_covered_point_is_its_own_nearest() {
    let index = build(&[rectangle(0., 0., 1., 1.), rectangle(1., 0., 2., 1.)], Profile::Fast);
    for (p, slot) in [([0.5, 0.5], 0), ([1.0, 0.5], 1), ([2.0, 1.0], 1), ([0.0, 0.0], 0)] {
        let near = nearest_to(&index, p, 0.0).expect("an answer");
        assert_eq!(near, Nearest { slot, distance_m: 0.0, bearing_deg: 0.0, lon: p[0], lat: p[1] });
    }
    // A degree of the equator is 111,319.49 m, one of the meridian there 110,574.4 m.
    assert_eq!(index.border_distance_m(1.0, 0.5), Ok(Some(0.0)));
    assert!((border_of(&index, [1.25, 0.5]).expect("an answer") - 27_828.82).abs() < 0.05);
    assert!((border_of(&index, [0.5, 0.75]).expect("an answer") - 27_643.6).abs() < 0.5);
    assert_eq!(index.border_distance_m(2.1, 0.5), Ok(None));
}

#[test]
fn the_four_winds() {
    let index = build(&[rectangle(118.0, 32.0, 118.01, 32.01)], Profile::Fast);
    for (p, bearing, foot) in [
        ([118.005, 31.999], 0.0, [118.005, 32.0]),
        ([117.999, 32.005], 90.0, [118.0, 32.005]),
        ([118.005, 32.011], 180.0, [118.005, 32.01]),
        ([118.011, 32.005], 270.0, [118.01, 32.005]),
    ] {
        let near = nearest_to(&index, p, 200.0).expect("an answer");
        assert!((near.bearing_deg - bearing).abs() < 1e-3, "{near:?}");
        assert!((near.lon - foot[0]).abs() < 1e-9 && (near.lat - foot[1]).abs() < 1e-9, "{near:?}");
        assert!((near.distance_m - geodesic(p, foot)).abs() < 1e-5, "{near:?}");
    }
    let corner = nearest_to(&index, [118.011, 32.011], 200.0).expect("an answer");
    assert_eq!((corner.lon, corner.lat), (118.01, 32.01));
    assert!((corner.bearing_deg - 220.4).abs() < 0.1, "{corner:?}");
    assert_eq!(nearest_to(&index, [118.013, 32.005], 200.0), None);
}

#[test]
fn the_limit_is_inclusive() {
    let index = build(&[rectangle(118.0, 32.0, 118.01, 32.01)], Profile::Fast);
    let far = nearest_to(&index, [118.012, 32.0234], f64::INFINITY).expect("an answer").distance_m;
    assert!(index.locate_nearest(118.012, 32.0234, far.next_up()).expect("an answer").is_some());
    assert!(index.locate_nearest(118.012, 32.0234, far * (1.0 - 1e-12)).expect("an answer").is_none());
    assert!(nearest_to(&index, [118.012, 32.0234], 0.0).is_none());
}

#[test]
fn of_equally_far_borders_the_easternmost_counts_then_the_northernmost() {
    // On the equator a degree of latitude is the shorter one.
    let [west, east] = [rectangle(-2., -2., -1., 2.), rectangle(1., -2., 2., 2.)];
    let [south, north] = [rectangle(-1., -2., 1., -1.), rectangle(-1., 1., 1., 2.)];
    for (grids, foot, bearing) in [
        ([&west, &east], [1.0, 0.0], 90.0),
        ([&south, &north], [0.0, 1.0], 0.0),
        ([&west, &north], [0.0, 1.0], 0.0),
    ] {
        for turn in 0..2 {
            let grids = [grids[turn].clone(), grids[1 - turn].clone()];
            let near = nearest_to(&build(&grids, Profile::Fast), [0., 0.], f64::INFINITY).expect("an answer");
            assert_eq!((near.slot, [near.lon, near.lat]), (1 - turn as u32, foot));
            assert_eq!(near.bearing_deg, bearing);
        }
    }
}

#[test]
fn a_shared_corner_goes_to_its_owner() {
    // Three wedges with one tip. The middle one owns it, being east of it; without that one, the next
    // counter-clockwise does.
    let wedge = |a, b| vec![[118., 32.], a, b, [118., 32.]];
    let upper = wedge([118.5, 32.5], [119., 34.]);
    let middle = wedge([118.5, 31.95], [118.5, 32.5]);
    let lower = wedge([119., 31.], [118.5, 31.95]);
    let wedges = [lower.clone(), upper.clone(), middle.clone()];
    for turn in 0..3 {
        let mut grids = wedges.to_vec();
        grids.rotate_left(turn);
        for owner in [&middle, &upper] {
            let near = nearest_to(&build(&grids, Profile::Fast), [117.99, 32.], 1e4).expect("an answer");
            assert_eq!([near.lon, near.lat], [118., 32.]);
            assert_eq!(&grids[near.slot as usize], owner);
            grids.retain(|grid| *grid != middle);
        }
    }
}

#[test]
fn crowded_corners_are_searched_in_finer_rasters() {
    // Forty wedges around one point: no table of lines holds them, so the raster is refined there.
    let tip = |k: usize| {
        let (sin, cos) = (std::f64::consts::TAU * k as f64 / 40.0).sin_cos();
        [118.0 + cos * 0.01, 32.0 + sin * 0.01]
    };
    let wedges: Vec<Ring> =
        (0..40).map(|k| vec![[118.0, 32.0], tip(k), tip((k + 1) % 40), [118.0, 32.0]]).collect();
    let index = build(&wedges, Profile::Compact);
    assert!(!index.view().finer.is_empty());
    for k in 0..60 {
        let (sin, cos) = f64::from(k).sin_cos();
        let far = 0.011 * f64::from(k % 20) / 20.0;
        let p = [118.0 + far * cos, 32.0 + far * sin];
        let oracle = wedges.iter().map(|ring| to_ring(p, ring)).fold(f64::INFINITY, f64::min);
        let near = nearest_to(&index, p, 1e4).expect("an answer");
        let got =
            if near.distance_m == 0.0 { border_of(&index, p).expect("an answer") } else { near.distance_m };
        assert!((got - oracle).abs() < tolerance(oracle, 32.0), "{p:?}: {got} {oracle}");
    }
}

#[test]
fn bad_input_is_refused_or_passed_over() {
    let index = build(&[rectangle(0., 0., 1., 1.)], Profile::Fast);
    for (lon, lat) in [(f64::NAN, 0.5), (0.5, f64::INFINITY)] {
        assert!(matches!(index.locate_nearest(lon, lat, 1.0), Err(RoutingError::NonFiniteCoordinate { .. })));
        assert!(matches!(index.border_distance_m(lon, lat), Err(RoutingError::NonFiniteCoordinate { .. })));
    }
    for metres in [-1.0, f64::NAN] {
        assert!(matches!(index.locate_nearest(0.5, 0.5, metres), Err(RoutingError::BadDistance { .. })));
        assert!(index.locate_nearest_batch(&[], &[], metres, &mut [], 1).is_err());
    }
    let (lon, lat) = ([0.25, f64::NAN, 9.0, 1e300], [0.5, 0.5, f64::NEG_INFINITY, -1e300]);
    let (mut near, mut far) = ([None; 4], [0.0; 4]);
    index.locate_nearest_batch(&lon, &lat, 10.0, &mut near, 1).expect("an answer");
    index.border_distance_batch(&lon, &lat, &mut far, 1).expect("an answer");
    assert_eq!(near.map(|n| n.map(|n| n.slot)), [Some(0), None, None, None]);
    assert_eq!(far.map(f64::is_nan), [false, true, true, true]);
    assert_eq!(
        index.border_distance_batch(&lon, &lat, &mut [], 1),
        Err(RoutingError::LengthMismatch { left: 4, right: 0 })
    );
}

#[test]
fn empty_index_and_far_points() {
    let empty = GridIndex::build(Geometries::default(), BuildOptions::default()).expect("an answer");
    assert_eq!(empty.locate_nearest(0.0, 0.0, f64::INFINITY), Ok(None));
    let index = build(&[rectangle(118.0, 32.0, 118.01, 32.01)], Profile::Fast);
    for (lon, lat) in [(-180.0, -90.0), (180.0, 90.0), (0.0, 0.0), (118.0, -89.0)] {
        assert_eq!(index.locate_nearest(lon, lat, 1e6), Ok(None));
        assert_eq!(nearest_to(&index, [lon, lat], f64::INFINITY).expect("an answer").slot, 0);
    }
}

#[test]
fn threads_change_nothing() {
    let grids =
        lattice(8, [118.0, 32.0], 0.01, &[[0.0, 0.0], [0.2, -0.1], [-0.2, 0.2]], &[false, false, true]);
    let index = build(&grids, Profile::Fast);
    let lon: Vec<f64> = (0..3000).map(|k| 118.0 + 0.1 * (f64::from(k) * 0.618).fract()).collect();
    let lat: Vec<f64> = (0..3000).map(|k| 32.0 + 0.1 * (f64::from(k) * 0.414).fract()).collect();
    let (mut one, mut four) = (vec![None; 3000], vec![None; 3000]);
    index.locate_nearest_batch(&lon, &lat, 500.0, &mut one, 1).expect("an answer");
    index.locate_nearest_batch(&lon, &lat, 500.0, &mut four, 4).expect("an answer");
    assert_eq!(one, four);
    let (mut a, mut b) = (vec![0.0; 3000], vec![0.0; 3000]);
    index.border_distance_batch(&lon, &lat, &mut a, 0).expect("an answer");
    index.border_distance_batch(&lon, &lat, &mut b, 3).expect("an answer");
    assert!(a.iter().zip(&b).all(|(a, b)| a.to_bits() == b.to_bits()));
    for (k, near) in one.iter().enumerate() {
        assert_eq!(nearest_to(&index, [lon[k], lat[k]], 500.0), *near);
        assert_eq!(a[k].is_nan(), near.is_none_or(|n| n.distance_m > 0.0));
    }
    assert!(one.iter().any(|n| n.is_some_and(|n| n.distance_m > 0.0 && n.slot != UNCOVERED)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Against geodesics to every edge of every grid as it came in.
    #[test]
    fn distances_are_those_of_geodesics(
        lon in -170.0..170.0_f64,
        lat in -80.0..80.0_f64,
        magnitude in -4.0..-1.3_f64,
        moves in prop::collection::vec([-0.3..0.3_f64, -0.3..0.3_f64], 25),
        missing in prop::collection::vec(prop::bool::weighted(0.3), 16),
        at in [-1.0..5.0_f64, -1.0..5.0_f64],
        compact in prop::bool::ANY,
    ) {
        let side = 10_f64.powf(magnitude);
        let grids = lattice(4, [lon, lat], side, &moves, &missing);
        let index = build(&grids, if compact { Profile::Compact } else { Profile::Fast });
        let p = [lon + side * at[0], lat + side * at[1]];
        let oracle: Vec<f64> = grids.iter().map(|ring| to_ring(p, ring)).collect();
        let least = oracle.iter().copied().fold(f64::INFINITY, f64::min);
        let slack = tolerance(least, p[1].abs().max(lat.abs()));
        match nearest_to(&index, p, f64::INFINITY) {
            None => prop_assert!(grids.is_empty()),
            Some(near) if index.locate(p[0], p[1]).expect("an answer").is_some() => {
                prop_assert_eq!(Some(near.slot), index.locate(p[0], p[1]).expect("an answer"));
                prop_assert_eq!(near.distance_m, 0.0);
                let far = border_of(&index, p).expect("an answer");
                // The outline of its own grid, of which no part is shared with itself.
                prop_assert!((far - oracle[near.slot as usize]).abs() < slack, "{} {}", far, least);
                prop_assert!((far - least).abs() < slack);
            }
            Some(near) => {
                prop_assert!((near.distance_m - least).abs() < slack, "{:?} {}", near, least);
                prop_assert!(oracle[near.slot as usize] < least + 2.0 * slack);
                prop_assert!((geodesic(p, [near.lon, near.lat]) - near.distance_m).abs() < slack);
                prop_assert!(to_ring([near.lon, near.lat], &grids[near.slot as usize]) < 2e-6);
                prop_assert_eq!(index.border_distance_m(p[0], p[1]), Ok(None));
                prop_assert_eq!(nearest_to(&index, p, near.distance_m * 1.000_001), Some(near));
                prop_assert_eq!(nearest_to(&index, p, near.distance_m * 0.999_999), None);
            }
        }
    }

    /// The rings skip nothing: bit for bit the least of all edges of the index, in any order of grids.
    #[test]
    fn the_search_skips_nothing(
        lat in -89.0..89.0_f64,
        moves in prop::collection::vec([-0.3..0.3_f64, -0.3..0.3_f64], 49),
        missing in prop::collection::vec(prop::bool::weighted(0.4), 36),
        points in prop::collection::vec(prop_oneof![
            [-2.0..8.0_f64, -2.0..8.0_f64],
            // Points as far from one border as from another.
            (-4..16_i32, -4..16_i32).prop_map(|(x, y)| [f64::from(x) / 2.0, f64::from(y) / 2.0]),
        ], 20),
        straight in prop::bool::ANY,
        turn in 0..36_usize,
    ) {
        let moves = if straight { vec![[0.0; 2]] } else { moves };
        let side = 1.0 / 64.0;
        let grids = lattice(6, [8.0, lat], side, &moves, &missing);
        prop_assume!(!grids.is_empty());
        let index = build(&grids, Profile::Fast);
        let mut turned = grids.clone();
        turned.rotate_left(turn % grids.len());
        let other = build(&turned, Profile::Compact);
        for p in points {
            let p = [8.0 + side * p[0], lat + side * p[1]];
            let metric = Metric::at(p[1]);
            let (far, foot) = nearest_border(index.view(), &metric, p, f64::INFINITY).expect("a border");
            let least = index.every_foot(&metric, p).fold(f64::INFINITY, f64::min);
            prop_assert_eq!(far, least);
            let (far_turned, foot_turned) = nearest_border(other.view(), &metric, p, f64::INFINITY).expect("a border");
            prop_assert_eq!((far, foot.at), (far_turned, foot_turned.at));
            let slot = |index: &GridIndex, grids: &[Ring]| {
                nearest_to(index, p, f64::INFINITY).map(|near| grids[near.slot as usize].clone())
            };
            prop_assert_eq!(slot(&index, &grids), slot(&other, &turned));
        }
    }
}

impl GridIndex {
    /// Distances from a point to all edges, one after the other.
    fn every_foot<'a>(&'a self, metric: &'a Metric, p: Point) -> impl Iterator<Item = f64> + 'a {
        (0..self.points.len() as u32 - 1).filter(|&k| !self.chains.iter().any(|c| c.start == k + 1)).map(
            move |k| {
                let foot = Foot::new(metric, p, [self.points[k as usize], self.points[k as usize + 1]], k);
                let [x, y] = metric.metres(foot.step);
                (x * x + y * y).sqrt()
            },
        )
    }
}
