//! Turns suspicions into faults that name both grids and a point that lies in both.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::{Edges, OUT, Suspect};
use crate::error::Fault;
use crate::predicate::{Point, Segment};

/// More suspects than this are counted, not explained.
const EXPLAINED: usize = 1000;

/// One fault for each pair of grids that overlap and for each grid whose outline is not clear.
pub(crate) fn faults(edges: &Edges, mut suspects: Vec<Suspect>) -> Vec<Fault> {
    suspects
        .sort_by(|a, b| (&a.grids, a.at).partial_cmp(&(&b.grids, b.at)).unwrap_or(std::cmp::Ordering::Equal));
    suspects.truncate(EXPLAINED * 64);
    let outlines = outlines(edges, &suspects);
    let mut pairs = BTreeSet::new();
    let mut tried: HashMap<Vec<u32>, u8> = HashMap::new();
    let mut faults = Vec::new();
    for suspect in &suspects {
        // A long shared border makes many suspects of one pair: a few tries are enough.
        let tries = tried.entry(suspect.grids.clone()).or_insert(0);
        if *tries >= 4 || faults.len() >= EXPLAINED {
            continue;
        }
        *tries += 1;
        let mut found = false;
        for (i, &first) in suspect.grids.iter().enumerate() {
            for &second in &suspect.grids[i + 1..] {
                if pairs.contains(&(first, second)) {
                    found = true;
                } else if let Some([lon, lat]) =
                    common_point(&outlines[&first], &outlines[&second], suspect.at)
                {
                    pairs.insert((first, second));
                    faults.push(Fault::Overlap { first, second, lon, lat });
                    found = true;
                }
            }
        }
        let [lon, lat] = suspect.at;
        match suspect.grids[..] {
            _ if found => {}
            // Thinner than the spacing of floats: no point fits in, the borders cross all the same.
            [first, second, ..] => {
                if pairs.insert((first, second)) {
                    faults.push(Fault::Overlap { first, second, lon, lat });
                }
            }
            [slot] => {
                if pairs.insert((slot, slot)) {
                    let reason = "its outline crosses, covers or turns back on itself, or a hole lies outside of its shell";
                    faults.push(Fault::InvalidOutline { slot, lon, lat, reason });
                }
            }
            [] => {}
        }
    }
    faults
}

/// The edges of every grid that is under suspicion.
fn outlines(edges: &Edges, suspects: &[Suspect]) -> HashMap<u32, Vec<Segment>> {
    let mut outlines: HashMap<u32, Vec<Segment>> =
        suspects.iter().flat_map(|s| &s.grids).map(|&slot| (slot, Vec::new())).collect();
    for (_, _, segment) in edges.iter() {
        for label in [segment.left, segment.right] {
            if label != OUT
                && let Some(outline) = outlines.get_mut(&label)
            {
                outline.push(segment);
            }
        }
    }
    outlines
}

/// A point near `at` that lies inside both outlines.
fn common_point(first: &[Segment], second: &[Segment], at: Point) -> Option<Point> {
    let mut radius = 0.05;
    while radius > 1e-14 {
        for step in 0..16 {
            let (sin, cos) = (f64::from(step) * std::f64::consts::PI / 8.0 + 0.1).sin_cos();
            let p = [at[0] + radius * cos, at[1] + radius * sin];
            if is_inside(first, p) && is_inside(second, p) {
                return Some(p);
            }
        }
        radius /= 4.0;
    }
    None
}

/// Whether a point lies strictly inside an outline, by the even-odd rule.
fn is_inside(outline: &[Segment], p: Point) -> bool {
    let mut inside = false;
    for segment in outline {
        if segment.holds(p) {
            return false;
        }
        inside ^= segment.spans_y(p[1]) && !segment.is_left(p);
    }
    inside
}
