//! The index against an oracle in big integers, over random partitions.
//!
//! A partition is a jittered lattice whose cells are cut into triangles, which are dealt out to grids: grids come out
//! non-convex, in several parts, with holes and enclaves, and some ground stays uncovered. All coordinates are
//! multiples of 2^-46 in [64, 128), where 2^-46 is one unit in the last place: everything fits in 128-bit
//! integers, one ulp beside a vertex included.

use gov_routing::{BuildError, BuildOptions, Fault, Geometries, GridIndex, Profile, UNCOVERED};
use proptest::prelude::*;

type P = [i128; 2];

const UNIT: f64 = 70_368_744_177_664.0; // 2^46

fn float(p: P) -> [f64; 2] {
    p.map(|v| v as f64 / UNIT)
}

fn cross(a: P, b: P, p: P) -> i128 {
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
}

/// Sign of the cross product at p + (e, e^2).
fn moved(a: P, b: P, p: P) -> i128 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    [cross(a, b, p), -dy, dx].into_iter().map(i128::signum).find(|&s| s != 0).unwrap_or(0)
}

/// Angle order of directions, counter-clockwise from east.
fn angle_less(a: P, b: P) -> bool {
    let half = |d: P| d[1] < 0 || (d[1] == 0 && d[0] < 0);
    match (half(a), half(b)) {
        (false, true) => true,
        (true, false) => false,
        _ => a[0] * b[1] - a[1] * b[0] > 0,
    }
}

#[derive(Clone, Debug)]
struct Partition {
    /// Counter-clockwise triangles with their grid.
    triangles: Vec<([P; 3], usize)>,
    grids: usize,
}

impl Partition {
    fn owner(&self, p: P) -> Option<usize> {
        let mut best: Option<(P, usize)> = None;
        for (t, grid) in &self.triangles {
            if (0..3).all(|i| moved(t[i], t[(i + 1) % 3], p) > 0) {
                return Some(*grid);
            }
            if (0..3).any(|i| cross(t[i], t[(i + 1) % 3], p) < 0) {
                continue;
            }
            // The triangle's sector at p starts, counter-clockwise, at the edge that leaves p.
            let i = (0..3)
                .find(|&i| t[i] == p)
                .or_else(|| (0..3).find(|&i| cross(t[i], t[(i + 1) % 3], p) == 0))
                .expect("p lies on the triangle's border");
            let start = [t[(i + 1) % 3][0] - p[0], t[(i + 1) % 3][1] - p[1]];
            if best.is_none_or(|(ray, _)| angle_less(start, ray)) {
                best = Some((start, *grid));
            }
        }
        best.map(|(_, grid)| grid)
    }

    fn geometries(&self, order: &[usize]) -> Geometries {
        let mut geometries = Geometries::default();
        for &grid in order {
            let polygons: Vec<Vec<Vec<[f64; 2]>>> = self
                .triangles
                .iter()
                .filter(|t| t.1 == grid)
                .map(|(t, _)| vec![[t[0], t[1], t[2], t[0]].map(float).to_vec()])
                .collect();
            geometries.push_rings(&polygons).expect("triangles are fine rings");
        }
        geometries
    }
}

/// A lattice of `w` x `h` cells, jittered by seeds, dealt out to about `grids` grids; -1 stays uncovered.
fn partition(w: usize, h: usize, grids: usize, fine: u32, seed: u64) -> Partition {
    let mut state = seed | 1;
    let mut random = move |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % n
    };
    let step = 1_i128 << 30;
    let shift = 30 - fine; // few distinct jitters make many collinear points
    let vertices: Vec<P> = (0..=h)
        .flat_map(|y| (0..=w).map(move |x| (x, y)))
        .map(|(x, y)| {
            // Even, so that the middle of an edge lies on it exactly.
            let mut jitter = || (i128::from(random(1 << fine)) << shift) / 5 * 2;
            let base = [96 * (1_i128 << 46) + x as i128 * step, 70 * (1_i128 << 46) + y as i128 * step];
            [base[0] + jitter(), base[1] + jitter()]
        })
        .collect();
    let mut triangles = Vec::new();
    for y in 0..h {
        for x in 0..w {
            let at = y * (w + 1) + x;
            let [a, b, c, d] = [at, at + 1, at + w + 2, at + w + 1].map(|i| vertices[i]);
            // A convex cell may be cut either way; the lattice's jitter is small enough that all are.
            let cut = if random(2) == 0 { [[a, b, c], [a, c, d]] } else { [[a, b, d], [b, c, d]] };
            for t in cut {
                let grid = random(grids as u64 + 1) as usize;
                if grid < grids && cross(t[0], t[1], t[2]) > 0 {
                    triangles.push((t, grid));
                }
            }
        }
    }
    // Number the grids that came out without gaps.
    let mut used: Vec<usize> = triangles.iter().map(|t| t.1).collect();
    used.sort_unstable();
    used.dedup();
    for t in &mut triangles {
        t.1 = used.binary_search(&t.1).expect("it is used");
    }
    Partition { triangles, grids: used.len() }
}

