//! Coordinate systems met on Chinese city data, and the conversions between them.
//!
//! GCJ-02 is the obfuscated system of Chinese web maps (Amap, Tencent), BD-09 the one Baidu lays on top of it.
//! GCJ-02 is WGS-84 plus a smooth offset of 33 to 680 m (eastern China), so a coordinate without its system is off by more than
//! the width of a grid. The formulas are the public ones; nobody outside knows whether they are the official
//! ones. Neither has an exact closed inverse (the one-step inverses in use err by up to 3.7 m and 0.24 m): the
//! inverse here is the fixed point of `w := w - (f(w) - g)`.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use crate::RoutingError;

/// A coordinate system, by the name a city folder or an event gives it.
///
/// # Examples
///
/// ```
/// use gov_routing::Crs;
/// let (mut lon, mut lat) = ([120.16], [30.24]);
/// Crs::convert(Crs::Wgs84, "GCJ-02".parse()?, &mut lon, &mut lat)?;
/// assert!((lon[0] - 120.164_677_334).abs() < 1e-9 && (lat[0] - 30.237_659_488).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Crs {
    /// `EPSG:4326`, what GNSS receivers give.
    Wgs84,
    /// `EPSG:4490`, the national geodetic system of China since 2008.
    Cgcs2000,
    /// `GCJ-02`, the web maps' offset system.
    Gcj02,
    /// `BD-09`, Baidu's offset on top of GCJ-02.
    Bd09,
}

/// Fixed-point steps from GCJ-02, started at the point itself. Worst of 4 million points in the box: 3 steps leave
/// 3e-4 m, 4 leave 2e-6 m (8e-6 m at the cusp of the formula's `sqrt|lon - 105|`), 5 leave 8e-7 m.
const GCJ_STEPS: u32 = 4;
/// Fixed-point steps from BD-09, started at the closed form, which errs by up to 0.24 m. Worst of 4 million points
/// in the box: 2 steps leave 2e-5 m, 3 leave 2e-7 m.
const BD_STEPS: u32 = 3;

impl Crs {
    /// Every system, in the order of their documentation.
    pub const ALL: [Self; 4] = [Self::Wgs84, Self::Cgcs2000, Self::Gcj02, Self::Bd09];

    /// The one name it goes by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "EPSG:4326",
            Self::Cgcs2000 => "EPSG:4490",
            Self::Gcj02 => "GCJ-02",
            Self::Bd09 => "BD-09",
        }
    }

    /// Converts columns of degrees in place.
    ///
    /// * `EPSG:4326` and `EPSG:4490` are treated as equal: PROJ knows no transformation between them but a zero
    ///   shift, and their ellipsoids differ by 2e-6 m in a degree of latitude.
    /// * Forward conversions are the public formulas. Inside the box the inverses err by less than 2e-6 m from
    ///   GCJ-02 (1e-5 m within a metre of the meridian 105 E) and 2e-7 m from BD-09 to GCJ-02; outside of it the
    ///   latter stays below 2e-6 m.
    /// * WGS-84 and GCJ-02 are the same outside of the box 72.004 to 137.8347 E, 0.8293 to 55.8271 N: such a
    ///   point is left unchanged, in both directions. The box is tested on the coordinate as given, and it is
    ///   not a border: Hong Kong, Taiwan and much of the neighbouring countries lie inside and are shifted.
    ///   Within 700 m of its sides a conversion there and back may therefore end beside the start. Between
    ///   GCJ-02 and BD-09 there is no box.
    /// * A pair with a NaN or an infinity in it passes through unchanged.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if the columns differ in length; nothing is converted then.
    pub fn convert(from: Self, to: Self, lon: &mut [f64], lat: &mut [f64]) -> Result<(), RoutingError> {
        if lon.len() != lat.len() {
            return Err(RoutingError::LengthMismatch { left: lon.len(), right: lat.len() });
        }
        let step: fn([f64; 2]) -> [f64; 2] = match (from.offset(), to.offset()) {
            (Offset::None, Offset::Gcj) => gcj_of_wgs,
            (Offset::None, Offset::Baidu) => |p| bd_of_gcj(gcj_of_wgs(p)),
            (Offset::Gcj, Offset::None) => wgs_of_gcj,
            (Offset::Gcj, Offset::Baidu) => bd_of_gcj,
            (Offset::Baidu, Offset::None) => |p| wgs_of_gcj(gcj_of_bd(p)),
            (Offset::Baidu, Offset::Gcj) => gcj_of_bd,
            (Offset::None, Offset::None) | (Offset::Gcj, Offset::Gcj) | (Offset::Baidu, Offset::Baidu) => {
                return Ok(());
            }
        };
        for (x, y) in lon.iter_mut().zip(lat) {
            if x.is_finite() && y.is_finite() {
                [*x, *y] = step([*x, *y]);
            }
        }
        Ok(())
    }

    fn offset(self) -> Offset {
        match self {
            Self::Wgs84 | Self::Cgcs2000 => Offset::None,
            Self::Gcj02 => Offset::Gcj,
            Self::Bd09 => Offset::Baidu,
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Crs {
    type Err = UnknownCrsError;

    /// Accepts the four names exactly; anything else is refused with a suggestion, because a guessed system
    /// moves every event by half a kilometre.
    ///
    /// # Errors
    ///
    /// [`UnknownCrsError`].
    fn from_str(name: &str) -> Result<Self, UnknownCrsError> {
        Self::ALL
            .into_iter()
            .find(|crs| crs.name() == name)
            .ok_or_else(|| UnknownCrsError { name: name.to_owned(), suggestion: suggestion(name) })
    }
}

/// A name that is none of the four.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown coordinate system {name:?}: {}", .suggestion.map_or_else(
    || "use EPSG:4326, EPSG:4490, GCJ-02 or BD-09".to_owned(), |crs| format!("did you mean {crs}?")))]
