//! Reads polygons in well-known binary: ISO and EWKB, either byte order, Z and M dropped.
//!
//! The bytes come from anyone, so every count is held against the bytes that are left before anything
//! is allocated, and nothing recurses deeper than a multipolygon's members.

use crate::error::Fault;
use crate::geometry::Geometries;

pub(crate) const POLYGON: u32 = 3;
pub(crate) const MULTI_POLYGON: u32 = 6;
const EWKB_Z: u32 = 0x8000_0000;
const EWKB_M: u32 = 0x4000_0000;
const EWKB_SRID: u32 = 0x2000_0000;

impl Geometries {
    /// Appends one polygon or multipolygon in well-known binary (ISO or EWKB; Z and M are dropped).
    ///
    /// # Errors
    ///
    /// [`Fault::BadGeometry`] with the slot that the geometry would have had: truncated or trailing bytes,
    /// another type, no ring at all, a ring that is open, has fewer than three corners or a
    /// coordinate that is not finite. Nothing is appended then.
    ///
    /// # Examples
    ///
    /// ```
    /// use gov_routing::Geometries;
    /// let mut wkb = vec![1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0];
    /// for v in [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0_f64] {
    ///     wkb.extend(v.to_le_bytes());
    /// }
    /// let mut geometries = Geometries::default();
    /// geometries.push_wkb(&wkb)?;
    /// assert_eq!(geometries.len(), 1);
    /// # Ok::<(), gov_routing::Fault>(())
    /// ```
    pub fn push_wkb(&mut self, wkb: &[u8]) -> Result<(), Fault> {
        let mark = self.mark();
        match read(wkb, self).and_then(|_| self.close_geometry()) {
            Ok(()) => Ok(()),
            Err(reason) => {
                self.rewind(mark);
                Err(Fault::BadGeometry { slot: self.len() as u32, reason })
            }
        }
    }
}

/// What a reader tells of a polygon or multipolygon, in the order of the bytes.
pub(crate) trait RingSink {
    /// The next point of the ring.
    fn point(&mut self, point: [f64; 2]);
    /// Points have more than two coordinates; only the first two are told.
    fn heights(&mut self) {}
    /// The ring ends; an error ends the reading.
    fn end_ring(&mut self) -> Result<(), String>;
    /// The polygon ends.
    fn end_polygon(&mut self);
}

impl RingSink for Geometries {
    fn point(&mut self, point: [f64; 2]) {
        self.coords.push(point);
    }

    fn end_ring(&mut self) -> Result<(), String> {
        self.close_ring()
    }

    fn end_polygon(&mut self) {
        self.close_polygon();
    }
}