/// Vertices, middles of edges, one ulp beside both in eight directions, middles of triangles, and far away.
fn questions(partition: &Partition) -> Vec<P> {
    let mut points = vec![[65 << 46, 65 << 46], [127 << 46, 70 << 46]];
    for (t, _) in &partition.triangles {
        for i in 0..3 {
            let (a, b) = (t[i], t[(i + 1) % 3]);
            for at in [a, [i128::midpoint(a[0], b[0]), i128::midpoint(a[1], b[1])]] {
                for dx in -1..=1 {
                    points.extend((-1..=1).map(|dy| [at[0] + dx, at[1] + dy]));
                }
            }
        }
        points.push([(t[0][0] + t[1][0] + t[2][0]) / 3, (t[0][1] + t[1][1] + t[2][1]) / 3]);
    }
    points
}

fn check(
    index: &GridIndex,
    partition: &Partition,
    order: &[usize],
    questions: &[P],
) -> Result<(), TestCaseError> {
    let (lon, lat): (Vec<f64>, Vec<f64>) = questions.iter().map(|&p| float(p)).map(|[x, y]| (x, y)).unzip();
    let mut slots = vec![0; lon.len()];
    index.locate_batch(&lon, &lat, &mut slots, 1).expect("columns of one length");
    let mut shared = vec![0; lon.len()];
    index.locate_batch(&lon, &lat, &mut shared, 3).expect("columns of one length");
    prop_assert_eq!(&slots, &shared);
    for (at, &p) in questions.iter().enumerate() {
        let single = index.locate(lon[at], lat[at]).expect("finite");
        prop_assert_eq!(single.unwrap_or(UNCOVERED), slots[at]);
        prop_assert_eq!(single.map(|slot| order[slot as usize]), partition.owner(p), "at {:?}", float(p));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn every_point_has_its_one_owner(
        w in 1_usize..7, h in 1_usize..7, grids in 1_usize..12, fine in 0_u32..30, seed: u64,
    ) {
        let partition = partition(w, h, grids, fine, seed);
        prop_assume!(partition.grids > 0);
        let forward: Vec<usize> = (0..partition.grids).collect();
        let backward: Vec<usize> = forward.iter().rev().copied().collect();
        let questions = questions(&partition);
        for (order, profile) in [(&forward, Profile::Fast), (&backward, Profile::Compact)] {
            let options = BuildOptions { profile, threads: 1, ..BuildOptions::default() };
            let index = GridIndex::build(partition.geometries(order), options).expect("a partition");
            check(&index, &partition, order, &questions)?;
            let mut bytes = Vec::new();
            index.write(&mut bytes).expect("memory");
            let again = GridIndex::from_bytes(&bytes, gov_routing::Verify::Always).expect("a sound file");
            check(&again, &partition, order, &questions[..questions.len() / 8])?;
        }
    }

    #[test]
    fn vertices_on_a_neighbours_edge_are_noded(w in 1_usize..5, h in 1_usize..5, seed: u64) {
        let whole = partition(w, h, 4, 20, seed);
        prop_assume!(whole.grids > 0);
        // Every triangle gets the middles of its edges as corners, or not: T-junctions where a neighbour differs.
        let mut geometries = Geometries::default();
        for grid in 0..whole.grids {
            let mut polygons = Vec::new();
            for (number, (t, _)) in whole.triangles.iter().enumerate().filter(|(_, t)| t.1 == grid) {
                let mut ring = Vec::new();
                for i in 0..3 {
                    ring.push(float(t[i]));
                    if (seed >> (number % 60)) & 1 == 1 {
                        let b = t[(i + 1) % 3];
                        ring.push(float([i128::midpoint(t[i][0], b[0]), i128::midpoint(t[i][1], b[1])]));
                    }
                }
                ring.push(ring[0]);
                polygons.push(vec![ring]);
            }
            geometries.push_rings(&polygons).expect("fine rings");
        }
        let order: Vec<usize> = (0..whole.grids).collect();
        let index = GridIndex::build(geometries, BuildOptions::default()).expect("noding makes it a partition");
        check(&index, &whole, &order, &questions(&whole))?;
    }

    #[test]
    fn slivers_are_closed_by_snapping(w in 2_usize..6, h in 2_usize..6, seed: u64) {
        let whole = partition(w, h, 5, 20, seed);
        prop_assume!(whole.grids > 1);
        // Every triangle is drawn by another hand: its corners lie up to 30 ulps off.
        let mut state = seed | 1;
        let mut off = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i128::from(state >> 40) % 61 - 30
        };
        let mut drawn = whole.clone();
        for (t, _) in &mut drawn.triangles {
            *t = t.map(|p| [p[0] + off(), p[1] + off()]);
        }
        let order: Vec<usize> = (0..whole.grids).collect();
        let options = BuildOptions { snap_deg: Some(128.0 / UNIT), ..BuildOptions::default() };
        let index = GridIndex::build(drawn.geometries(&order), options).expect("snapping closes the slivers");
        prop_assert!(index.report().snapped > 0);
        for (t, grid) in &whole.triangles {
            let [x, y] = float([0, 1].map(|i| (t[0][i] + t[1][i] + t[2][i]) / 3));
            prop_assert_eq!(index.locate(x, y).expect("finite"), Some(*grid as u32));
        }
    }

    #[test]
    fn overlaps_are_refused_with_a_point_that_lies_in_both(w in 2_usize..6, h in 2_usize..6, seed: u64) {
        let mut whole = partition(w, h, 6, 20, seed);
        prop_assume!(whole.grids > 1);
        // Another grid claims a triangle that is taken, shrunk a little so that it shares no edge.
        let (t, taken) = whole.triangles[seed as usize % whole.triangles.len()];
        let other = (taken + 1) % whole.grids;
        let middle = [0, 1].map(|i| (t[0][i] + t[1][i] + t[2][i]) / 3);
        let within = t.map(|p| [0, 1].map(|i| middle[i] + (p[i] - middle[i]) * i128::from(seed % 3 + 1) / 3));
        whole.triangles.push((within, other));
        let order: Vec<usize> = (0..whole.grids).collect();
        let refused = GridIndex::build(whole.geometries(&order), BuildOptions::default());
        let BuildError { faults } = refused.expect_err("two grids claim one triangle");
        let expected = (taken.min(other) as u32, taken.max(other) as u32);
        let named = faults.iter().any(|fault| matches!(fault, Fault::Overlap { first, second, lon, lat }
            if (*first, *second) == expected && {
                let p = [(lon * UNIT) as i128, (lat * UNIT) as i128];
                (0..3).all(|i| cross(within[i], within[(i + 1) % 3], p) >= 0)
            }));
        prop_assert!(named, "{faults:?} for {expected:?}");
    }
}

