//! Columns of events as they come from Arrow, read as positions and degrees.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayAccessor, ArrayRef, DictionaryArray, Float64Array, PrimitiveArray};
use arrow_buffer::ArrowNativeType;
use arrow_schema::{ArrowError, DataType};
use gov_routing::router::{CodeBook, Codes, NONE, UNKNOWN};

/// Whether [`degrees`] reads a type.
pub(crate) fn is_number(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_number(values),
        other => other.is_numeric() || *other == DataType::Null,
    }
}

/// A column of numbers as `f64`: the column itself if it is one already.
pub(crate) fn degrees(column: &ArrayRef) -> Result<Float64Array, ArrowError> {
    if let Some(column) = column.as_primitive_opt::<Float64Type>() {
        return Ok(column.clone());
    }
    Ok(arrow_cast::cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

/// Whether [`codes`] reads a type. Numbers stand for their decimal text, where there is such an id.
pub(crate) fn is_code(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_code(values),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        other => other.is_integer(),
    }
}

/// Any column of codes.
pub(crate) type BoxedCodes = Box<dyn Codes + Send>;

/// A column of ids as positions in a book, looked up block by block as they are needed.
///
/// The ids of a dictionary are looked up once, here. An error if the type is none that [`is_code`] knows.
pub(crate) fn codes(column: &ArrayRef, book: &Arc<CodeBook>) -> Result<BoxedCodes, ArrowError> {
    let foreign = || Err(ArrowError::CastError(format!("{} holds no codes", column.data_type())));
    macro_rules! readers {
        ($($variant:ident => $kind:ty),*) => {
            match column.data_type() {
                DataType::Null => Box::new(Absent),
                DataType::Utf8 => Box::new(Texts { column: column.as_string::<i32>().clone(), book: book.clone() }),
                DataType::LargeUtf8 => Box::new(Texts { column: column.as_string::<i64>().clone(), book: book.clone() }),
                DataType::Utf8View => Box::new(Texts { column: column.as_string_view().clone(), book: book.clone() }),
                DataType::Dictionary(key, _) => match **key {
                    $(DataType::$variant => Box::new(Keyed::new(column.as_dictionary::<$kind>(), book)?),)*
                    _ => return foreign(),
                },
                $(DataType::$variant => {
                    Box::new(Numbers { column: column.as_primitive::<$kind>().clone(), book: book.clone() })
                })*
                _ => return foreign(),
            }
        };
    }
    Ok(readers!(
        Int8 => Int8Type, Int16 => Int16Type, Int32 => Int32Type, Int64 => Int64Type,
        UInt8 => UInt8Type, UInt16 => UInt16Type, UInt32 => UInt32Type, UInt64 => UInt64Type
    ))
}

/// A column without a value.
struct Absent;

impl Codes for Absent {
    fn read(&self, _: usize, out: &mut [u32]) {
        out.fill(NONE);
    }
}

struct Texts<A> {
    column: A,
    book: Arc<CodeBook>,
}

impl<A: Array> Codes for Texts<A>
where
    for<'a> &'a A: ArrayAccessor<Item = &'a str>,
{
    fn read(&self, start: usize, out: &mut [u32]) {
        let column = &self.column;
        for (at, code) in out.iter_mut().enumerate() {
            let row = start + at;
            *code = if column.is_null(row) { NONE } else { self.book.text(column.value(row)) };
        }
    }
}

struct Numbers<T: ArrowPrimitiveType> {
    column: PrimitiveArray<T>,
    book: Arc<CodeBook>,
}

impl<T: ArrowPrimitiveType<Native: Into<i128>>> Codes for Numbers<T> {
    fn read(&self, start: usize, out: &mut [u32]) {
        let values = &self.column.values()[start..start + out.len()];
        for (code, &value) in out.iter_mut().zip(values) {
            *code = self.book.number(value.into());
        }
        blank(&self.column, start, out);
    }
}

struct Keyed<K: ArrowDictionaryKeyType> {
    keys: PrimitiveArray<K>,
    /// Key to position.
    positions: Vec<u32>,
}

impl<K: ArrowDictionaryKeyType> Keyed<K> {
    fn new(column: &DictionaryArray<K>, book: &Arc<CodeBook>) -> Result<Self, ArrowError> {
        let mut positions = vec![NONE; column.values().len()];
        codes(column.values(), book)?.read(0, &mut positions);
        Ok(Self { keys: column.keys().clone(), positions })
    }
}

impl<K: ArrowDictionaryKeyType> Codes for Keyed<K> {
    fn read(&self, start: usize, out: &mut [u32]) {
        let keys = &self.keys.values()[start..start + out.len()];
        for (code, key) in out.iter_mut().zip(keys) {
            *code = self.positions.get(key.as_usize()).copied().unwrap_or(UNKNOWN);
        }
        blank(&self.keys, start, out);
    }
}

/// Sets null rows to [`NONE`].
fn blank(column: &dyn Array, start: usize, out: &mut [u32]) {
    if column.null_count() > 0 {
        for (at, code) in out.iter_mut().enumerate() {
            if column.is_null(start + at) {
                *code = NONE;
            }
        }
    }
}
