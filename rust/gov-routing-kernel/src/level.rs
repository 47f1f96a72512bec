//! Runs a piece of code compiled for what the processor can do.

use std::sync::atomic::{AtomicU8, Ordering};

/// Instruction sets that code is compiled for, from the plainest to the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// What every processor of the architecture has: SSE2 on x86-64, NEON on aarch64.
    Baseline = 1,
    /// AVX2, FMA and BMI.
    Avx2 = 2,
    /// AVX-512 F, BW, CD, DQ and VL.
    Avx512 = 3,
}

impl Level {
    /// Its name, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

/// Code to run at a level. The body should be `#[inline(always)]`, or it stays baseline code.
pub trait Kernel {
    /// What it returns.
    type Output;
    /// Runs it.
    fn run(self) -> Self::Output;
}

static FOUND: AtomicU8 = AtomicU8::new(0);

/// The widest level that this processor offers; `GOV_CORE_LEVEL=baseline|avx2|avx512` asks for a lower one.
#[must_use]
pub fn level() -> Level {
    match FOUND.load(Ordering::Relaxed) {
        1 => Level::Baseline,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => {
            let wanted = match std::env::var("GOV_CORE_LEVEL").as_deref() {
                Ok("baseline") => Level::Baseline,
                Ok("avx2") => Level::Avx2,
                _ => Level::Avx512,
            };
            let found = detect().min(wanted);
            FOUND.store(found as u8, Ordering::Relaxed);
            found
        }
    }
}

fn detect() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt");
        let avx512 = avx2
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512cd")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        if avx512 {
            return Level::Avx512;
        }
        if avx2 {
            return Level::Avx2;
        }
    }
    Level::Baseline
}

/// Runs a kernel with the widest instructions at hand.
#[inline]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    match level() {
        Level::Baseline => kernel.run(),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `level` is at most what `detect` found, and it found every feature named on `avx2`.
        Level::Avx2 => unsafe { avx2(kernel) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above, for the features named on `avx512`.
        Level::Avx512 => unsafe { avx512(kernel) },
        #[cfg(not(target_arch = "x86_64"))]
        _ => kernel.run(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum<'a>(&'a [u32]);
    impl Kernel for Sum<'_> {
        type Output = u64;
        #[inline(always)]
        fn run(self) -> u64 {
            self.0.iter().map(|&v| u64::from(v)).sum()
        }
    }

    #[test]
    fn every_level_runs_the_same_code() {
        let values: Vec<u32> = (0..1000).collect();
        assert_eq!(run(Sum(&values)), 499_500);
        assert!(level() <= detect());
    }
}