#[test]
fn a_million_points_on_borders_have_one_owner_each() {
    const SIDE: usize = 100;
    let whole = partition(SIDE, SIDE, 2000, 24, 20_261_122);
    let order: Vec<usize> = (0..whole.grids).collect();
    // The oracle looks at the triangles around a point only: by cell of the lattice, one cell around.
    let step = 1_i128 << 30;
    let cell = |p: P| [(p[0] - (96 << 46)).div_euclid(step), (p[1] - (70 << 46)).div_euclid(step)];
    let mut around: std::collections::HashMap<P, Vec<([P; 3], usize)>> = std::collections::HashMap::new();
    for t in &whole.triangles {
        let [x, y] = cell(t.0[0]);
        for dx in -2..=2 {
            for dy in -2..=2 {
                around.entry([x + dx, y + dy]).or_default().push(*t);
            }
        }
    }
    let mut asked = 0;
    let questions = questions(&whole);
    let (lon, lat): (Vec<f64>, Vec<f64>) = questions.iter().map(|&p| float(p)).map(|[x, y]| (x, y)).unzip();
    for profile in [Profile::Fast, Profile::Compact] {
        let options = BuildOptions { profile, ..BuildOptions::default() };
        let index = GridIndex::build(whole.geometries(&order), options).expect("a partition");
        let mut slots = vec![0; lon.len()];
        index.locate_batch(&lon, &lat, &mut slots, 2).expect("columns of one length");
        for (&p, &slot) in questions.iter().zip(&slots) {
            let triangles = around.get(&cell(p)).cloned().unwrap_or_default();
            let near = Partition { triangles, grids: whole.grids };
            assert_eq!((slot != UNCOVERED).then_some(slot as usize), near.owner(p), "at {:?}", float(p));
            asked += 1;
        }
    }
    assert!(asked > 2_000_000, "{asked}");
}

