//! The index as a file: a header, then its arrays as they lie in memory, opened by mapping.
//!
//! Layout, little-endian: 64 bytes of prelude (magic, version, length and checksum of the header, checksum of the
//! content), the header ([`Header`]), then each array at a multiple of 64 bytes. Both checksums are
//! XXH3-64. Opening reads and checks the header and holds every array's bounds against the file's length; the
//! content is read only to verify it. Content that nobody verified cannot make a lookup read outside of the
//! arrays or panic: see [`crate::lookup`].

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use bytemuck::{Pod, Zeroable};
use gov_routing_kernel::{Mapping, Section};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::frame::Frame;
use crate::index::{GridIndex, Profile, Report};

const MAGIC: [u8; 8] = *b"GOVGRID\n";

/// Files of any other version are refused: an index is rebuilt in seconds, so there is nothing to convert.
pub const FORMAT_VERSION: u32 = 1;

/// Content up to this size is verified at opening unless told otherwise.
pub const VERIFIED_BY_DEFAULT: u64 = 16 << 20;

const ALIGN: usize = 64;

/// Why a file is no index that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is something else altogether.
    #[error("this is no gov_core index")]
    Foreign,
    /// It is an index, of another version.
    #[error("the index has format version {found}, this release reads version {FORMAT_VERSION}")]
    Version {
        /// The version it has.
        found: u32,
    },
    /// It was damaged or cut short.
    #[error("the index is damaged: {0}")]
    Damaged(&'static str),
}

/// Whether to read all of a file when opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// If it is small: up to [`VERIFIED_BY_DEFAULT`] bytes.
    #[default]
    IfSmall,
    /// Always.
    Always,
    /// Never. Lookups stay safe whatever the file holds, but a damaged one may answer wrong.
    Never,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Prelude {
    magic: [u8; 8],
    version: u32,
    header_bytes: u32,
    header_sum: u64,
    content_sum: u64,
    reserved: [u64; 4],
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Extent {
    offset: u64,
    count: u64,
}

/// Arrays in the order of [`Header::extents`].
const ARRAYS: usize = 13;

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Header {
    frame: Frame,
    grids: u32,
    profile: u32,
    edges: u64,
    noded: u64,
    snapped: u64,
    extents: [Extent; ARRAYS],
}

impl GridIndex {
    /// The arrays as bytes, in the order of the file.
    fn arrays(&self) -> [(&[u8], usize); ARRAYS] {
        fn of<T: Pod>(values: &[T]) -> (&[u8], usize) {
            (bytemuck::cast_slice(values), values.len())
        }
        [
            of(&self.top),
            of(&self.finer),
            of(&self.pairs),
            of(&self.quints),
            of(&self.pair_starts),
            of(&self.pair_records),
            of(&self.quint_starts),
            of(&self.quint_records),
            of(&self.points),
            of(&self.chains),
            of(&self.id_ends),
            of(&self.ids),
            of(&self.digest),
        ]
    }

    /// Writes the index in the form of a file.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        let arrays = self.arrays();
        let mut at = (size_of::<Prelude>() + size_of::<Header>()).next_multiple_of(ALIGN);
        let mut extents = [Extent { offset: 0, count: 0 }; ARRAYS];
        for (extent, (bytes, count)) in extents.iter_mut().zip(arrays) {
            *extent = Extent { offset: at as u64, count: count as u64 };
            at = (at + bytes.len()).next_multiple_of(ALIGN);
        }
        let header = Header {
            frame: self.frame,
            grids: self.grids,
            profile: self.profile as u32,
            edges: self.report.edges as u64,
            noded: self.report.noded as u64,
            snapped: self.report.snapped as u64,
            extents,
        };
        let prelude = Prelude {
            magic: MAGIC,
            version: FORMAT_VERSION,
            header_bytes: size_of::<Header>() as u32,
            header_sum: xxh3_64(bytemuck::bytes_of(&header)),
            content_sum: self.work_out_sum(),
            reserved: [0; 4],
        };
        let mut written = 0;
        for bytes in [bytemuck::bytes_of(&prelude), bytemuck::bytes_of(&header)] {
            to.write_all(bytes)?;
            written += bytes.len();
        }
        for (extent, (bytes, _)) in extents.iter().zip(arrays) {
            to.write_all(&[0; ALIGN][..extent.offset as usize - written])?;
            to.write_all(bytes)?;
            written = extent.offset as usize + bytes.len();
        }
        to.flush()
    }

    /// Saves the index: written whole under a temporary name beside the path, then renamed onto it.
    ///
    /// # Errors
    ///
    /// [`FileError::Io`]; the path then holds what it held before.
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let temporary = Temporary::beside(path);
        let file = File::create(&temporary.0)?;
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        self.write(&mut writer)?;
        writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&temporary.0, path)?;
        Ok(())
    }

    /// Opens a saved index by mapping it: milliseconds, whatever its size, and one copy for all processes.
    ///
    /// The file must be left alone while it is open; [`save`](Self::save) onto the same path is fine, for that
    /// renames another file there.
    ///
    /// # Errors
    ///
    /// [`FileError`].
    pub fn open(path: &Path, verify: Verify) -> Result<Self, FileError> {
        let map = Mapping::new(&File::open(path)?)?;
        Self::read(map.bytes(), verify, &map)
    }

    /// Reads an index from the bytes of a file, into memory of its own.
    ///
    /// # Errors
    ///
    /// [`FileError`].
    pub fn from_bytes(bytes: &[u8], verify: Verify) -> Result<Self, FileError> {
        Self::read(bytes, verify, &bytes)
    }

    fn read(bytes: &[u8], verify: Verify, source: &impl Source) -> Result<Self, FileError> {
        let prelude: Prelude = match bytes.get(..size_of::<Prelude>()) {
            Some(prelude) => bytemuck::pod_read_unaligned(prelude),
            None => {
                return Err(if bytes.starts_with(&MAGIC) {
                    FileError::Damaged("cut short")
                } else {
                    FileError::Foreign
                });
            }
        };
        if prelude.magic != MAGIC {
            return Err(FileError::Foreign);
        }
        if prelude.version != FORMAT_VERSION {
            return Err(FileError::Version { found: prelude.version });
        }
        let header = bytes.get(size_of::<Prelude>()..size_of::<Prelude>() + size_of::<Header>());
        let header = header.ok_or(FileError::Damaged("the header is cut short"))?;
        if prelude.header_bytes as usize != header.len() || xxh3_64(header) != prelude.header_sum {
            return Err(FileError::Damaged("the header's checksum is wrong"));
        }
        let header: Header = bytemuck::pod_read_unaligned(header);
        let mut arrays = Arrays { source, extents: header.extents.iter() };
        let index = Self {
            frame: header.frame,
            grids: header.grids,
            profile: match header.profile {
                0 => Profile::Fast,
                1 => Profile::Compact,
                _ => return Err(FileError::Damaged("the profile is unknown")),
            },
            report: Report {
                edges: header.edges as usize,
                noded: header.noded as usize,
                snapped: header.snapped as usize,
            },
            top: arrays.next()?,
            finer: arrays.next()?,
            pairs: arrays.next()?,
            quints: arrays.next()?,
            pair_starts: arrays.next()?,
            pair_records: arrays.next()?,
            quint_starts: arrays.next()?,
            quint_records: arrays.next()?,
            points: arrays.next()?,
            chains: arrays.next()?,
            id_ends: arrays.next()?,
            ids: arrays.next()?,
            digest: arrays.next()?,
            stated_sum: Some(prelude.content_sum),
        };
        if !index.is_shaped() {
            return Err(FileError::Damaged("its parts do not fit together"));
        }
        let wanted = match verify {
            Verify::Always => true,
            Verify::IfSmall => bytes.len() as u64 <= VERIFIED_BY_DEFAULT,
            Verify::Never => false,
        };
        if wanted && index.work_out_sum() != prelude.content_sum {
            return Err(FileError::Damaged("the content's checksum is wrong"));
        }
        Ok(index)
    }

    /// Whether the arrays have the lengths that the header implies.
    fn is_shaped(&self) -> bool {
        let frame = &self.frame;
        let sane = |v: f64| v.is_finite() && v.abs() < 1e300;
        frame.nx > 0
            && frame.ny > 0
            && [frame.x0, frame.y0, frame.sx, frame.sy, frame.pad].into_iter().all(sane)
            && frame.sx > 0.0
            && frame.sy > 0.0
            && frame.cells() < 1 << 31
            && self.top.len() == frame.cells() + 1
            && self.finer.len().is_multiple_of(16)
            && (self.id_ends.is_empty() || self.id_ends.len() == self.grids as usize)
    }

    /// The checksum of the content, equal for equal indexes; of an opened file, what the file states.
    #[must_use]
    pub fn content_sum(&self) -> u64 {
        self.stated_sum.unwrap_or_else(|| self.work_out_sum())
    }

    fn work_out_sum(&self) -> u64 {
        let mut content = Xxh3::new();
        for (bytes, _) in self.arrays() {
            content.update(bytes);
        }
        content.digest()
    }
}

