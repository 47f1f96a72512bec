//! The only crate of gov_core with unsafe code: prefetch, run-time SIMD level and memory maps.
