//! Point-to-grid lookup over the leaf grids of one city.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use gov_routing_kernel::{Section, run};

use crate::coverage::{Chain, Edges, Lists, OUT, faults, prove};
use crate::frame::Frame;
use crate::leaf::{Pair, Quint};
use crate::lookup::{Batch, View};
use crate::predicate::Point;
use crate::raster::{Builder, Raster};
use crate::records::{self, LAST, Records};
use crate::{BuildError, Fault, Geometries, RoutingError, UNCOVERED};

/// What to trade: time or memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Fastest answers, about 3.4 times as large as the polygons in WKB.
    #[default]
    Fast,
    /// Smallest index, about 2.3 times as large as the polygons in WKB.
    Compact,
}

impl Profile {
    /// Cells of the raster an edge.
    ///
    /// Measured on generated cities of 10,000 and 100,000 grids (441,000 and 4.4 million edges), unsorted points in hot spots,
    /// one AVX-512 thread, ns a point and size as a multiple of the WKB: 4 cells: 11.0 and 14.9, 2.7 x;
    /// 8 cells: 8.6 and 12.8, 3.4 x; 16 cells: 7.8 and 12.8, 4.6 x. Below one cell the size stays at 2.2 x, for
    /// the edges and their tables are all there is, and time grows: 1 cell 17, 1/2 cell 22, 1/8 cell 32.
    fn cells_an_edge(self) -> f64 {
        match self {
            Self::Fast => 8.0,
            Self::Compact => 1.0,
        }
    }
}

/// How to build a [`GridIndex`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BuildOptions {
    /// Time or memory.
    pub profile: Profile,
    /// Snap vertices and edges that lie within this many degrees of each other first.
    pub snap_deg: Option<f64>,
    /// Threads that share the work; 0 is as many as there are processors. The index is the same for any number.
    pub threads: usize,
}

/// What was done to the input while building.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Distinct edges of the partition.
    pub edges: usize,
    /// Vertices that lay on a neighbour's edge and were made vertices of it.
    pub noded: usize,
    /// Vertices that snapping moved, or added to an edge that they lay beside.
    pub snapped: usize,
}

/// Exact point-in-partition index: immutable, shared between threads, cheap to clone.
#[derive(Debug, Clone)]
pub struct GridIndex {
    pub(crate) frame: Frame,
    pub(crate) grids: u32,
    pub(crate) profile: Profile,
    pub(crate) report: Report,
    pub(crate) top: Section<u32>,
    pub(crate) finer: Section<u32>,
    pub(crate) pairs: Section<Pair>,
    pub(crate) quints: Section<Quint>,
    pub(crate) pair_starts: Section<u32>,
    pub(crate) pair_records: Section<u32>,
    pub(crate) quint_starts: Section<u32>,
    pub(crate) quint_records: Section<u32>,
    pub(crate) points: Section<Point>,
    pub(crate) chains: Section<Chain>,
    /// What the grids are called: the end of each id in `ids`; empty if they have no ids.
    pub(crate) id_ends: Section<u32>,
    pub(crate) ids: Section<u8>,
    /// The digest of the city that the grids are of, if any.
    pub(crate) digest: Section<u8>,
    /// The checksum of the content that the file states, if it came from one.
    pub(crate) stated_sum: Option<u64>,
}

/// Splitting edges at vertices that lie on them brings no new vertex, so this many rounds are plenty.
const ROUNDS: usize = 64;

