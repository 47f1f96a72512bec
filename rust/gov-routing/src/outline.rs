//! The outline of one place as it was drawn, sound or not, and what is wrong with it.

use robust::{Coord, orient2d};

use crate::geometry::in_range;
use crate::wkb::{self, RingSink};

/// One reason to refuse an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Stable name: `geometry.unclosed`.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// How to mend it; empty if there is nothing to say.
    pub hint: &'static str,
}

impl Flaw {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, hint: &'static str) -> Self {
        Self { code, message: message.into(), hint }
    }
}

/// A polygon or multipolygon of unchecked rings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    pub(crate) coords: Vec<[f64; 2]>,
    pub(crate) ring_ends: Vec<usize>,
    pub(crate) polygon_ends: Vec<usize>,
    pub(crate) multi: bool,
    pub(crate) heights: bool,
}

impl Outline {
    /// Reads a polygon or multipolygon in well-known binary without judging its rings.
    ///
    /// # Errors
    ///
    /// [`Flaw`] if the bytes are no such thing.
    pub fn from_wkb(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut outline = Self::default();
        outline.multi = wkb::read(bytes, &mut outline).map_err(|reason| {
            Flaw::new("geometry.unreadable", reason, "write it as polygon or multipolygon")
        })?;
        Ok(outline)
    }

    /// Whether points had more than two coordinates; those were dropped.
    #[must_use]
    pub fn had_heights(&self) -> bool {
        self.heights
    }

    /// Everything that makes the outline unusable, each kind once with a witness.
    ///
    /// With `degrees`, coordinates must lie within longitudes of 180 and latitudes of 90 degrees and
    /// no edge may cross the antimeridian. Whether rings cross is not looked at.
    #[must_use]
    pub fn flaws(&self, degrees: bool) -> Vec<Flaw> {
        if self.is_hollow() {
            return vec![Flaw::new(
                "geometry.empty",
                "the geometry, or a ring of it, has no points",
                "draw it or remove it",
            )];
        }
        if let Some([x, y]) = self.coords.iter().find(|p| !(p[0].is_finite() && p[1].is_finite())) {
            return vec![Flaw::new(
                "geometry.not_finite",
                format!("coordinate ({x}, {y}) is not finite"),
                "",
            )];
        }
        let mut flaws = Vec::new();
        flaws.extend(self.rings().find_map(unclosed));
        flaws.extend(self.rings().find_map(too_few_points));
        let no_degrees = if degrees { self.no_degrees() } else { None };
        let antimeridian = || if degrees { self.rings().find_map(antimeridian) } else { None };
        flaws.extend(no_degrees.or_else(|| self.out_of_range()).or_else(antimeridian));
        flaws
    }

    /// Well-known binary: little endian, two dimensions, shells counter-clockwise and holes clockwise.
    #[must_use]
    pub fn to_wkb(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(9 + 13 * self.ring_ends.len() + 16 * self.coords.len());
        if self.multi {
            header(&mut bytes, wkb::MULTI_POLYGON, self.polygon_ends.len());
        }
        let mut first = 0;
        for &end in &self.polygon_ends {
            header(&mut bytes, wkb::POLYGON, end - first);
            for ring in first..end {
                let points = self.ring(ring);
                bytes.extend((points.len() as u32).to_le_bytes());
                let backwards = turns_left(points).is_some_and(|left| left != (ring == first));
                for at in 0..points.len() {
                    put(&mut bytes, points[if backwards { points.len() - 1 - at } else { at }]);
                }
            }
            first = end;
        }
        bytes
    }

    fn ring(&self, ring: usize) -> &[[f64; 2]] {
        let start = if ring == 0 { 0 } else { self.ring_ends[ring - 1] };
        &self.coords[start..self.ring_ends[ring]]
    }

    fn rings(&self) -> impl Iterator<Item = &[[f64; 2]]> {
        (0..self.ring_ends.len()).map(|ring| self.ring(ring))
    }

