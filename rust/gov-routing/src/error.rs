//! What can go wrong, as types a caller can match on.

/// A fault of one query or of one input value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RoutingError {
    /// A coordinate is NaN or infinite.
    #[error("coordinate ({lon}, {lat}) is not finite")]
    NonFiniteCoordinate {
        /// Longitude as given.
        lon: f64,
        /// Latitude as given.
        lat: f64,
    },
    /// Two columns that belong together differ in length.
    #[error("columns differ in length: {left} and {right}")]
    LengthMismatch {
        /// Length of the first column.
        left: usize,
        /// Length of the second column.
        right: usize,
    },
    /// A limit of distance is NaN or negative.
    #[error("distance {metres} m is not zero or more")]
    BadDistance {
        /// The distance as given.
        metres: f64,
    },
}

/// One reason why a set of polygons is no partition.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Two grids claim the same ground.
    #[error("grids {first} and {second} overlap at ({lon}, {lat})")]
    Overlap {
        /// Slot of the first grid.
        first: u32,
        /// Slot of the second grid.
        second: u32,
        /// Longitude of a point that lies in both.
        lon: f64,
        /// Latitude of a point that lies in both.
        lat: f64,
    },
    /// A grid's own outline says no clear inside (self-crossing, hole outside its shell, ...).
    #[error("grid {slot} has an invalid outline at ({lon}, {lat}): {reason}")]
    InvalidOutline {
        /// Slot of the grid.
        slot: u32,
        /// Longitude of the place at fault.
        lon: f64,
        /// Latitude of the place at fault.
        lat: f64,
        /// What is wrong.
        reason: &'static str,
    },
    /// A grid's geometry cannot be read at all.
    #[error("geometry {slot} cannot be read: {reason}")]
    BadGeometry {
        /// Slot of the grid.
        slot: u32,
        /// What is wrong.
        reason: String,
    },
}

/// Every fault found while building, at once.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{} fault(s); the first: {}", .faults.len(), .faults.first().map(ToString::to_string).unwrap_or_default())]
pub struct BuildError {
    /// The faults, in the order of slots.
    pub faults: Vec<Fault>,
}