pub struct UnknownCrsError {
    /// The name as given.
    pub name: String,
    /// What was probably meant.
    pub suggestion: Option<Crs>,
}

/// What a name that is none of the four most probably means.
fn suggestion(name: &str) -> Option<Crs> {
    let bare: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    [
        (Crs::Wgs84, ["4326", "WGS", "CRS84"]),
        (Crs::Cgcs2000, ["4490", "CGCS", "CGCS2000"]),
        (Crs::Gcj02, ["GCJ", "MARS", "AMAP"]),
        (Crs::Bd09, ["BD0", "BAIDU", "BD9"]),
    ]
    .into_iter()
    .find_map(|(crs, words)| words.into_iter().any(|word| bare.contains(word)).then_some(crs))
}

/// How far a system is from WGS-84.
#[derive(Clone, Copy)]
enum Offset {
    None,
    Gcj,
    Baidu,
}

fn in_box([lon, lat]: [f64; 2]) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn gcj_of_wgs(p: [f64; 2]) -> [f64; 2] {
    if in_box(p) { shift(p) } else { p }
}

fn wgs_of_gcj(p: [f64; 2]) -> [f64; 2] {
    if in_box(p) { invert(shift, GCJ_STEPS, p, p) } else { p }
}

fn gcj_of_bd(p: [f64; 2]) -> [f64; 2] {
    let (x, y) = (p[0] - 0.0065, p[1] - 0.006);
    invert(bd_of_gcj, BD_STEPS, p, swirl([x, y], -1.0))
}

/// The point that `forward` takes to `p`, from a first guess `w`. Both offsets vary by about 1 % of a step, so
/// each step leaves about a hundredth of the error before.
fn invert(forward: impl Fn([f64; 2]) -> [f64; 2], steps: u32, p: [f64; 2], mut w: [f64; 2]) -> [f64; 2] {
    for _ in 0..steps {
        let f = forward(w);
        w = [w[0] - (f[0] - p[0]), w[1] - (f[1] - p[1])];
    }
    w
}

