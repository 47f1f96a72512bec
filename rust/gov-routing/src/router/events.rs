//! Events in columns, borrowed from wherever they are.

use super::codes::Codes;
use crate::RoutingError;

/// One column of coordinates, in degrees.
#[derive(Clone, Copy)]
pub struct Degrees<'a> {
    /// A value a row; whatever stands in a null row is not looked at.
    pub values: &'a [f64],
    /// Whether a row is null; `None` if no row is.
    pub is_null: Option<&'a (dyn Fn(usize) -> bool + Sync)>,
}

impl Degrees<'_> {
    pub(super) fn null(&self, row: usize) -> bool {
        self.is_null.is_some_and(|is_null| is_null(row))
    }
}

/// Columns of events; all have the same number of rows.
#[derive(Clone, Copy)]
pub struct Events<'a> {
    /// Number of rows.
    pub len: usize,
    /// Longitude and latitude; `None` if events have places only.
    pub coordinates: Option<[Degrees<'a>; 2]>,
    /// Coordinate systems as positions in [`Crs::ALL`](crate::Crs::ALL); without one, that of the city.
    pub crs: Option<&'a dyn Codes>,
    /// Keys of places; a place wins over coordinates.
    pub place: Option<&'a dyn Codes>,
    /// Positions in the city's matters.
    pub matter: &'a dyn Codes,
    /// Positions in the city's grades; an event without one falls under rules for any grade only.
    pub grade: Option<&'a dyn Codes>,
    /// Positions in the city's asset classes, and after them of its things (see
    /// [`Router::with_components`](super::Router::with_components)); an event without one falls under rules for any
    /// asset only.
    pub asset: Option<&'a dyn Codes>,
}

impl Events<'_> {
    pub(super) fn check(&self) -> Result<(), RoutingError> {
        for column in self.coordinates.iter().flatten() {
            if column.values.len() != self.len {
                return Err(RoutingError::LengthMismatch { left: self.len, right: column.values.len() });
            }
        }
        Ok(())
    }
}

/// One event; positions as in [`Events`], [`NONE`](super::NONE) where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Degrees east.
    pub lon: Option<f64>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Position in [`Crs::ALL`](crate::Crs::ALL).
    pub crs: u32,
    /// Key of a place.
    pub place: u32,
    /// Position in the city's matters.
    pub matter: u32,
    /// Position in the city's grades.
    pub grade: u32,
    /// Position in the city's asset classes, or after them in its things.
    pub asset: u32,
}