impl GridIndex {
    /// Builds the index and proves that the polygons are a partition.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with every fault when they are not.
    pub fn build(geometries: Geometries, options: BuildOptions) -> Result<Self, BuildError> {
        let grids = geometries.len() as u32;
        if geometries.len() >= OUT as usize - 1 || geometries.vertices() >= LAST as usize {
            let reason = "more than 2^30 grids or 2^31 vertices".into();
            return Err(BuildError { faults: vec![Fault::BadGeometry { slot: u32::MAX, reason }] });
        }
        let mut edges = match Edges::from_rings(geometries) {
            Ok(edges) => edges,
            Err(suspects) => return Err(BuildError { faults: faults(&Edges::default(), suspects) }),
        };
        let mut report = Report::default();
        if let Some(tolerance) = options.snap_deg {
            (edges, report.snapped) = edges.snap(tolerance);
        }
        for _ in 0..ROUNDS {
            let frame = Frame::around(&edges.points, edges.count() / 2);
            edges = match edges.merge(&frame) {
                Ok(merged) => merged,
                Err(suspects) => return Err(BuildError { faults: faults(&edges, suspects) }),
            };
            let cells = edges.count() as f64 * options.profile.cells_an_edge();
            let lists = Lists::new(&edges, Frame::around(&edges.points, cells as usize));
            let chain_of = edges.chain_of();
            let mut splits = Vec::new();
            let mut suspects = Vec::new();
            for flaws in
                striped(lists.frame.ny, options.threads, |rows| prove(&edges, &chain_of, &lists, rows))
            {
                splits.extend(flaws.splits);
                suspects.extend(flaws.suspects);
            }
            if !splits.is_empty() {
                edges = edges.split(splits, &mut report.noded);
                continue;
            }
            if !suspects.is_empty() {
                return Err(BuildError { faults: faults(&edges, suspects) });
            }
            let mut raster = Raster::default();
            for stripe in striped(lists.frame.ny, options.threads, |rows| {
                Builder::rows(&edges, &chain_of, &lists, rows)
            }) {
                match stripe {
                    Ok(stripe) => raster.append(stripe),
                    Err(found) => suspects.extend(found),
                }
            }
            if !suspects.is_empty() {
                return Err(BuildError { faults: faults(&edges, suspects) });
            }
            raster.top.push(OUT);
            report.edges = edges.count();
            // The arrays are copied into large pages one by one: what is not needed any more makes room.
            let frame = lists.frame;
            drop((lists, chain_of));
            return Ok(Self::assemble(frame, grids, options.profile, report, raster, edges));
        }
        let reason = "edges could not be noded".into();
        Err(BuildError { faults: vec![Fault::BadGeometry { slot: u32::MAX, reason }] })
    }

    fn assemble(
        frame: Frame,
        grids: u32,
        profile: Profile,
        report: Report,
        raster: Raster,
        edges: Edges,
    ) -> Self {
        Self {
            frame,
            grids,
            profile,
            report,
            top: raster.top.into(),
            finer: raster.finer.into(),
            pairs: raster.pairs.into(),
            quints: raster.quints.into(),
            pair_starts: records::starts(&raster.pair_records).into(),
            pair_records: raster.pair_records.into(),
            quint_starts: records::starts(&raster.quint_records).into(),
            quint_records: raster.quint_records.into(),
            points: edges.points.into(),
            chains: edges.chains.into(),
            id_ends: Vec::new().into(),
            ids: Vec::new().into(),
            digest: Vec::new().into(),
            stated_sum: None,
        }
    }

    /// Names the grids and the city that they are of: slots are local to a build, ids are what files hold.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] unless there is one id a grid.
    pub fn with_ids<S: AsRef<str>>(mut self, ids: &[S], digest: &str) -> Result<Self, RoutingError> {
        if ids.len() != self.len() {
            return Err(RoutingError::LengthMismatch { left: self.len(), right: ids.len() });
        }
        let mut text = Vec::new();
        let mut ends = Vec::with_capacity(ids.len());
        for id in ids {
            text.extend_from_slice(id.as_ref().as_bytes());
            ends.push(text.len() as u32);
        }
        self.id_ends = ends.into();
        self.ids = text.into();
        self.digest = digest.as_bytes().to_vec().into();
        self.stated_sum = None;
        Ok(self)
    }

    /// The ids of the grids by slot, if they were named.
    #[must_use]
    pub fn ids(&self) -> Option<Vec<&str>> {
        let mut start = 0;
        let read = |&end: &u32| {
            let id = self.ids.get(start..end as usize)?;
            start = end as usize;
            std::str::from_utf8(id).ok()
        };
        if self.id_ends.is_empty() { None } else { self.id_ends.iter().map(read).collect() }
    }

