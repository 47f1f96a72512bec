//! When events were reported: which version of a city each falls under.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowTimestampType, Date32Type, Date64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{ArrowError, DataType, TimeUnit};
use gov_routing::router::NONE;

/// Microseconds since 1970 from which versions are valid, ascending.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// By the local clock, for times that name no zone.
    pub(crate) local: Vec<i64>,
    /// In UTC, for times that do.
    pub(crate) utc: Vec<i64>,
}

impl Bounds {
    /// The last version valid at a moment; [`NONE`] before the first.
    fn version(&self, moment: Moment) -> u32 {
        let (bounds, at) = match moment {
            Moment::Local(at) => (&self.local, at),
            Moment::Utc(at) => (&self.utc, at),
        };
        bounds.partition_point(|&from| from <= at).checked_sub(1).map_or(NONE, |version| version as u32)
    }

    /// The version valid at a time in ISO 8601, if there is one and the text can be read.
    pub(crate) fn version_of(&self, text: &str) -> Option<u32> {
        parse(text).map(|moment| self.version(moment)).filter(|&version| version != NONE)
    }

    /// The version of each row; [`NONE`] where there is no time, or none that can be read.
    pub(crate) fn versions(&self, times: &ArrayRef) -> Result<Vec<u32>, ArrowError> {
        match times.data_type() {
            DataType::Timestamp(unit, zone) => {
                let moment = if zone.is_some() { Moment::Utc } else { Moment::Local };
                let version = |at: i64| self.version(moment(at));
                Ok(match unit {
                    TimeUnit::Second => {
                        rows::<TimestampSecondType>(times, |at| version(at.saturating_mul(1_000_000)))
                    }
                    TimeUnit::Millisecond => {
                        rows::<TimestampMillisecondType>(times, |at| version(at.saturating_mul(1_000)))
                    }
                    TimeUnit::Microsecond => rows::<TimestampMicrosecondType>(times, version),
                    TimeUnit::Nanosecond => {
                        rows::<TimestampNanosecondType>(times, |at| version(at.div_euclid(1_000)))
                    }
                })
            }
            DataType::Date32 => {
                let days = times.as_primitive::<Date32Type>();
                let version = |day: i32| self.version(Moment::Local(i64::from(day) * DAY));
                Ok(days.iter().map(|day| day.map_or(NONE, version)).collect())
            }
            DataType::Date64 => {
                let times = times.as_primitive::<Date64Type>();
                let version = |at: i64| self.version(Moment::Local(at.saturating_mul(1_000)));
                Ok(times.iter().map(|at| at.map_or(NONE, version)).collect())
            }
            _ => {
                let texts = arrow_cast::cast(times, &DataType::Utf8)?;
                let version = |text: &str| self.version_of(text).unwrap_or(NONE);
                Ok(texts.as_string::<i32>().iter().map(|text| text.map_or(NONE, version)).collect())
            }
        }
    }
}

/// Whether [`Bounds::versions`] reads a type.
pub(crate) fn is_time(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => {
            matches!(**values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        }
        other => {
            matches!(
                other,
                DataType::Timestamp(..)
                    | DataType::Date32
                    | DataType::Date64
                    | DataType::Utf8
                    | DataType::LargeUtf8
                    | DataType::Utf8View
                    | DataType::Null
            )
        }
    }
}

const DAY: i64 = 86_400_000_000;

/// Microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    /// By the local clock.
    Local(i64),
    /// In UTC.
    Utc(i64),
}

fn rows<T: ArrowTimestampType>(times: &ArrayRef, version: impl Fn(i64) -> u32) -> Vec<u32> {
    times.as_primitive::<T>().iter().map(|at| at.map_or(NONE, &version)).collect()
}

/// Reads ISO 8601 in its usual form: `2026-01-31`, then optionally `T` or a space and `08:30`, `08:30:59` or
/// `08:30:59.999`, then optionally `Z` or `+08:00`. A leap second counts as the second before it.
fn parse(text: &str) -> Option<Moment> {
    let text = text.trim().as_bytes();
    let (date, rest) = text.split_at_checked(10)?;
    let [year, month, day] = [number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?];
    if date[4] != b'-'
        || date[7] != b'-'
        || !(1..=12).contains(&month)
        || !(1..=days_in(year, month)).contains(&day)
    {
        return None;
    }
    let midnight = days_since_1970(year, month, day) * DAY;
    let Some((b'T' | b't' | b' ', rest)) = rest.split_first() else {
        return rest.is_empty().then_some(Moment::Local(midnight));
    };
    let zone = rest.iter().position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-')).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone);
    let at = midnight + of_day(clock)?;
    match zone {
        [] => Some(Moment::Local(at)),
        [b'Z' | b'z'] => Some(Moment::Utc(at)),
        [sign, offset @ ..] => {
            let (hours, minutes) = match offset.len() {
                2 => (number(offset)?, 0),
                4 => (number(&offset[..2])?, number(&offset[2..])?),
                5 if offset[2] == b':' => (number(&offset[..2])?, number(&offset[3..])?),
                _ => return None,
            };
            let ahead = (hours * 60 + minutes) * 60_000_000;
            let fits = hours < 24 && minutes < 60;
            fits.then_some(Moment::Utc(if *sign == b'+' { at - ahead } else { at + ahead }))
        }
    }
}

/// Microseconds since midnight of `08:30`, `08:30:59` or `08:30:59.999`.
fn of_day(clock: &[u8]) -> Option<i64> {
    let mut parts = clock.splitn(3, |&byte| byte == b':');
    let (hour, minute, second) =
        (number(parts.next()?)?, number(parts.next()?)?, parts.next().unwrap_or(b"0"));
    let mut split = second.splitn(2, |&byte| byte == b'.' || byte == b',');
    let whole = number(split.next()?)?;
    let micros = match split.next() {
        Some(digits) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let six = digits.iter().chain(b"000000").take(6);
            six.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0'))
        }
        Some(_) => return None,
        None => 0,
    };
    if hour > 23 || minute > 59 || whole > 60 {
        return None;
    }
    Some(((hour * 60 + minute) * 60 + whole.min(59)) * 1_000_000 + micros)
}

fn number(digits: &[u8]) -> Option<i64> {
    let all = !digits.is_empty() && digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit);
    all.then(|| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar, counted in years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468
}
