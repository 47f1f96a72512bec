//! A strict JSON reader that pulls values in place: no tree, no copies, bounded depth.
//!
//! Stricter than most: a key twice in one object, `NaN`, `Infinity` and numbers beyond an f64 are
//! faults. Those three are collected and reading goes on, so that one file shows all of them; broken
//! syntax and nesting deeper than [`MAX_DEPTH`] end it.

use std::borrow::Cow;
use std::collections::HashSet;

/// Deepest nesting that is read. A feature collection of multipolygons takes 8.
pub(crate) const MAX_DEPTH: usize = 32;

/// Most faults kept until the caller takes them.
const MAX_FAULTS: usize = 16;

/// What is wrong at one byte of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonFault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) offset: usize,
}

pub(crate) type Result<T> = std::result::Result<T, JsonFault>;

/// A place in a text and the faults met on the way to it.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    pub(crate) faults: Vec<JsonFault>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        // Editors on Windows put a byte order mark first.
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at, depth: 0, faults: Vec::new() }
    }

    /// Byte at which the next value starts, after spaces.
    pub(crate) fn offset(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// The text from a byte up to what has been read.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// The next byte that is no space, or `None` at the end.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Fails unless nothing but spaces is left.
    pub(crate) fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.syntax("the end of the file")),
        }
    }

    /// Reads `null`, if it is next.
    pub(crate) fn null(&mut self) -> Result<bool> {
        if self.peek() == Some(b'n') { self.word("null").map(|()| true) } else { Ok(false) }
    }

    /// Reads an object; `member` must read exactly the value of each key.
    pub(crate) fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Result<()>) -> Result<()> {
        self.enter(b'{', "an object")?;
        let mut keys = Keys::default();
        if self.peek() != Some(b'}') {
            loop {
                let offset = self.offset();
                let key = self.string()?;
                self.expect(b':', "a colon")?;
                member(self, &key)?;
                if let Some(key) = keys.insert(key) {
                    self.fault(
                        "json.duplicate_key",
                        format!("key {key:?} stands twice in one object"),
                        offset,
                    );
                }
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
            }
        }
        self.leave(b'}', "a comma or the end of an object")
    }

    /// Reads an array; `item` must read exactly one value.
    pub(crate) fn array(&mut self, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.enter(b'[', "an array")?;
        if self.peek() != Some(b']') {
            loop {
                item(self)?;
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
            }
        }
        self.leave(b']', "a comma or the end of an array")
    }

    /// Reads a text.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return Err(self.syntax("a text in quotes"));
        }
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut plain = start;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(step) = rest.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20) else {
                self.at = self.text.len();
                return Err(self.syntax("the closing quote of a text"));
            };
            self.at += step;
            match rest[step] {
                b'"' => {
                    let tail = &self.text[plain..self.at];
                    self.at += 1;
                    return Ok(match owned {
                        None => Cow::Borrowed(tail),
                        Some(head) => Cow::Owned(head + tail),
                    });
                }
                b'\\' => {
                    let head = owned.get_or_insert_default();
                    head.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    let letter = self.escape()?;
                    owned.get_or_insert_default().push(letter);
                    plain = self.at;
                }
                _ => return Err(self.syntax("no control character in a text")),
            }
        }
    }

    /// The character an escape stands for; `at` is behind its backslash.
    fn escape(&mut self) -> Result<char> {
        let sign = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match sign {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(sign @ (b'"' | b'\\' | b'/')) => sign as char,
            Some(b'u') => {
                let first = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    let second = self.hex()?;
                    // Anything but a low surrogate leaves a number that is no character.
                    second
                        .checked_sub(0xdc00)
                        .filter(|low| *low < 0x400)
                        .map_or(0xd800, |low| 0x1_0000 + ((first - 0xd800) << 10) + low)
                } else {
                    first
                };
                char::from_u32(code).ok_or_else(|| self.syntax("a character (this is half of one)"))?
            }
            _ => {
                self.at -= 1;
                return Err(self.syntax("an escape such as \\n or \\u00e9"));
            }
        })
    }

    fn hex(&mut self) -> Result<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(code) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
            return Err(self.syntax("four hexadecimal digits"));
        };
        self.at += 4;
        Ok(code)
    }

    /// Reads a number; what no finite f64 can say is a fault and reads as NaN.
    pub(crate) fn number(&mut self) -> Result<f64> {
        let start = self.offset();
        for literal in ["NaN", "Infinity", "-Infinity"] {
            if self.text[start..].starts_with(literal) {
                self.at += literal.len();
                self.fault("json.number", format!("{literal} is no number"), start);
                return Ok(f64::NAN);
            }
        }
        let bytes = self.text.as_bytes();
        let mut at = start;
        let digits = |at: &mut usize| {
            let from = *at;
            while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
                *at += 1;
            }
            *at - from
        };
        at += usize::from(bytes.get(at) == Some(&b'-'));
        let zero = bytes.get(at) == Some(&b'0');
        let whole = digits(&mut at);
        let mut sound = whole == 1 || whole > 1 && !zero;
        if bytes.get(at) == Some(&b'.') {
            at += 1;
            sound &= digits(&mut at) > 0;
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            at += 1;
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            sound &= digits(&mut at) > 0;
        }
        let value = self.text[start..at].parse::<f64>();
        let (true, Ok(value)) = (sound, value) else {
            return Err(self.syntax("a number"));
        };
        self.at = at;
        if value.is_finite() {
            return Ok(value);
        }
        let shown: String = self.text[start..at].chars().take(40).collect();
        self.fault("json.number", format!("{shown} is beyond any coordinate"), start);
        Ok(f64::NAN)
    }

    /// Reads any value and forgets it; its faults count.
    pub(crate) fn skip(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'{') => self.object(|reader, _| reader.skip()),
            Some(b'[') => self.array(Self::skip),
            Some(b'"') => self.string().map(|_| ()),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9' | b'N' | b'I') => self.number().map(|_| ()),
            _ => Err(self.syntax("a value")),
        }
    }

    /// Notes a fault that reading goes on from; a few of them say what a million would.
    fn fault(&mut self, code: &'static str, message: String, offset: usize) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(JsonFault { code, message, offset });
        }
    }

    fn word(&mut self, word: &str) -> Result<()> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.syntax("a value"))
        }
    }

    fn expect(&mut self, sign: u8, what: &str) -> Result<()> {
        if self.peek() == Some(sign) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.syntax(what))
        }
    }

    fn enter(&mut self, sign: u8, what: &str) -> Result<()> {
        self.expect(sign, what)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("values are nested more than {MAX_DEPTH} deep");
            return Err(JsonFault { code: "json.depth", message, offset: self.at - 1 });
        }
        Ok(())
    }

    fn leave(&mut self, sign: u8, what: &str) -> Result<()> {
        self.depth -= 1;
        self.expect(sign, what)
    }

    fn syntax(&self, wanted: &str) -> JsonFault {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the file ends".to_owned(),
            Some(letter) => format!("there is {letter:?}"),
        };
        JsonFault { code: "json.syntax", message: format!("expected {wanted}, {found}"), offset: self.at }
    }
}

