//! Answers as columns of Arrow: keys into dictionaries that all batches of a router share.

use std::sync::Arc;

use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int32Type};
use arrow_array::{
    ArrayRef, DictionaryArray, Float64Array, Int32Array, PrimitiveArray, RecordBatch, StringArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use gov_routing::router::{Answers, Keys, Precision, Status};

/// Texts of the columns, by key.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) places: Vec<String>,
    pub(crate) paths: Vec<String>,
    pub(crate) units: Vec<String>,
    pub(crate) rules: Vec<String>,
    pub(crate) limits: Vec<String>,
    /// Empty if no rule has any: then there is no column either.
    pub(crate) assists: Vec<String>,
}

/// Keys of places and paths where one place may lie on several paths: by the key in the answers.
#[derive(Debug, Default)]
pub(crate) struct PlaceKeys {
    pub(crate) places: Vec<i32>,
    pub(crate) paths: Vec<i32>,
}

/// Turns answers into record batches of one schema.
pub(crate) struct AnswerColumns {
    schema: SchemaRef,
    /// The same with the columns of [`Precision`].
    precise: SchemaRef,
    /// Without it, keys of places are those of paths too.
    place_keys: Option<PlaceKeys>,
    places: ArrayRef,
    paths: ArrayRef,
    units: ArrayRef,
    rules: ArrayRef,
    limits: ArrayRef,
    assists: ArrayRef,
    statuses: ArrayRef,
}

impl AnswerColumns {
    pub(crate) fn new(texts: &Texts, place_keys: Option<PlaceKeys>) -> Self {
        let mut names = vec!["place", "path", "unit", "rule", "respond_within", "resolve_within", "status"];
        if !texts.assists.is_empty() {
            names.push("assist");
        }
        let field = |name: &str| {
            let key = if name == "status" { DataType::Int8 } else { DataType::Int32 };
            Field::new(name, DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8)), name != "status")
        };
        let dictionary = |texts: &[String]| Arc::new(StringArray::from_iter_values(texts)) as ArrayRef;
        let fields: Vec<Field> = names.into_iter().map(field).collect();
        let metres = |name: &str| Field::new(name, DataType::Float64, true);
        let measured = [metres("border_m"), field("nearest_place"), metres("nearest_m")];
        Self {
            schema: Arc::new(Schema::new(fields.clone())),
            precise: Arc::new(Schema::new([fields, measured.into()].concat())),
            place_keys,
            places: dictionary(&texts.places),
            paths: dictionary(&texts.paths),
            units: dictionary(&texts.units),
            rules: dictionary(&texts.rules),
            limits: dictionary(&texts.limits),
            assists: dictionary(&texts.assists),
            statuses: Arc::new(StringArray::from_iter_values(Status::ALL.map(Status::name))),
        }
    }

    /// The schema of every batch; `precise` if batches hold a [`Precision`].
    pub(crate) fn schema(&self, precise: bool) -> &SchemaRef {
        if precise { &self.precise } else { &self.schema }
    }

    /// The columns of a batch.
    pub(crate) fn batch(
        &self,
        answers: Answers,
        precision: Option<&Precision>,
    ) -> Result<RecordBatch, ArrowError> {
        let [place, unit, rule, respond, resolve, assist] = answers.columns.map(keys);
        let (place, path) = match &self.place_keys {
            None => (place.clone(), place),
            Some(own) => {
                (place.unary(|key| own.places[key as usize]), place.unary(|key| own.paths[key as usize]))
            }
        };
        let status = PrimitiveArray::<Int8Type>::new(ScalarBuffer::from(answers.status), None);
        let mut columns = vec![
            dictionary(place, &self.places)?,
            dictionary(path, &self.paths)?,
            dictionary(unit, &self.units)?,
            dictionary(rule, &self.rules)?,
            dictionary(respond, &self.limits)?,
            dictionary(resolve, &self.limits)?,
            dictionary(status, &self.statuses)?,
        ];
        if columns.len() < self.schema.fields().len() {
            columns.push(dictionary(assist, &self.assists)?);
        }
        if let Some(precision) = precision {
            let known = |metres: f64| Some(metres).filter(|metres| !metres.is_nan());
            let border_m: Float64Array = precision.border_m.iter().copied().map(known).collect();
            let slots: Int32Array =
                precision.nearest.iter().map(|near| near.map(|near| near.slot as i32)).collect();
            let nearest_m: Float64Array =
                precision.nearest.iter().map(|near| near.map(|near| near.distance_m)).collect();
            columns.push(Arc::new(border_m));
            columns.push(dictionary(slots, &self.places)?);
            columns.push(Arc::new(nearest_m));
        }
        RecordBatch::try_new(self.schema(precision.is_some()).clone(), columns)
    }
}

fn keys(keys: Keys) -> PrimitiveArray<Int32Type> {
    let rows = keys.keys.len();
    let valid = NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(keys.valid), 0, rows));
    PrimitiveArray::new(ScalarBuffer::from(keys.keys), Some(valid).filter(|valid| valid.null_count() > 0))
}

fn dictionary<K: ArrowDictionaryKeyType>(
    keys: PrimitiveArray<K>,
    values: &ArrayRef,
) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(DictionaryArray::<K>::try_new(keys, values.clone())?))
}
