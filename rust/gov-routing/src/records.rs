//! What a border cell is made of: the label of its south-western corner and its edges.
//!
//! Records of cells stand one after another: a label, then the numbers of the edges, of which the last one carries
//! a mark. Where every sixteenth record starts is kept, the others are found by skipping: only points in doubt
//! and distances ask for records.

/// On the last edge of a record; edges are numbered below it.
pub(crate) const LAST: u32 = 1 << 31;

/// One kept start for so many records.
const STRIDE: usize = 16;

/// Appends the record of one cell, which has at least one edge.
pub(crate) fn push(words: &mut Vec<u32>, label: u32, edges: impl Iterator<Item = u32>) {
    words.push(label);
    words.extend(edges);
    if let Some(last) = words.last_mut() {
        *last |= LAST;
    }
}

/// Where every sixteenth record starts.
pub(crate) fn starts(words: &[u32]) -> Vec<u32> {
    let mut starts = Vec::with_capacity(words.len() / (2 * STRIDE));
    let (mut at, mut number) = (0, 0);
    while at < words.len() {
        if number % STRIDE == 0 {
            starts.push(at as u32);
        }
        at += 1 + edges_in(&words[at + 1..]);
        number += 1;
    }
    starts
}

/// Number of edges of the record whose edges come first; all there are if none is the last.
fn edges_in(words: &[u32]) -> usize {
    words.iter().position(|word| word & LAST != 0).map_or(words.len(), |last| last + 1)
}

/// Records as slices.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    pub(crate) starts: &'a [u32],
    pub(crate) words: &'a [u32],
}

impl<'a> Records<'a> {
    /// The label of a cell's corner and the numbers of its edges; `None` if there is no such record.
    pub(crate) fn get(&self, number: usize) -> Option<(u32, impl Iterator<Item = u32> + Clone + use<'a>)> {
        let mut at = *self.starts.get(number / STRIDE)? as usize;
        for _ in 0..number % STRIDE {
            at += 1 + edges_in(self.words.get(at + 1..)?);
        }
        let (&label, rest) = self.words.get(at..)?.split_first()?;
        Some((label, rest[..edges_in(rest)].iter().map(|word| word & !LAST)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back() {
        let wanted: Vec<(u32, Vec<u32>)> =
            (0..100).map(|i| (i, (0..=i % 5).map(|k| i * 7 + k).collect())).collect();
        let mut words = Vec::new();
        for (label, edges) in &wanted {
            push(&mut words, *label, edges.iter().copied());
        }
        let starts = starts(&words);
        let records = Records { starts: &starts, words: &words };
        for (number, (label, edges)) in wanted.iter().enumerate() {
            let (found, ids) = records.get(number).expect("it was pushed");
            assert_eq!((found, ids.collect::<Vec<_>>()), (*label, edges.clone()));
        }
        assert!(records.get(100).is_none() && records.get(1 << 40).is_none());
    }
}
