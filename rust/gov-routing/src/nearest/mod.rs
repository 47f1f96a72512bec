//! How far it is to a border: from a point that no grid holds to the nearest grid, and from one inside a grid
//! to the edge of it.
//!
//! Edges are straight in degrees, as everywhere in this crate, and are measured in metres on the WGS-84
//! ellipsoid ([`metric`]). Nothing wraps around: a city across the meridian of 180 degrees is built, and asked, with
//! longitudes that go on beyond 180.

mod metric;
mod search;

use crate::coverage::OUT;
use crate::predicate::settle;
use crate::{GridIndex, RoutingError};
use metric::Metric;
use search::{Foot, nearest_border};

/// The grid nearest to a point, and the way there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// Slot of the grid.
    pub slot: u32,
    /// Metres to the nearest point of the grid; 0 if the grid holds the point.
    pub distance_m: f64,
    /// Direction in which to set out: degrees clockwise from north, in \[0, 360); 0 if the distance is.
    pub bearing_deg: f64,
    /// Longitude of the grid's nearest point.
    pub lon: f64,
    /// Latitude of the grid's nearest point.
    pub lat: f64,
}

impl GridIndex {
    /// The grid that owns a point, or else the nearest one whose border lies within `within_m` metres.
    ///
    /// `lon` and `lat` are degrees in the CRS the index was built with; `within_m` may be infinite. Of border points
    /// equally far away the easternmost counts, of those the northernmost; the grid is the one that owns
    /// it by the rule of [`locate`](Self::locate). The order of slots never matters.
    ///
    /// The distance d errs by less than 1e-8 m + d (d / R)^2 / (4 cos^2 lat) with R = 6.36e6 m: 1e-5 m in 1 km and
    /// 0.01 m in 10 km at 45 degrees. Up to 100 km the latitude should stay 1 degree away from the poles; beyond that
    /// it is a rough figure.
    ///
    /// It costs a look at each cell of the raster that is nearer than the border or the limit, and a few
    /// measured edges. In a generated city of 10,000 grids and 0.9 million vertices, for points around it,
    /// that is 26 us without a limit, 2.5 us within 1 km and 0.3 us within 100 m: a
    /// finite `within_m` keeps far points cheap (one core of an AMD EPYC, through the Python batch).
    ///
    /// # Errors
    ///
    /// [`RoutingError::NonFiniteCoordinate`] if a coordinate is NaN or infinite,
    /// [`RoutingError::BadDistance`] if `within_m` is NaN or negative.
    ///
    /// # Examples
    ///
    /// ```
    /// use gov_routing::{BuildOptions, Geometries, GridIndex};
    /// let mut geometries = Geometries::default();
    /// geometries.push_rings(&[vec![[[118.0, 32.0], [118.1, 32.0], [118.1, 32.1], [118.0, 32.1], [118.0, 32.0]]]])?;
    /// let index = GridIndex::build(geometries, BuildOptions::default())?;
    /// let near = index.locate_nearest(118.101, 32.05, 200.0)?.expect("94 m to the west");
    /// assert_eq!((near.slot, near.lon, near.bearing_deg.round()), (0, 118.1, 270.0));
    /// assert_eq!(near.distance_m.round(), 94.0);
    /// assert_eq!(index.locate_nearest(118.2, 32.05, 200.0)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn locate_nearest(&self, lon: f64, lat: f64, within_m: f64) -> Result<Option<Nearest>, RoutingError> {
        check_distance(within_m)?;
        check_point(lon, lat)?;
        Ok(self.nearest(lon, lat, within_m))
    }

    /// Metres from a point to the border of the grid that holds it; `None` where no grid does.
    ///
    /// How sure the answer of [`locate`](Self::locate) is: a point 3 m from the border, measured to within
    /// 10 m, may as well belong next door. Border is where another grid or uncovered ground begins. The error is
    /// that of [`locate_nearest`](Self::locate_nearest); it costs a look at each cell nearer than the border: 1.7 us a
    /// point in the city of 10,000 grids named there, 0.5 us in one of 265.
    ///
    /// # Errors
    ///
    /// [`RoutingError::NonFiniteCoordinate`] if a coordinate is NaN or infinite.
    ///
    /// # Examples
    ///
    /// ```
    /// use gov_routing::{BuildOptions, Geometries, GridIndex};
    /// let mut geometries = Geometries::default();
    /// geometries.push_rings(&[vec![[[118.0, 32.0], [118.1, 32.0], [118.1, 32.1], [118.0, 32.1], [118.0, 32.0]]]])?;
    /// let index = GridIndex::build(geometries, BuildOptions::default())?;
    /// assert_eq!(index.border_distance_m(118.099, 32.05)?.map(f64::round), Some(94.0));
    /// assert_eq!(index.border_distance_m(118.101, 32.05)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn border_distance_m(&self, lon: f64, lat: f64) -> Result<Option<f64>, RoutingError> {
        check_point(lon, lat)?;
        Ok(self.border_distance(lon, lat))
    }

    /// [`locate_nearest`](Self::locate_nearest) for many points; `None` also for coordinates that are not finite.
    ///
    /// `threads` share the work (0 counts as 1); the answers are the same for any number.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if the three columns differ in length,
    /// [`RoutingError::BadDistance`] if `within_m` is NaN or negative.
    pub fn locate_nearest_batch(
        &self,
        lon: &[f64],
        lat: &[f64],
        within_m: f64,
        out: &mut [Option<Nearest>],
        threads: usize,
    ) -> Result<(), RoutingError> {
        check_distance(within_m)?;
        each(lon, lat, out, threads, |lon, lat| self.nearest(lon, lat, within_m))
    }

    /// [`border_distance_m`](Self::border_distance_m) for many points; NaN where no grid is and for coordinates
    /// that are not finite.
    ///
    /// `threads` share the work (0 counts as 1); the answers are the same for any number.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if the three columns differ in length.
    pub fn border_distance_batch(
        &self,
        lon: &[f64],
        lat: &[f64],
        out: &mut [f64],
        threads: usize,
    ) -> Result<(), RoutingError> {
        each(lon, lat, out, threads, |lon, lat| self.border_distance(lon, lat).unwrap_or(f64::NAN))
    }

    /// A point that is not finite lies in no cell and near no border.
    fn nearest(&self, lon: f64, lat: f64, within_m: f64) -> Option<Nearest> {
        let label = self.view().label(lon, lat);
        if label < OUT {
            return Some(Nearest { slot: label, distance_m: 0.0, bearing_deg: 0.0, lon, lat });
        }
        check_point(lon, lat).ok()?;
        let metric = Metric::at(lat);
        let (distance_m, foot) = nearest_border(self.view(), &metric, [settle(lon), settle(lat)], within_m)?;
        let slot = self.owner(&foot)?;
        let [lon, lat] = foot.at;
        Some(Nearest { slot, distance_m, bearing_deg: metric.bearing(foot.step), lon, lat })
    }

    fn border_distance(&self, lon: f64, lat: f64) -> Option<f64> {
        let view = self.view();
        if view.label(lon, lat) >= OUT {
            return None;
        }
        // The way to the nearest border of all crosses no border, so it stays inside the grid: the border is its own.
        nearest_border(view, &Metric::at(lat), [settle(lon), settle(lat)], f64::INFINITY).map(|(far, _)| far)
    }

    /// The grid that owns a point of a border.
    fn owner(&self, foot: &Foot) -> Option<u32> {
        let label = if foot.is_vertex() {
            self.view().label(foot.at[0], foot.at[1])
        } else {
            // Inside an edge there are two sides only. The foot is rounded, and may lie beside the edge: asked
            // about, it could be found uncovered.
            let edge = self.view().segment(foot.edge)?;
            let (beyond, before) =
                if edge.lo[1] == edge.hi[1] { (edge.left, edge.right) } else { (edge.right, edge.left) };
            if beyond == OUT { before } else { beyond }
        };
        (label < OUT).then_some(label)
    }
}

