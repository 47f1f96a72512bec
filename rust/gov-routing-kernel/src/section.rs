//! Arrays that live in memory of their own or in a mapped file, read the same way.

use std::fs::File;
use std::ops::Deref;
use std::sync::Arc;

use bytemuck::Pod;
use memmap2::Mmap;

/// A file mapped read-only.
///
/// The bytes are read as they stand in the file, so nobody may write to it or cut it short while it is
/// mapped; replacing it by renaming another file onto it is fine. All who map it share one copy in memory.
#[derive(Debug, Clone)]
pub struct Mapping(Arc<Mmap>);

impl Mapping {
    /// Maps a whole file.
    ///
    /// # Errors
    ///
    /// Those of the system call.
    pub fn new(file: &File) -> std::io::Result<Self> {
        // SAFETY: the map is read-only and lives as long as any section of it. That the file is left alone
        // meanwhile is the documented duty of its owner, as with every mapped file.
        Ok(Self(Arc::new(unsafe { Mmap::map(file)? })))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// `count` values from byte `offset` on, or `None` if they do not fit in or are not aligned.
    #[must_use]
    pub fn section<T: Pod>(&self, offset: usize, count: usize) -> Option<Section<T>> {
        let bytes = self.0.get(offset..offset.checked_add(count.checked_mul(size_of::<T>())?)?)?;
        let values: &[T] = bytemuck::try_cast_slice(bytes).ok()?;
        Some(Section { start: values.as_ptr(), count: values.len(), owner: Owner::Map(self.clone()) })
    }
}

/// Keeps the values alive.
enum Owner<T> {
    Map(Mapping),
    Heap(Arc<Vec<T>>),
}

impl<T> Clone for Owner<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Map(map) => Self::Map(map.clone()),
            Self::Heap(values) => Self::Heap(values.clone()),
        }
    }
}

/// A shared, read-only array of plain values.
pub struct Section<T> {
    start: *const T,
    count: usize,
    owner: Owner<T>,
}

// SAFETY: a section only ever gives out `&[T]`, and its owner is immutable and itself `Send` and `Sync`;
// so sharing it between threads is sharing a `&[T]`.
unsafe impl<T: Send + Sync> Send for Section<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Section<T> {}

impl<T> Clone for Section<T> {
    fn clone(&self) -> Self {
        Self { start: self.start, count: self.count, owner: self.owner.clone() }
    }
}

/// Arrays from this size on are kept in large pages: lookups jump about in them, and each jump to another page of
/// 4 kB costs a miss of the translation cache.
const LARGE: usize = 4 << 20;

/// A copy of the bytes in pages of 2 MB, where the system grants them.
fn in_large_pages(bytes: &[u8]) -> Option<Mapping> {
    if bytes.len() < LARGE || !cfg!(target_os = "linux") {
        return None;
    }
    let mut pages = memmap2::MmapMut::map_anon(bytes.len()).ok()?;
    #[cfg(target_os = "linux")]
    pages.advise(memmap2::Advice::HugePage).ok()?;
    pages.copy_from_slice(bytes);
    Some(Mapping(Arc::new(pages.make_read_only().ok()?)))
}

impl<T: Pod> From<Vec<T>> for Section<T> {
    fn from(mut values: Vec<T>) -> Self {
        let pages = in_large_pages(bytemuck::cast_slice(&values));
        if let Some(section) = pages.and_then(|pages| pages.section(0, values.len())) {
            return section;
        }
        values.shrink_to_fit();
        let values = Arc::new(values);
        Self { start: values.as_ptr(), count: values.len(), owner: Owner::Heap(values) }
    }
}

impl<T> Deref for Section<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: `start` and `count` were taken from a slice inside of `owner`, which lives as long as
        // this section, is never moved (both kinds hold their values behind an `Arc`) and never written to.
        unsafe { std::slice::from_raw_parts(self.start, self.count) }
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Section<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Section({} values)", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heap_and_map_read_alike() -> std::io::Result<()> {
        let values: Vec<u32> = (0..100).collect();
        let path = std::env::temp_dir().join(format!("gov-section-{}", std::process::id()));
        std::fs::write(&path, bytemuck::cast_slice(&values))?;
        let map = Mapping::new(&File::open(&path)?)?;
        std::fs::remove_file(&path)?;
        let mapped: Section<u32> = map.section(40, 90).expect("fits");
        let owned = Section::from(values);
        drop(map);
        assert_eq!(mapped[..], owned.clone()[10..]);
        Ok(())
    }

    #[test]
    fn large_arrays_read_as_they_were() {
        let values: Vec<u64> = (0..LARGE as u64 / 4).collect();
        assert_eq!(Section::from(values.clone())[..], values);
        assert!(Section::from(Vec::<u64>::new()).is_empty());
    }

    #[test]
    fn what_does_not_fit_is_refused() -> std::io::Result<()> {
        let path = std::env::temp_dir().join(format!("gov-section-bad-{}", std::process::id()));
        std::fs::write(&path, [0_u8; 64])?;
        let map = Mapping::new(&File::open(&path)?)?;
        std::fs::remove_file(&path)?;
        assert!(map.section::<u32>(0, 17).is_none());
        assert!(map.section::<u32>(2, 1).is_none());
        assert!(map.section::<u64>(8, usize::MAX).is_none());
        assert!(map.section::<u64>(usize::MAX, 1).is_none());
        Ok(())
    }
}