/// Where arrays are taken from: a mapped file, or bytes that are copied.
trait Source {
    fn section<T: Pod>(&self, offset: usize, count: usize) -> Option<Section<T>>;
}

impl Source for Mapping {
    fn section<T: Pod>(&self, offset: usize, count: usize) -> Option<Section<T>> {
        Mapping::section(self, offset, count)
    }
}

impl Source for &[u8] {
    fn section<T: Pod>(&self, offset: usize, count: usize) -> Option<Section<T>> {
        let bytes = self.get(offset..offset.checked_add(count.checked_mul(size_of::<T>())?)?)?;
        let mut values = vec![T::zeroed(); count];
        bytemuck::cast_slice_mut(&mut values).copy_from_slice(bytes);
        Some(values.into())
    }
}

struct Arrays<'a, S> {
    source: &'a S,
    extents: std::slice::Iter<'a, Extent>,
}

impl<S: Source> Arrays<'_, S> {
    fn next<T: Pod>(&mut self) -> Result<Section<T>, FileError> {
        let bad = FileError::Damaged("an array reaches beyond the end");
        let Some(extent) = self.extents.next() else { return Err(bad) };
        let (Ok(offset), Ok(count)) = (usize::try_from(extent.offset), usize::try_from(extent.count)) else {
            return Err(bad);
        };
        self.source.section(offset, count).ok_or(bad)
    }
}

/// A file that is gone again unless it was renamed.
struct Temporary(PathBuf);

impl Temporary {
    fn beside(path: &Path) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}-{number}.tmp", std::process::id()));
        Self(path.with_file_name(name))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename there is nothing left to remove, and nobody to tell.
        let _ = std::fs::remove_file(&self.0);
    }
}

const _: () = assert!(cfg!(target_endian = "little"), "the file is the memory of a little-endian machine");
