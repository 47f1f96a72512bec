//! Answers as columns of Arrow: keys into dictionaries that all batches of a router share.

use std::sync::Arc;

use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type};
use arrow_array::{ArrayRef, DictionaryArray, Float64Array, PrimitiveArray, RecordBatch, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use gov_routing::router::{Answers, KeyColumn, Keys, Precision, Status};

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

/// Places and paths of pairs of both, by the key in the answers: in a history a place may lie on several paths.
#[derive(Debug, Default)]
pub(crate) struct PlaceKeys {
    pub(crate) places: Vec<u32>,
    pub(crate) paths: Vec<u32>,
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
            let len = match name {
                "place" | "nearest_place" => texts.places.len(),
                "path" => texts.paths.len(),
                "unit" => texts.units.len(),
                "rule" => texts.rules.len(),
                "assist" => texts.assists.len(),
                "status" => Status::ALL.len(),
                _ => texts.limits.len(),
            };
            let key = match Keys::new(0, len) {
                Keys::I8(_) => DataType::Int8,
                Keys::I16(_) => DataType::Int16,
                Keys::I32(_) => DataType::Int32,
            };
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
        let [place, unit, rule, respond, resolve, assist] = answers.columns;
        let status = KeyColumn { keys: Keys::I8(answers.status), valid: Vec::new() };
        let [places, paths] = match &self.place_keys {
            None => dictionaries(place, [&self.places, &self.paths])?,
            Some(own) => {
                let paths = translated(&place, &own.paths, self.paths.len());
                let places = translated(&place, &own.places, self.places.len());
                [dictionary(places, &self.places)?, dictionary(paths, &self.paths)?]
            }
        };
        let mut columns = vec![
            places,
            paths,
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
            let key = |row: usize| {
                let near = precision.nearest[row]?.slot;
                self.place_keys.as_ref().map_or(Some(near), |own| own.places.get(near as usize).copied())
            };
            let nearest_place = KeyColumn::collect(precision.nearest.len(), self.places.len(), key);
            let nearest_m = precision.nearest.iter().map(|near| near.map(|near| near.distance_m));
            columns.push(Arc::new(border_m));
            columns.push(dictionary(nearest_place, &self.places)?);
            columns.push(Arc::new(nearest_m.collect::<Float64Array>()));
        }
        RecordBatch::try_new(self.schema(precision.is_some()).clone(), columns)
    }
}

/// The same rows with other keys.
fn translated(column: &KeyColumn, to: &[u32], len: usize) -> KeyColumn {
    let key = |row: usize| column.get(row).and_then(|key| to.get(key as usize).copied());
    KeyColumn::collect(column.len(), len, key)
}

fn dictionary(keys: KeyColumn, texts: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    dictionaries(keys, [texts]).map(|[column]| column)
}

/// Columns that share their keys, each with its own texts; the texts are equally many.
fn dictionaries<const N: usize>(
    column: KeyColumn,
    texts: [&ArrayRef; N],
) -> Result<[ArrayRef; N], ArrowError> {
    let rows = column.len();
    let valid = (!column.valid.is_empty()).then(|| {
        let bits = BooleanBuffer::new(Buffer::from_vec(column.valid), 0, rows);
        NullBuffer::new(bits)
    });
    let nulls = valid.filter(|valid| valid.null_count() > 0);
    match column.keys {
        Keys::I8(keys) => shared::<Int8Type, N>(keys, nulls, texts),
        Keys::I16(keys) => shared::<Int16Type, N>(keys, nulls, texts),
        Keys::I32(keys) => shared::<Int32Type, N>(keys, nulls, texts),
    }
}

fn shared<K: ArrowDictionaryKeyType, const N: usize>(
    keys: Vec<K::Native>,
    nulls: Option<NullBuffer>,
    texts: [&ArrayRef; N],
) -> Result<[ArrayRef; N], ArrowError> {
    let keys = PrimitiveArray::<K>::try_new(ScalarBuffer::from(keys), nulls)?;
    let first = DictionaryArray::try_new(keys, Arc::clone(texts[0]))?;
    // Keys that were checked once are not checked again for texts of the same number.
    Ok(texts.map(|texts| Arc::new(first.with_values(Arc::clone(texts))) as ArrayRef))
}