fn check_point(lon: f64, lat: f64) -> Result<(), RoutingError> {
    if lon.is_finite() && lat.is_finite() {
        Ok(())
    } else {
        Err(RoutingError::NonFiniteCoordinate { lon, lat })
    }
}

fn check_distance(metres: f64) -> Result<(), RoutingError> {
    if metres >= 0.0 { Ok(()) } else { Err(RoutingError::BadDistance { metres }) }
}

/// Answers for columns of points, by `threads` threads.
fn each<T: Send>(
    lon: &[f64],
    lat: &[f64],
    out: &mut [T],
    threads: usize,
    answer: impl Fn(f64, f64) -> T + Sync,
) -> Result<(), RoutingError> {
    if lon.len() != lat.len() || lon.len() != out.len() {
        let right = if lon.len() == lat.len() { out.len() } else { lat.len() };
        return Err(RoutingError::LengthMismatch { left: lon.len(), right });
    }
    let work = |lon: &[f64], lat: &[f64], out: &mut [T]| {
        for ((&lon, &lat), out) in lon.iter().zip(lat).zip(out) {
            *out = answer(lon, lat);
        }
    };
    // A thread costs some 20 us to start: 256 points of a microsecond or two are not worth less.
    let share = lon.len().div_ceil(threads.max(1)).max(256);
    if share >= lon.len() {
        work(lon, lat, out);
        return Ok(());
    }
    std::thread::scope(|scope| {
        for ((lon, lat), out) in lon.chunks(share).zip(lat.chunks(share)).zip(out.chunks_mut(share)) {
            scope.spawn(|| work(lon, lat, out));
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests;
