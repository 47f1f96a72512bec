//! Polygons in columns: closed rings of coordinates behind three levels of offsets.

use crate::error::Fault;

/// Multipolygons, one a grid; slot = position.
#[derive(Debug, Clone, Default)]
pub struct Geometries {
    /// Longitude and latitude of every vertex; each ring repeats its first vertex at its end.
    pub coords: Vec<[f64; 2]>,
    /// End of each ring in `coords`.
    pub ring_ends: Vec<usize>,
    /// End of each polygon in `ring_ends`; its first ring is the shell, the others are holes.
    pub polygon_ends: Vec<usize>,
    /// End of each multipolygon in `polygon_ends`.
    pub geometry_ends: Vec<usize>,
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

    /// Appends one polygon or multipolygon in well-known binary (ISO or EWKB; Z and M dropped).
    ///
    /// # Errors
    ///
    /// [`Fault::BadGeometry`]; nothing is appended then.
    pub fn push_wkb(&mut self, wkb: &[u8]) -> Result<(), Fault> {
        let _ = wkb;
        Err(Fault::BadGeometry { slot: self.len() as u32, reason: "WKB reader is not there yet".into() })
    }
}
