//! Notices ids that come twice, in bounded memory.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;

/// The ids so far, as 64-bit hashes.
///
/// Two different ids share a hash with a chance of 3e-8 in a million ids; the second would then count as a
/// duplicate. An id takes about 10 to 20 bytes, however long it is; beyond a limit no more are remembered.
///
/// # Examples
///
/// ```
/// let mut seen = gov_routing::SeenIds::new(1_000);
/// assert!(!seen.again(b"E1"));
/// assert!(seen.again(b"E1"));
/// ```
#[derive(Debug)]
pub struct SeenIds {
    hashes: HashSet<u64, Hashed>,
    limit: usize,
}

impl SeenIds {
    /// Remembers up to `limit` ids; later ones are only compared with these.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { hashes: HashSet::default(), limit }
    }

    /// Whether an id has come before; remembers it.
    pub fn again(&mut self, id: &[u8]) -> bool {
        let hash = FixedState::with_seed(SEED).hash_one(id);
        if self.hashes.len() < self.limit { !self.hashes.insert(hash) } else { self.hashes.contains(&hash) }
    }
}

/// Any number will do; a fixed one makes runs repeatable.
const SEED: u64 = 0x676f_765f_636f_7265;

/// Passes hashes on as they are.
#[derive(Debug, Default, Clone, Copy)]
struct Hashed(u64);

impl BuildHasher for Hashed {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self::default()
    }
}

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_repeat_and_nothing_else() {
        let mut seen = SeenIds::new(usize::MAX);
        let ids: Vec<String> = (0..100_000).map(|id| format!("E{id}")).collect();
        assert!(!ids.iter().any(|id| seen.again(id.as_bytes())));
        assert!(ids.iter().all(|id| seen.again(id.as_bytes())));
    }

    #[test]
    fn remembers_no_more_than_its_limit() {
        let mut seen = SeenIds::new(2);
        assert_eq!(
            [b"a", b"b", b"c", b"c", b"a"].map(|id| seen.again(id)),
            [false, false, false, false, true]
        );
    }
}