    /// The digest of the city, empty if none was given.
    #[must_use]
    pub fn digest(&self) -> &str {
        std::str::from_utf8(&self.digest).unwrap_or_default()
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            frame: self.frame,
            grids: self.grids,
            top: &self.top,
            finer: &self.finer,
            pairs: &self.pairs,
            quints: &self.quints,
            pair_records: Records { starts: &self.pair_starts, words: &self.pair_records },
            quint_records: Records { starts: &self.quint_starts, words: &self.quint_records },
            points: &self.points,
            chains: &self.chains,
        }
    }

    /// Number of grids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grids as usize
    }

    /// Whether it holds no grid.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grids == 0
    }

    /// What it was built for.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// What was done to the input while building.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report
    }

    /// Size in memory and, but for a header, in a file.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.top)
            + size_of_val(&*self.finer)
            + size_of_val(&*self.pairs)
            + size_of_val(&*self.quints)
            + size_of_val(&*self.pair_starts)
            + size_of_val(&*self.pair_records)
            + size_of_val(&*self.quint_starts)
            + size_of_val(&*self.quint_records)
            + size_of_val(&*self.points)
            + size_of_val(&*self.chains)
    }

    /// The slot of the grid that owns a point, `None` where no grid is.
    ///
    /// `lon` and `lat` are degrees in the CRS the index was built with. A point on a border belongs to the
    /// grid an infinitesimal step east, then north, of it (p + (e, e^2)); where none lies there, to
    /// the first grid counter-clockwise from east. The order of slots never matters.
    ///
    /// # Errors
    ///
    /// [`RoutingError::NonFiniteCoordinate`] if a coordinate is NaN or infinite.
    ///
    /// # Examples
    ///
    /// ```
    /// use gov_routing::{BuildOptions, Geometries, GridIndex};
    /// let square = |x: f64| vec![vec![[x, 0.0], [x + 1.0, 0.0], [x + 1.0, 1.0], [x, 1.0], [x, 0.0]]];
    /// let mut geometries = Geometries::default();
    /// geometries.push_rings(&[square(0.0)])?;
    /// geometries.push_rings(&[square(1.0)])?;
    /// let index = GridIndex::build(geometries, BuildOptions::default())?;
    /// assert_eq!(index.locate(1.0, 0.5)?, Some(1)); // the shared border: east owns it
    /// assert_eq!(index.locate(2.0, 0.5)?, Some(1)); // the outer border is closed
    /// assert_eq!(index.locate(2.1, 0.5)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn locate(&self, lon: f64, lat: f64) -> Result<Option<u32>, RoutingError> {
        if !(lon.is_finite() && lat.is_finite()) {
            return Err(RoutingError::NonFiniteCoordinate { lon, lat });
        }
        let label = self.view().label(lon, lat);
        Ok((label < OUT).then_some(label))
    }

    /// The slots of many points; [`UNCOVERED`] where no grid is and for coordinates that are not finite.
    ///
    /// `threads` share the work (0 counts as 1); the answers are the same for any number.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if the three columns differ in length.
    pub fn locate_batch(
        &self,
        lon: &[f64],
        lat: &[f64],
        out: &mut [u32],
        threads: usize,
    ) -> Result<(), RoutingError> {
        if lon.len() != lat.len() || lon.len() != out.len() {
            let right = if lon.len() == lat.len() { out.len() } else { lat.len() };
            return Err(RoutingError::LengthMismatch { left: lon.len(), right });
        }
        let view = self.view();
        // A thread costs some 20 us to start: 4,096 points are not worth less.
        let share = lon.len().div_ceil(threads.max(1)).max(4096);
        if share >= lon.len() {
            run(Batch { view, lon, lat, out });
            return Ok(());
        }
        std::thread::scope(|scope| {
            for ((lon, lat), out) in lon.chunks(share).zip(lat.chunks(share)).zip(out.chunks_mut(share)) {
                scope.spawn(move || run(Batch { view, lon, lat, out }));
            }
        });
        Ok(())
    }
}

/// Does a piece of work for each of a fixed number of stripes of rows; what comes out is in the order of rows.
///
/// The stripes do not depend on the number of threads, so neither does the index, byte for byte.
fn striped<T: Send>(rows: u32, threads: usize, work: impl Fn(Range<u32>) -> T + Sync) -> Vec<T> {
    const STRIPES: u32 = 32;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if threads == 0 { processors } else { threads };
    let bound = |stripe: u32| (u64::from(rows) * u64::from(stripe) / u64::from(STRIPES)) as u32;
    let next = AtomicU32::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let stripe = next.fetch_add(1, Ordering::Relaxed);
            if stripe >= STRIPES {
                return done;
            }
            done.push((stripe, work(bound(stripe)..bound(stripe + 1))));
        }
    };
    let mut done = if threads < 2 {
        take()
    } else {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
            let mut done = take();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        })
    };
    done.sort_unstable_by_key(|(stripe, _)| *stripe);
    done.into_iter().map(|(_, result)| result).collect()
}

const _: () = assert!(UNCOVERED > OUT);
