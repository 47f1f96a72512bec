//! The only crate of this workspace with unsafe code: prefetch, run-time SIMD level and memory maps.
//!
//! Everything it offers is safe to call; each unsafe block says why.

mod level;
mod prefetch;
mod section;

pub use level::{Kernel, Level, level, run};
pub use prefetch::prefetch;
pub use section::{Mapping, Section};