/// Reads one geometry that takes all the bytes and says whether it is a multipolygon.
pub(crate) fn read(wkb: &[u8], into: &mut impl RingSink) -> Result<bool, String> {
    let mut reader = Reader { rest: wkb };
    let multi = reader.geometry(into)?;
    if reader.rest.is_empty() {
        Ok(multi)
    } else {
        Err(format!("{} bytes follow the geometry", reader.rest.len()))
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

/// Byte order, type without its flags, number of ordinates a point.
struct Header {
    little: bool,
    kind: u32,
    ordinates: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, tail) = self.rest.split_first_chunk::<N>().ok_or("the bytes end too early")?;
        self.rest = tail;
        Ok(*head)
    }

    fn u32(&mut self, little: bool) -> Result<u32, String> {
        let bytes = self.take::<4>()?;
        Ok(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// A count of things that each take at least `least` bytes.
    fn count(&mut self, little: bool, least: usize) -> Result<usize, String> {
        let n = self.u32(little)? as usize;
        if n > self.rest.len() / least {
            Err(format!("a count of {n} is more than the bytes can hold"))
        } else {
            Ok(n)
        }
    }

    fn header(&mut self) -> Result<Header, String> {
        let little = match self.take::<1>()? {
            [0] => false,
            [1] => true,
            [other] => return Err(format!("byte order {other} is neither 0 nor 1")),
        };
        let code = self.u32(little)?;
        if code & EWKB_SRID != 0 {
            self.u32(little)?;
        }
        let plain = code & !(EWKB_Z | EWKB_M | EWKB_SRID);
        let (iso, kind) = (plain / 1000, plain % 1000);
        if iso > 3 {
            return Err(format!("geometry type {code} is unknown"));
        }
        let z = code & EWKB_Z != 0 || iso == 1 || iso == 3;
        let m = code & EWKB_M != 0 || iso >= 2;
        Ok(Header { little, kind, ordinates: 2 + usize::from(z) + usize::from(m) })
    }

    fn geometry(&mut self, into: &mut impl RingSink) -> Result<bool, String> {
        let header = self.header()?;
        match header.kind {
            POLYGON => self.polygon(&header, into).map(|()| false),
            MULTI_POLYGON => {
                for _ in 0..self.count(header.little, 9)? {
                    let part = self.header()?;
                    if part.kind != POLYGON {
                        return Err(format!("a multipolygon holds a geometry of type {}", part.kind));
                    }
                    self.polygon(&part, into)?;
                }
                Ok(true)
            }
            other => Err(format!("geometry type {other} is neither polygon nor multipolygon")),
        }
    }

    fn polygon(&mut self, header: &Header, into: &mut impl RingSink) -> Result<(), String> {
        if header.ordinates > 2 {
            into.heights();
        }
        for _ in 0..self.count(header.little, 4)? {
            let points = self.count(header.little, 8 * header.ordinates)?;
            let (body, tail) = self.rest.split_at(points * 8 * header.ordinates);
            self.rest = tail;
            for point in body.chunks_exact(8 * header.ordinates) {
                into.point([ordinate(point, 0, header.little), ordinate(point, 8, header.little)]);
            }
            into.end_ring()?;
        }
        into.end_polygon();
        Ok(())
    }
}

fn ordinate(point: &[u8], at: usize, little: bool) -> f64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&point[at..at + 8]);
    if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[[f64; 2]]) -> Vec<u8> {
        let mut bytes = (points.len() as u32).to_le_bytes().to_vec();
        for value in points.iter().flatten() {
            bytes.extend(value.to_le_bytes());
        }
        bytes
    }

    fn polygon(rings: &[&[[f64; 2]]]) -> Vec<u8> {
        let mut bytes = vec![1, 3, 0, 0, 0];
        bytes.extend((rings.len() as u32).to_le_bytes());
        bytes.extend(rings.iter().flat_map(|r| ring(r)));
        bytes
    }

    const SQUARE: [[f64; 2]; 5] = [[0., 0.], [1., 0.], [1., 1.], [0., 1.], [0., 0.]];

    #[test]
    fn refusals_append_nothing() {
        let cases: [(Vec<u8>, &str); 9] = [
            (vec![], "end too early"),
            (vec![7, 3, 0, 0, 0], "byte order"),
            (vec![1, 1, 0, 0, 0], "neither polygon"),
            (polygon(&[]), "empty"),
            (polygon(&[&SQUARE[..4]]), "not closed"),
            (polygon(&[&[[0., 0.], [1., 0.], [0., 0.]]]), "fewer than three"),
            (polygon(&[&[[0., 0.], [1., 0.], [1., f64::NAN], [0., 0.]]]), "not finite"),
            ([polygon(&[&SQUARE]), vec![0]].concat(), "follow the geometry"),
            (vec![1, 3, 0, 0, 0, 255, 255, 255, 255], "more than the bytes can hold"),
        ];
        for (wkb, part) in cases {
            let mut geometries = Geometries::default();
            geometries.push_wkb(&polygon(&[&SQUARE])).expect("a square");
            let before = geometries.clone();
            let fault = geometries.push_wkb(&wkb).expect_err(part);
            assert!(fault.to_string().contains(part), "{fault} for {part}");
            assert_eq!(geometries, before);
        }
    }

    #[test]
    fn big_endian_ewkb_with_z_and_srid_reads_the_same() {
        let mut wkb = vec![0];
        wkb.extend((POLYGON | EWKB_Z | EWKB_SRID).to_be_bytes());
        wkb.extend(4326_u32.to_be_bytes());
        wkb.extend(1_u32.to_be_bytes());
        wkb.extend(5_u32.to_be_bytes());
        for [x, y] in SQUARE {
            for v in [x, y, 9.0] {
                wkb.extend(v.to_be_bytes());
            }
        }
        let (mut odd, mut plain) = (Geometries::default(), Geometries::default());
        odd.push_wkb(&wkb).expect("EWKB");
        plain.push_wkb(&polygon(&[&SQUARE])).expect("plain");
        assert_eq!(odd, plain);
    }
}
