//! Polygons in columns: closed rings of coordinates behind three levels of offsets.

use crate::predicate::TINY;

/// Multipolygons, one a grid; slot = position.
///
/// Built through [`push_wkb`](Self::push_wkb) or ring by ring; holds only closed rings of finite
/// coordinates with at least three different corners and no repeated point in a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Geometries {
    /// Longitude and latitude of every vertex; each ring repeats its first vertex at its end.
    pub(crate) coords: Vec<[f64; 2]>,
    /// End of each ring in `coords`.
    pub(crate) ring_ends: Vec<usize>,
    /// End of each polygon in `ring_ends`; its first ring is the shell, the others are holes.
    pub(crate) polygon_ends: Vec<usize>,
    /// End of each multipolygon in `polygon_ends`.
    pub(crate) geometry_ends: Vec<usize>,
}

/// Lengths to go back to when a geometry turns out to be bad.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    coords: usize,
    rings: usize,
    polygons: usize,
}

/// Whether exact predicates can bear a point: no product of differences overflows or underflows.
pub(crate) fn in_range(point: [f64; 2]) -> bool {
    point.into_iter().all(|v| v == 0.0 || (TINY..=1e9).contains(&v.abs()))
}

impl Geometries {
    /// Number of multipolygons.
    #[must_use]
    pub fn len(&self) -> usize {
        self.geometry_ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.geometry_ends.is_empty()
    }

    /// Number of stored vertices, the closing one of each ring counted.
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.coords.len()
    }

    /// Appends one multipolygon given as polygons of closed rings, the shell first.
    ///
    /// # Errors
    ///
    /// A reason, as in [`push_wkb`](Self::push_wkb); nothing is appended then.
    pub fn push_rings<R: AsRef<[[f64; 2]]>>(&mut self, polygons: &[Vec<R>]) -> Result<(), crate::Fault> {
        let mark = self.mark();
        let mut push = || {
            for polygon in polygons {
                for ring in polygon {
                    self.coords.extend_from_slice(ring.as_ref());
                    self.close_ring()?;
                }
                self.close_polygon();
            }
            self.close_geometry()
        };
        push().map_err(|reason: String| {
            self.rewind(mark);
            crate::Fault::BadGeometry { slot: self.len() as u32, reason }
        })
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { coords: self.coords.len(), rings: self.ring_ends.len(), polygons: self.polygon_ends.len() }
    }

    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.coords.truncate(mark.coords);
        self.ring_ends.truncate(mark.rings);
        self.polygon_ends.truncate(mark.polygons);
    }

    /// Ends the ring of all coordinates since the last one: checks it and drops repeated points.
    pub(crate) fn close_ring(&mut self) -> Result<(), String> {
        let start = self.ring_ends.last().copied().unwrap_or(0);
        let ring = &mut self.coords[start..];
        let (Some(&first), Some(&last)) = (ring.first(), ring.last()) else {
            return Err("a ring is empty".into());
        };
        if let Some([lon, lat]) = ring.iter().find(|p| !(p[0].is_finite() && p[1].is_finite())) {
            return Err(format!("coordinate ({lon}, {lat}) is not finite"));
        }
        if let Some([lon, lat]) = ring.iter().find(|&&p| !in_range(p)) {
            return Err(format!("coordinate ({lon}, {lat}) is out of range"));
        }
        if first != last {
            return Err(format!(
                "a ring is not closed: it starts at ({}, {}) and ends at ({}, {})",
                first[0], first[1], last[0], last[1]
            ));
        }
        let mut kept = 0;
        for at in 0..ring.len() {
            // Adding zero turns -0.0 into 0.0: one spelling a place, so that bits can be compared.
            let point = [ring[at][0] + 0.0, ring[at][1] + 0.0];
            if at == 0 || point != ring[kept - 1] {
                ring[kept] = point;
                kept += 1;
            }
        }
        if kept < 4 {
            return Err(format!("a ring has fewer than three corners, at ({}, {})", first[0], first[1]));
        }
        self.coords.truncate(start + kept);
        self.ring_ends.push(self.coords.len());
        Ok(())
    }

    pub(crate) fn close_polygon(&mut self) {
        if self.polygon_ends.last().copied().unwrap_or(0) < self.ring_ends.len() {
            self.polygon_ends.push(self.ring_ends.len());
        }
    }

    pub(crate) fn close_geometry(&mut self) -> Result<(), String> {
        if self.geometry_ends.last().copied().unwrap_or(0) == self.polygon_ends.len() {
            return Err("the geometry is empty".into());
        }
        self.geometry_ends.push(self.polygon_ends.len());
        Ok(())
    }
}
