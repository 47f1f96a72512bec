//! The raster's frame: which cell a point falls into, and what a cell can hold.
//!
//! A cell is *defined* by the arithmetic that finds it, `floor((x - x0) * sx)` in floats: monotone in x, so
//! each cell is an interval of floats. Its float bounds differ from the nominal ones by rounding only:
//! the difference and the product each err by 2^-53 of their size, together less than 2^-51 of the
//! extent. [`Frame::pad`] is 2^-44 of the largest coordinate, and the extent is at most twice that: a
//! nominal cell padded by it holds every point that is mapped into the cell, with a factor 30 to spare for the
//! rounding of the bounds themselves.

use crate::predicate::{Point, Rect, Segment};

#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(crate) struct Frame {
    pub(crate) x0: f64,
    pub(crate) y0: f64,
    /// Cells a degree.
    pub(crate) sx: f64,
    pub(crate) sy: f64,
    /// How far a cell is widened on each side to hold surely all that is mapped into it.
    pub(crate) pad: f64,
    pub(crate) nx: u32,
    pub(crate) ny: u32,
}

/// Side of a sub-raster: 4 x 4 nodes are one cache line.
pub(crate) const SIDE: u32 = 4;

impl Frame {
    /// A frame of about `cells` nearly square cells around points, with a little room outside of them.
    pub(crate) fn around(points: &[Point], cells: usize) -> Self {
        let (mut min, mut max) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for p in points {
            for axis in 0..2 {
                min[axis] = min[axis].min(p[axis]);
                max[axis] = max[axis].max(p[axis]);
            }
        }
        if points.is_empty() {
            (min, max) = ([0.0; 2], [0.0; 2]);
        }
        let largest = min.iter().chain(&max).fold(1e-3_f64, |m, v| m.max(v.abs()));
        let pad = largest * (0.5_f64).powi(44);
        // Room for the pads, so that nothing lies outside and the first column's left side is bare.
        let room = 1024.0 * pad;
        let (x0, y0) = (min[0] - room, min[1] - room);
        let (width, height) = (max[0] - min[0] + 2.0 * room, max[1] - min[1] + 2.0 * room);
        let cells = (cells.max(1) as f64).min(f64::from(1_u32 << 29));
        let aspect = (width / height).clamp(1.0 / cells, cells);
        let nx = ((cells * aspect).sqrt().ceil()).clamp(1.0, f64::from(1_u32 << 24)) as u32;
        let ny = ((cells / aspect).sqrt().ceil()).clamp(1.0, f64::from(1_u32 << 24)) as u32;
        Self { x0, y0, sx: f64::from(nx) / width, sy: f64::from(ny) / height, pad, nx, ny }
    }

    pub(crate) fn cells(&self) -> usize {
        self.nx as usize * self.ny as usize
    }

    /// The cell of a point that the frame was made around (others are clamped into it).
    #[inline]
    pub(crate) fn cell_of(&self, p: Point) -> usize {
        let ix = (((p[0] - self.x0) * self.sx) as u32).min(self.nx - 1);
        let iy = (((p[1] - self.y0) * self.sy) as u32).min(self.ny - 1);
        iy as usize * self.nx as usize + ix as usize
    }

    /// The cell of such a point in a raster that is `scale` times finer.
    pub(crate) fn cell_at(&self, p: Point, scale: f64) -> (u32, u32) {
        // The scale is a power of two, so the product is the one of `cell_of`, digit for digit.
        (((p[0] - self.x0) * self.sx * scale) as u32, ((p[1] - self.y0) * self.sy * scale) as u32)
    }

    /// The padded rectangle of a cell of a raster that is `scale` times finer.
    pub(crate) fn rect(&self, ix: u32, iy: u32, scale: f64) -> Rect {
        let x = |i: u32| self.x0 + f64::from(i) / scale / self.sx;
        let y = |i: u32| self.y0 + f64::from(i) / scale / self.sy;
        Rect { min: [x(ix) - self.pad, y(iy) - self.pad], max: [x(ix + 1) + self.pad, y(iy + 1) + self.pad] }
    }

    /// Calls `visit` with each cell whose padded rectangle an edge may touch: all that it touches, and few more.
    ///
    /// Along each row the edge's range of longitudes is computed from `t = (y - lo) / (hi - lo)`: three
    /// roundings of relative size 2^-53, so the longitude errs by less than 2^-50 of the largest
    /// coordinate, which a second pad covers.
    #[inline]
    pub(crate) fn cells_of(&self, s: &Segment, mut visit: impl FnMut(usize)) {
        let wide = 2.0 * self.pad;
        let row = |y: f64| ((y - self.y0) * self.sy).clamp(0.0, f64::from(self.ny - 1)) as u32;
        let column = |x: f64| ((x - self.x0) * self.sx).clamp(0.0, f64::from(self.nx - 1)) as u32;
        let (bottom, top) = (row(s.lo[1] - wide), row(s.hi[1] + wide));
        let (dx, dy) = (s.hi[0] - s.lo[0], s.hi[1] - s.lo[1]);
        let x_at =
            |y: f64| if dy > 0.0 { s.lo[0] + ((y - s.lo[1]) / dy).clamp(0.0, 1.0) * dx } else { s.lo[0] };
        for iy in bottom..=top {
            let (a, b) = if bottom == top || dy == 0.0 {
                (s.lo[0], s.hi[0])
            } else {
                let y = self.y0 + f64::from(iy) / self.sy;
                (x_at(y - wide), x_at(y + 1.0 / self.sy + wide))
            };
            let (first, last) = (column(a.min(b) - wide), column(a.max(b) + wide));
            for ix in first..=last {
                visit(iy as usize * self.nx as usize + ix as usize);
            }
        }
    }
}
