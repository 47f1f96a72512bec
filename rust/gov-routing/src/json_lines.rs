//! Looks through lines of JSON for their keys, before anybody reads them as columns.

use crate::json::{Reader, Result};

/// What the values of one key are, over all lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// Nothing but null.
    Null,
    /// `true` and `false`.
    Bool,
    /// Whole numbers that an f64 says exactly.
    Int,
    /// Whole numbers of 64 bits.
    Long,
    /// Numbers.
    Float,
    /// Texts, lists, objects, numbers beyond 64 bits, and any mixture.
    Text,
}

impl JsonKind {
    /// The narrowest kind that holds the values of both without loss.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        use JsonKind::{Float, Int, Long, Null, Text};
        match (self, other) {
            (a, b) if a == b => a,
            (Null, kind) | (kind, Null) => kind,
            (Int, Long) | (Long, Int) => Long,
            (Int, Float) | (Float, Int) => Float,
            _ => Text,
        }
    }
}

/// The keys of the lines so far.
///
/// # Examples
///
/// ```
/// use gov_routing::{JsonKind, JsonKeys};
/// let mut keys = JsonKeys::default();
/// assert!(keys.scan(b"{\"id\": \"E1\", \"n\": 1}\n{\"n\": 1.5}\n"));
/// assert_eq!(keys.columns(), [("id".to_owned(), JsonKind::Text), ("n".to_owned(), JsonKind::Float)]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct JsonKeys {
    columns: Vec<(String, JsonKind)>,
}

impl JsonKeys {
    /// Keys in the order of first appearance, and what their values are.
    #[must_use]
    pub fn columns(&self) -> &[(String, JsonKind)] {
        &self.columns
    }

    /// Looks at more lines; lines of nothing but spaces are none.
    ///
    /// Returns whether each line is exactly one object in which no key comes twice. A line that is not adds
    /// no keys.
    pub fn scan(&mut self, data: &[u8]) -> bool {
        let mut sound = true;
        let mut line = Vec::new();
        for raw in data.split(|&byte| byte == b'\n').filter(|raw| !raw.trim_ascii().is_empty()) {
            line.clear();
            let known = self.columns.len();
            if read_line(raw, &mut self.columns, &mut line).is_some() {
                for &(at, kind) in &line {
                    self.columns[at].1 = self.columns[at].1.and(kind);
                }
            } else {
                self.columns.truncate(known);
                sound = false;
            }
        }
        sound
    }
}

/// Reads one line; `None` if it is not one object of unique keys.
fn read_line(
    raw: &[u8],
    columns: &mut Vec<(String, JsonKind)>,
    line: &mut Vec<(usize, JsonKind)>,
) -> Option<()> {
    let text = std::str::from_utf8(raw).ok().filter(|text| !text.starts_with('\u{feff}'))?;
    let mut reader = Reader::new(text);
    let mut next = 0;
    reader
        .object(|reader, key| {
            // Lines mostly name the same keys in the same order.
            if columns.get(next).is_none_or(|(name, _)| name != key) {
                next = columns.iter().position(|(name, _)| name == key).unwrap_or(columns.len());
            }
            if next == columns.len() {
                columns.push((key.to_owned(), JsonKind::Null));
            }
            line.push((next, kind(reader)?));
            next += 1;
            Ok(())
        })
        .ok()?;
    reader.end().ok()?;
    reader.faults.is_empty().then_some(())
}

/// Reads a value and says what it is.
fn kind(reader: &mut Reader) -> Result<JsonKind> {
    let start = reader.offset();
    let first = reader.peek();
    reader.skip()?;
    Ok(match first {
        Some(b'n') => JsonKind::Null,
        Some(b't' | b'f') => JsonKind::Bool,
        Some(b'-' | b'0'..=b'9') => number_kind(reader.since(start)),
        _ => JsonKind::Text,
    })
}

fn number_kind(number: &str) -> JsonKind {
    const EXACT: u64 = 1 << 53;
    if number.contains(['.', 'e', 'E']) {
        return JsonKind::Float;
    }
    match number.parse::<i64>() {
        Ok(value) if value.unsigned_abs() <= EXACT => JsonKind::Int,
        Ok(_) => JsonKind::Long,
        Err(_) => JsonKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(data: &[u8]) -> (bool, Vec<(String, JsonKind)>) {
        let mut keys = JsonKeys::default();
        (keys.scan(data), keys.columns)
    }

    #[test]
    fn kinds_hold_every_value() {
        use JsonKind::{Bool, Float, Int, Long, Null, Text};
        for (values, kind) in [
            ("null", Null),
            ("null true", Bool),
            ("1 -2", Int),
            ("1 9007199254740993", Long),
            ("1 0.5 1e3", Float),
            ("9007199254740993 0.5", Text),
            ("9223372036854775808", Text),
            ("\"a\" null", Text),
            ("1 \"a\"", Text),
            ("true 1", Text),
            ("[1]", Text),
            ("{\"b\":1}", Text),
        ] {
            let lines = format!("{{\"a\":{}}}", values.replace(' ', "}\n{\"a\":"));
            assert_eq!(scan(lines.as_bytes()), (true, vec![("a".to_owned(), kind)]), "{values}");
        }
    }

    #[test]
    fn doubtful_lines_add_nothing() {
        for line in [
            "{\"a\":1,\"a\":2}",
            "{\"a\":1,\"\\u0061\":2}",
            "{\"b\":{\"c\":1,\"c\":1}}",
            "{\"b\":NaN}",
            "{\"b\":1e400}",
            "{\"b\":1",
            "{\"b\":1} {\"b\":2}",
            "[1]",
            "\u{feff}{\"b\":1}",
        ] {
            let found = scan(format!("{{\"x\":1}}\n\n{line}\n").as_bytes());
            assert_eq!(found, (false, vec![("x".to_owned(), JsonKind::Int)]), "{line}");
        }
        assert_eq!(scan(b"{\"a\":\"\xff\"}"), (false, vec![]));
    }

    #[test]
    fn keys_come_in_the_order_of_first_appearance() {
        let (sound, columns) = scan(b"{\"b\":1,\"a\":2}\r\n{\"a\":1,\"c\":2,\"b\":3}");
        let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((sound, names), (true, vec!["b", "a", "c"]));
    }
}