/// Keys of one object: a list while there are few of them, a set beyond, so that neither a million
/// small objects nor one with a million keys is slow.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    /// Gives the key back if it was there before.
    fn insert(&mut self, key: Cow<'a, str>) -> Option<Cow<'a, str>> {
        if self.few.contains(&key) || self.many.contains(&key) {
            return Some(key);
        }
        if self.few.len() < 16 {
            self.few.push(key);
        } else {
            self.many.insert(key);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<()>, Vec<JsonFault>) {
        let mut reader = Reader::new(text);
        let result = reader.skip().and_then(|()| reader.end());
        (result, reader.faults)
    }

    #[test]
    fn accepts_what_the_standard_accepts() {
        for text in [
            "{}",
            "[]",
            " [1, -0.5e+3, true, null, \"\\u00e9\\ud83d\\ude00\"] ",
            "\u{feff}{\"a\": {\"a\": 1}}",
        ] {
            assert_eq!(read(text), (Ok(()), vec![]), "{text}");
        }
    }

    #[test]
    fn refuses_what_the_standard_refuses() {
        for text in [
            "",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "tru",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"",
            "[1] 2",
            "-",
            "\"\\u+123\"",
            "\"\\u12é\"",
            "[1 2]",
        ] {
            let (result, _) = read(text);
            assert_eq!(result.expect_err(text).code, "json.syntax", "{text}");
        }
    }

    #[test]
    fn collects_what_can_be_read_over() {
        let (result, faults) = read("{\"a\": NaN, \"b\": [1e400, -Infinity], \"a\": 2}");
        assert_eq!(result, Ok(()));
        let codes: Vec<_> = faults.iter().map(|fault| (fault.code, fault.offset)).collect();
        assert_eq!(
            codes,
            [("json.number", 6), ("json.number", 17), ("json.number", 24), ("json.duplicate_key", 36)]
        );
    }

    #[test]
    fn a_key_twice_is_found_among_many() {
        let keys: Vec<_> = (0..100).map(|k| format!("\"k{k}\": 0")).collect();
        let (_, faults) = read(&format!("{{{}, \"k3\": 1, \"k99\": 1}}", keys.join(",")));
        assert_eq!(faults.len(), 2);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(read(&nested(MAX_DEPTH)).0, Ok(()));
        assert_eq!(read(&nested(MAX_DEPTH + 1)).0.expect_err("too deep").code, "json.depth");
        assert_eq!(read(&"[".repeat(1_000_000)).0.expect_err("a bomb").code, "json.depth");
    }
}