/// WGS-84 to GCJ-02, wherever the point lies.
fn shift([lon, lat]: [f64; 2]) -> [f64; 2] {
    /// Krasovsky 1940: semi-major axis in metres, squared eccentricity.
    const A: f64 = 6_378_245.0;
    const EE: f64 = 0.006_693_421_622_965_943;

    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |amplitude: f64, per_half_turn: f64, v: f64| amplitude * (v * PI / per_half_turn).sin();
    let common = wave(20.0, 1.0 / 6.0, x) + wave(20.0, 0.5, x);
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + (common + wave(20.0, 1.0, y) + wave(40.0, 3.0, y) + wave(160.0, 12.0, y) + wave(320.0, 30.0, y))
            * 2.0
            / 3.0;
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + (common + wave(20.0, 1.0, x) + wave(40.0, 3.0, x) + wave(150.0, 12.0, x) + wave(300.0, 30.0, x))
            * 2.0
            / 3.0;

    let (sin, cos) = lat.to_radians().sin_cos();
    let m = 1.0 - EE * sin * sin;
    let metres_per_radian_north = A * (1.0 - EE) / (m * m.sqrt());
    let metres_per_radian_east = A / m.sqrt() * cos;
    [
        lon + (east_m / metres_per_radian_east).to_degrees(),
        lat + (north_m / metres_per_radian_north).to_degrees(),
    ]
}

/// GCJ-02 to BD-09.
fn bd_of_gcj(p: [f64; 2]) -> [f64; 2] {
    let [x, y] = swirl(p, 1.0);
    [x + 0.0065, y + 0.006]
}

