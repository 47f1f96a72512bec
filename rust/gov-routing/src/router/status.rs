//! What became of an event.

/// What became of an event, named after the first thing that stood in its way.
///
/// The order of the variants after `Routed` is their precedence, from [`Status::BadCoordinate`] to
/// [`Status::NoRule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i8)]
pub enum Status {
    /// A unit is responsible.
    Routed,
    /// A coordinate is not finite, is beyond 180 or 90 degrees, or its CRS is none of the four.
    BadCoordinate,
    /// The place named is none of the city's.
    UnknownPlace,
    /// Neither a place nor both coordinates, or a place so wide that its grids have different answers.
    NoLocation,
    /// No grid holds the point.
    OutOfArea,
    /// The matter is missing or none of the city's.
    UnknownMatter,
    /// The grade is none of the city's.
    UnknownGrade,
    /// The asset class is none of the city's.
    UnknownAsset,
    /// No rule covers the event with a unit that serves its grid.
    NoRule,
}

impl Status {
    /// Every status, by discriminant.
    pub const ALL: [Self; 9] = [
        Self::Routed,
        Self::BadCoordinate,
        Self::UnknownPlace,
        Self::NoLocation,
        Self::OutOfArea,
        Self::UnknownMatter,
        Self::UnknownGrade,
        Self::UnknownAsset,
        Self::NoRule,
    ];

    /// The word in the output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Routed => "routed",
            Self::BadCoordinate => "bad_coordinate",
            Self::UnknownPlace => "unknown_place",
            Self::NoLocation => "no_location",
            Self::OutOfArea => "out_of_area",
            Self::UnknownMatter => "unknown_matter",
            Self::UnknownGrade => "unknown_grade",
            Self::UnknownAsset => "unknown_asset",
            Self::NoRule => "no_rule",
        }
    }
}