#[test]
fn a_hole_with_an_enclave_and_a_gap() {
    let square = |x: f64, y: f64, a: f64| vec![[x, y], [x + a, y], [x + a, y + a], [x, y + a], [x, y]];
    let mut geometries = Geometries::default();
    geometries
        .push_rings(&[vec![square(0.0, 0.0, 10.0), square(2.0, 2.0, 2.0), square(6.0, 6.0, 2.0)]])
        .expect("holed");
    geometries.push_rings(&[vec![square(2.0, 2.0, 2.0)]]).expect("enclave");
    let index = GridIndex::build(geometries, BuildOptions::default()).expect("a partition");
    let at = |x: f64, y: f64| index.locate(x, y).expect("finite");
    assert_eq!([at(1.0, 1.0), at(3.0, 3.0), at(7.0, 7.0)], [Some(0), Some(1), None]);
    assert_eq!(
        [at(2.0, 3.0), at(4.0, 3.0), at(6.0, 7.0), at(8.0, 7.0)],
        [Some(1), Some(0), Some(0), Some(0)]
    );
    assert_eq!([at(0.0, 0.0), at(10.0, 10.0), at(10.0, 0.0), at(0.0, 10.0)], [Some(0); 4]);
    assert!(index.locate(f64::NAN, 0.0).is_err() && index.locate(0.0, f64::INFINITY).is_err());
    let mut out = [0; 3];
    index.locate_batch(&[f64::NAN, 1e308, 3.0], &[1.0, -1e308, 3.0], &mut out, 1).expect("equal lengths");
    assert_eq!(out, [UNCOVERED, UNCOVERED, 1]);
}

#[test]
fn outlines_without_a_clear_inside_are_refused() {
    let refused = |rings: Vec<Vec<[f64; 2]>>| {
        let mut geometries = Geometries::default();
        geometries.push_rings(&[rings]).expect("closed rings");
        GridIndex::build(geometries, BuildOptions::default()).expect_err("no clear inside").faults
    };
    let bow_tie = refused(vec![vec![[0., 0.], [2., 2.], [2., 0.], [0., 2.], [0., 0.]]]);
    let stray_hole = refused(vec![
        vec![[0., 0.], [1., 0.], [1., 1.], [0., 1.], [0., 0.]],
        vec![[5., 5.], [6., 5.], [6., 6.], [5., 6.], [5., 5.]],
    ]);
    let flat = refused(vec![vec![[0., 0.], [1., 1.], [2., 2.], [0., 0.]]]);
    let spike =
        refused(vec![vec![[0., 0.], [2., 0.], [2., 1.], [5., 1.], [2., 1.], [2., 2.], [0., 2.], [0., 0.]]]);
    let spike_at_start = refused(vec![vec![[9., 0.], [2., 0.], [2., 2.], [0., 2.], [0., 0.], [9., 0.]]]);
    for faults in [bow_tie, stray_hole, flat, spike, spike_at_start] {
        assert!(matches!(faults[..], [Fault::InvalidOutline { slot: 0, .. }]), "{faults:?}");
    }
}

#[test]
fn one_grid_none_and_an_empty_index() {
    let empty = GridIndex::build(Geometries::default(), BuildOptions::default()).expect("nothing overlaps");
    assert!(empty.is_empty() && empty.locate(0.0, 0.0).expect("finite").is_none());
}