/// Baidu's ripple in polar coordinates around (0, 0); `sign` -1 nearly undoes it.
fn swirl([x, y]: [f64; 2], sign: f64) -> [f64; 2] {
    let radius = x.hypot(y) + sign * 2e-5 * (y * 3000.0).to_radians().sin();
    let angle = y.atan2(x) + sign * 3e-6 * (x * 3000.0).to_radians().cos();
    [radius * angle.cos(), radius * angle.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Name, WGS-84, GCJ-02, BD-09 of places named in the papers; the values agree with four libraries.
    const PLACES: [(&str, [[f64; 2]; 3]); 5] = [
        ("Qingbo", [[120.16, 30.24], [120.164_677_334, 30.237_659_488], [120.171_238_014, 30.243_408_326]]),
        (
            "Qinhuai",
            [[118.7945, 32.039], [118.799_685_638, 32.036_932_626], [118.806_086_452, 32.043_288_144]],
        ),
        ("Qinghe", [[119.015, 33.605], [119.020_455_861, 33.603_602_218], [119.026_906_995, 33.609_789_097]]),
        (
            "Guiyang",
            [[106.713, 26.578], [106.716_771_034, 26.574_477_226], [106.723_304_244, 26.580_367_463]],
        ),
        ("Jinan", [[117.0, 36.665], [117.005_841_982, 36.665_261_085], [117.012_231_901, 36.671_594_182]]),
    ];

    fn converted(from: Crs, to: Crs, p: [f64; 2]) -> [f64; 2] {
        let (mut lon, mut lat) = ([p[0]], [p[1]]);
        Crs::convert(from, to, &mut lon, &mut lat).expect("columns of one");
        [lon[0], lat[0]]
    }

    /// Metres between two points that are close to each other.
    fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
        const DEGREE_M: f64 = 111_320.0;
        ((a[0] - b[0]) * DEGREE_M * a[1].to_radians().cos()).hypot((a[1] - b[1]) * DEGREE_M)
    }

    #[test]
    fn reference_places_match_in_every_direction() {
        for (name, [wgs, gcj, bd]) in PLACES {
            let systems = [(Crs::Wgs84, wgs), (Crs::Cgcs2000, wgs), (Crs::Gcj02, gcj), (Crs::Bd09, bd)];
            for (from, p) in systems {
                for (to, q) in systems {
                    // The table has nine decimals: 1e-4 m, and a conversion may add one rounding more.
                    let error = metres(converted(from, to, p), q);
                    assert!(error < 3e-4, "{name}: {from} -> {to} errs by {error} m");
                }
            }
        }
    }

    #[test]
    fn outside_of_the_box_nothing_moves() {
        for p in [
            [139.69, 35.69],
            [0.0, 0.0],
            [72.003_999, 30.0],
            [137.834_701, 30.0],
            [100.0, 55.8272],
            [100.0, 0.8292],
        ] {
            assert_eq!(converted(Crs::Wgs84, Crs::Gcj02, p), p);
            assert_eq!(converted(Crs::Gcj02, Crs::Wgs84, p), p);
        }
        for p in [[72.004, 30.0], [137.8347, 30.0], [100.0, 55.8271], [100.0, 0.8293]] {
            assert_ne!(converted(Crs::Wgs84, Crs::Gcj02, p), p, "the sides belong to the box");
        }
    }

    #[test]
    fn pairs_that_are_not_finite_pass_through() {
        let (mut lon, mut lat) =
            ([f64::NAN, 120.0, f64::INFINITY, 120.0], [30.0, f64::NEG_INFINITY, 30.0, 30.0]);
        Crs::convert(Crs::Gcj02, Crs::Wgs84, &mut lon, &mut lat).expect("same length");
        assert!(lon[0].is_nan() && lat[0].to_bits() == 30f64.to_bits());
        assert_eq!((lon[1], lat[1], lon[2], lat[2]), (120.0, f64::NEG_INFINITY, f64::INFINITY, 30.0));
        assert!(lon[3] < 120.0, "the finite pair beside them is converted");
    }

    #[test]
    fn columns_of_different_length_are_refused_untouched() {
        let (mut lon, mut lat) = ([120.0, 121.0], [30.0]);
        let error = Crs::convert(Crs::Wgs84, Crs::Bd09, &mut lon, &mut lat).expect_err("2 against 1");
        assert_eq!((error, lon), (RoutingError::LengthMismatch { left: 2, right: 1 }, [120.0, 121.0]));
    }

    #[test]
    fn names_are_exact_and_near_misses_get_a_suggestion() {
        for crs in Crs::ALL {
            assert_eq!(crs.name().parse(), Ok(crs));
        }
        for (name, meant) in [
            ("gcj02", Some(Crs::Gcj02)),
            ("epsg:4326", Some(Crs::Wgs84)),
            ("WGS84", Some(Crs::Wgs84)),
            ("OGC:CRS84", Some(Crs::Wgs84)),
            ("CGCS2000", Some(Crs::Cgcs2000)),
            ("bd09ll", Some(Crs::Bd09)),
            ("EPSG:3857", None),
            ("", None),
        ] {
            assert_eq!(
                name.parse::<Crs>(),
                Err(UnknownCrsError { name: name.to_owned(), suggestion: meant })
            );
        }
        let message = "gcj02".parse::<Crs>().expect_err("not one of the four").to_string();
        assert!(message.contains("\"gcj02\"") && message.contains("did you mean GCJ-02?"), "{message}");
    }

    proptest! {
        #[test]
        fn there_and_back_is_within_micrometres(lon in 72.02f64..137.82, lat in 0.85f64..55.81, cusp: bool) {
            let p = [if cusp { 105.0 + (lon - 105.0) * 1e-6 } else { lon }, lat];
            let bound_m = if cusp { 1e-5 } else { 2e-6 };
            for via in [Crs::Gcj02, Crs::Bd09] {
                let back = converted(via, Crs::Wgs84, converted(Crs::Wgs84, via, p));
                prop_assert!(metres(p, back) < bound_m, "{} m through {via}", metres(p, back));
            }
            let back = converted(Crs::Bd09, Crs::Gcj02, converted(Crs::Gcj02, Crs::Bd09, p));
            prop_assert!(metres(p, back) < 2e-7, "{} m", metres(p, back));
        }

        #[test]
        fn baidu_and_back_is_within_micrometres_anywhere(lon in -180f64..180.0, lat in -90f64..90.0) {
            let back = converted(Crs::Bd09, Crs::Gcj02, converted(Crs::Gcj02, Crs::Bd09, [lon, lat]));
            prop_assert!(metres([lon, lat], back) < 2e-6);
        }

        #[test]
        fn gcj_lies_33_to_680_metres_away(lon in 98f64..122.5, lat in 21f64..45.0) {
            let offset = metres([lon, lat], converted(Crs::Wgs84, Crs::Gcj02, [lon, lat]));
            prop_assert!((30.0..690.0).contains(&offset));
        }
    }
}
