//! The columns of events that routing looks at, found by name and checked by type.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Schema};
use gov_routing::router::{CodeBook, Codes, Degrees, Events};

use super::Ids;
use super::codes::{BoxedCodes, codes, degrees, is_code, is_number};
use super::fault::EventFault;
use super::times::is_time;

/// Where the columns of a schema are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plan {
    lon: Option<usize>,
    lat: Option<usize>,
    crs: Option<usize>,
    place: Option<usize>,
    matter: usize,
    grade: Option<usize>,
    asset: Option<usize>,
}

impl Plan {
    /// Finds the columns; all that is missing or of a wrong type is reported at once.
    pub(crate) fn new(schema: &Schema, ids: &Ids) -> Result<Self, Vec<EventFault>> {
        let mut faults = Vec::new();
        let mut find = |column: &'static str, fits: fn(&DataType) -> bool, wanted: &'static str| {
            let (at, field) = schema.column_with_name(column)?;
            if !fits(field.data_type()) {
                faults.push(EventFault::WrongType { column, found: field.data_type().to_string(), wanted });
            }
            Some(at)
        };
        let (lon, lat) = (find("lon", is_number, NUMBERS), find("lat", is_number, NUMBERS));
        let [crs, place, matter, grade, asset] = [
            ("crs", true),
            ("place", true),
            ("matter", true),
            ("grade", ids.grades.is_some()),
            ("asset", ids.assets.is_some()),
        ]
        .map(|(name, is_read)| is_read.then(|| find(name, is_code, TEXTS)).flatten());
        for (column, name, ids) in [
            (crs, "crs", Some(&ids.crs)),
            (place, "place", Some(&ids.places)),
            (matter, "matter", Some(&ids.matters)),
            (grade, "grade", ids.grades.as_ref()),
            (asset, "asset", ids.assets.as_ref()),
        ] {
            let integers = column.is_some_and(|at| holds_integers(schema.field(at).data_type()));
            if integers && ids.is_some_and(|ids| !ids.has_numbers()) {
                faults.push(EventFault::NoNumbers { column: name });
            }
        }
        let mut need = |column: Option<usize>, name: &'static str| {
            if column.is_none() {
                faults.push(EventFault::Missing { column: name });
            }
        };
        if place.is_none() || lon.is_some() || lat.is_some() {
            need(lon, "lon");
            need(lat, "lat");
        }
        need(matter, "matter");
        if ids.grades.is_some() {
            need(grade, "grade");
        }
        match matter {
            Some(matter) if faults.is_empty() => Ok(Self { lon, lat, crs, place, matter, grade, asset }),
            _ => Err(faults),
        }
    }

    /// Reads the columns of one batch.
    pub(crate) fn read(&self, batch: &RecordBatch, ids: &Ids) -> Result<EventColumns, ArrowError> {
        let codes = |at: Option<usize>, ids: Option<&Arc<CodeBook>>| {
            at.zip(ids).map(|(at, ids)| codes(batch.column(at), ids)).transpose()
        };
        let coordinates = match (self.lon, self.lat) {
            (Some(lon), Some(lat)) => {
                Some([DegreeColumn::read(batch.column(lon))?, DegreeColumn::read(batch.column(lat))?])
            }
            _ => None,
        };
        Ok(EventColumns {
            len: batch.num_rows(),
            coordinates,
            crs: codes(self.crs, Some(&ids.crs))?,
            place: codes(self.place, Some(&ids.places))?,
            matter: super::codes::codes(batch.column(self.matter), &ids.matters)?,
            grade: codes(self.grade, ids.grades.as_ref())?,
            asset: codes(self.asset, ids.assets.as_ref())?,
        })
    }
}

/// Where the column of times is.
pub(crate) fn find_time(schema: &Schema) -> Result<usize, EventFault> {
    const COLUMN: &str = "reported_at";
    let (at, field) = schema.column_with_name(COLUMN).ok_or(EventFault::Missing { column: COLUMN })?;
    if is_time(field.data_type()) {
        return Ok(at);
    }
    let found = field.data_type().to_string();
    Err(EventFault::WrongType { column: COLUMN, found, wanted: "timestamps, dates or ISO 8601 text" })
}

const NUMBERS: &str = "degrees as numbers";
const TEXTS: &str = "text, a dictionary of text, or integers";

fn holds_integers(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => holds_integers(values),
        other => other.is_integer(),
    }
}

/// A batch of events, ready to be routed.
pub(crate) struct EventColumns {
    len: usize,
    coordinates: Option<[DegreeColumn; 2]>,
    crs: Option<BoxedCodes>,
    place: Option<BoxedCodes>,
    matter: BoxedCodes,
    grade: Option<BoxedCodes>,
    asset: Option<BoxedCodes>,
}

impl EventColumns {
    /// The columns, as the router takes them.
    pub(crate) fn lend(&self) -> Events<'_> {
        Events {
            len: self.len,
            coordinates: self.coordinates.as_ref().map(|columns| columns.each_ref().map(DegreeColumn::lend)),
            crs: lend(self.crs.as_ref()),
            place: lend(self.place.as_ref()),
            matter: &*self.matter,
            grade: lend(self.grade.as_ref()),
            asset: lend(self.asset.as_ref()),
        }
    }
}

fn lend(codes: Option<&BoxedCodes>) -> Option<&dyn Codes> {
    codes.map(|codes| &**codes as &dyn Codes)
}

/// One column of coordinates.
struct DegreeColumn {
    values: Float64Array,
    is_null: Option<Box<dyn Fn(usize) -> bool + Send + Sync>>,
}

impl DegreeColumn {
    fn read(column: &ArrayRef) -> Result<Self, ArrowError> {
        let values = degrees(column)?;
        let nulls = values.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
        Ok(Self { values, is_null: nulls.map(|nulls| Box::new(move |row| nulls.is_null(row)) as _) })
    }

    fn lend(&self) -> Degrees<'_> {
        Degrees { values: self.values.values(), is_null: self.is_null.as_deref().map(|test| test as _) }
    }
}
