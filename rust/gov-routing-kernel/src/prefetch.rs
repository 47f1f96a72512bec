//! Asks for memory before it is needed.

/// Asks the processor to fetch the cache line of `slice[index]`. A hint: any index is fine.
#[inline(always)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    let address = slice.as_ptr().wrapping_add(index);
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of x86-64. A prefetch reads nothing that the program can see and never
        // faults, whatever the address; `wrapping_add` makes no claim about it either.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(target_arch = "aarch64")]
    {
        // SAFETY: `prfm` never faults, whatever the address, and changes neither memory, flags nor stack.
        unsafe {
            std::arch::asm!("prfm pldl1keep, [{0}]", in(reg) address,
                            options(nostack, preserves_flags, readonly));
        }
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}