    /// No polygon, a polygon without rings or a ring without points.
    fn is_hollow(&self) -> bool {
        let rises = |ends: &[usize]| {
            ends.first().is_some_and(|first| *first > 0) && ends.windows(2).all(|w| w[0] < w[1])
        };
        !(rises(&self.polygon_ends) && rises(&self.ring_ends))
    }

    fn out_of_range(&self) -> Option<Flaw> {
        let [x, y] = self.coords.iter().find(|&&p| !in_range(p))?;
        Some(Flaw::new("geometry.out_of_range", format!("coordinate ({x}, {y}) is out of range"), ""))
    }

    fn no_degrees(&self) -> Option<Flaw> {
        let [x, y] = self.coords.iter().find(|p| p[0].abs() > 180.0 || p[1].abs() > 90.0)?;
        let swapped = self.coords.iter().all(|p| p[0].abs() <= 90.0 && p[1].abs() <= 180.0);
        let hint = if swapped {
            "longitude comes first: swapped, all of it would fit"
        } else {
            "are these degrees of the CRS in city.toml?"
        };
        Some(Flaw::new("geometry.out_of_range", format!("({x}, {y}) is no longitude and latitude"), hint))
    }
}

impl RingSink for Outline {
    fn point(&mut self, point: [f64; 2]) {
        self.coords.push(point);
    }

    fn heights(&mut self) {
        self.heights = true;
    }

    fn end_ring(&mut self) -> Result<(), String> {
        self.ring_ends.push(self.coords.len());
        Ok(())
    }

    fn end_polygon(&mut self) {
        self.polygon_ends.push(self.ring_ends.len());
    }
}

fn unclosed(ring: &[[f64; 2]]) -> Option<Flaw> {
    let (first, last) = (ring.first()?, ring.last()?);
    let message =
        || format!("a ring starts at ({}, {}) and ends at ({}, {})", first[0], first[1], last[0], last[1]);
    (first != last).then(|| Flaw::new("geometry.unclosed", message(), "repeat its first point at its end"))
}

fn too_few_points(ring: &[[f64; 2]]) -> Option<Flaw> {
    let first = ring.first()?;
    let corners = 1 + ring.windows(2).filter(|w| w[0] != w[1]).count();
    let message = || format!("a ring at ({}, {}) has fewer than three corners", first[0], first[1]);
    (corners < 4).then(|| {
        Flaw::new(
            "geometry.too_few_points",
            message(),
            "a ring has four points or more, the last one equal to the first",
        )
    })
}

fn antimeridian(ring: &[[f64; 2]]) -> Option<Flaw> {
    let edge = ring.windows(2).find(|w| (w[0][0] - w[1][0]).abs() > 180.0)?;
    let message = format!("an edge runs from longitude {} to {}", edge[0][0], edge[1][0]);
    Some(Flaw::new("geometry.antimeridian", message, "cut the polygon in two at longitude 180"))
}

/// Whether a closed ring runs counter-clockwise, told at its lowest leftmost corner; `None` if it is flat.
///
/// Exact, so that a ring and its reverse are never told the same.
fn turns_left(ring: &[[f64; 2]]) -> Option<bool> {
    let open = ring.get(..ring.len().checked_sub(1)?)?;
    let corner = open.iter().copied().min_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])))?;
    let at = open.iter().position(|point| *point == corner)?;
    let (before, behind) = open.split_at(at);
    let next = behind.iter().chain(before).find(|point| **point != corner)?;
    let last = before.iter().rev().chain(behind.iter().rev()).find(|point| **point != corner)?;
    let at = |point: &[f64; 2]| Coord { x: point[0], y: point[1] };
    let turn = orient2d(at(last), at(&corner), at(next));
    (turn != 0.0).then_some(turn > 0.0)
}

fn header(bytes: &mut Vec<u8>, kind: u32, count: usize) {
    bytes.push(1);
    bytes.extend(kind.to_le_bytes());
    bytes.extend((count as u32).to_le_bytes());
}

fn put(bytes: &mut Vec<u8>, point: [f64; 2]) {
    for value in point {
        // Adding zero turns -0.0 into 0.0: one spelling a place.
        bytes.extend((value + 0.0).to_le_bytes());
    }
}
