//! Reads a `GeoJSON` feature collection of places, with all its faults at once.

use std::borrow::Cow;

use crate::json::{JsonFault, Reader, Result};
use crate::outline::{Flaw, Outline};

/// What was read, and everything that is wrong with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeatureCollection {
    /// In the order of the file; if its syntax breaks, those before the break.
    pub features: Vec<Feature>,
    /// Name in the `crs` member of older files.
    pub crs: Option<String>,
    /// In the order of the file.
    pub faults: Vec<FeatureFault>,
}

/// One place as it stands in the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feature {
    /// Its properties in order, nested values left out.
    pub properties: Vec<(String, Property)>,
    /// Whether a geometry is drawn, sound or not.
    pub drawn: bool,
    /// The outline as well-known binary, if there is a sound one.
    pub wkb: Option<Vec<u8>>,
    /// Whether heights were dropped.
    pub had_heights: bool,
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// `null`
    Null,
    /// A text.
    Text(String),
    /// A number: a count of a place.
    Number(f64),
    /// A boolean, an object or an array: nothing a place is described by.
    Other,
}

/// A reason to refuse the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureFault {
    /// What is wrong.
    pub flaw: Flaw,
    /// Position of the feature in the collection, if it is the fault of one.
    pub feature: Option<usize>,
    /// Byte in the file.
    pub offset: usize,
    /// Line in the file, from 1.
    pub line: usize,
}

/// Reads a feature collection of polygons and multipolygons.
///
/// With `degrees`, coordinates are held against the bounds of longitude and latitude. Nesting deeper
/// than 32, keys that stand twice, `NaN` and numbers beyond an f64 are refused; heights are dropped.
///
/// # Examples
///
/// ```
/// let text = br#"{"type": "FeatureCollection", "features": [{"type": "Feature",
///     "properties": {"id": "G-1"},
///     "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0.5]]]}}]}"#;
/// let places = gov_routing::read_geojson(text, true);
/// assert_eq!(places.features.len(), 1);
/// assert_eq!(places.faults[0].flaw.code, "geometry.unclosed");
/// ```
#[must_use]
pub fn read_geojson(bytes: &[u8], degrees: bool) -> FeatureCollection {
    let mut found = FeatureCollection::default();
    match std::str::from_utf8(bytes) {
        Ok(text) => read_text(text, degrees, &mut found),
        Err(error) => {
            let offset = error.valid_up_to();
            found.refuse(
                None,
                offset,
                Flaw::new("text.encoding", format!("byte {offset} is not UTF-8"), "GeoJSON is UTF-8"),
            );
        }
    }
    let (mut line, mut counted) = (1, 0);
    found.faults.sort_by_key(|fault| fault.offset);
    for fault in &mut found.faults {
        line += bytes[counted..fault.offset].split(|byte| *byte == b'\n').count() - 1;
        counted = fault.offset;
        fault.line = line;
    }
    found
}

impl FeatureCollection {
    fn refuse(&mut self, feature: Option<usize>, offset: usize, flaw: Flaw) {
        self.faults.push(FeatureFault { flaw, feature, offset, line: 0 });
    }

    fn refuse_json(&mut self, feature: Option<usize>, fault: &JsonFault) {
        let message = format!("{} (byte {})", fault.message, fault.offset);
        self.refuse(feature, fault.offset, Flaw::new(fault.code, message, ""));
    }

    fn take_faults(&mut self, feature: Option<usize>, reader: &mut Reader) {
        for fault in std::mem::take(&mut reader.faults) {
            self.refuse_json(feature, &fault);
        }
    }
}

fn read_text(text: &str, degrees: bool, found: &mut FeatureCollection) {
    let mut reader = Reader::new(text);
    let result = collection(&mut reader, degrees, found).and_then(|()| reader.end());
    found.take_faults(None, &mut reader);
    if let Err(fault) = result {
        found.refuse_json(None, &fault);
    }
}

fn collection(reader: &mut Reader, degrees: bool, found: &mut FeatureCollection) -> Result<()> {
    let (mut kind, mut listed) = (None, false);
    reader.object(|reader, key| match key {
        "type" => text_or_skip(reader).map(|text| kind = text),
        "crs" => crs(reader, found),
        "features" if reader.peek() == Some(b'[') => {
            listed = true;
            reader.array(|reader| {
                found.take_faults(None, reader);
                let at = found.features.len();
                let result = feature(reader, degrees, at, found);
                found.take_faults(Some(at), reader);
                result
            })
        }
        _ => reader.skip(),
    })?;
    if kind.as_deref() != Some("FeatureCollection") || !listed {
        let message = "the file is no FeatureCollection with a list of features";
        found.refuse(
            None,
            0,
            Flaw::new("geojson.type", message, "save it as one GeoJSON feature collection"),
        );
    }
    Ok(())
}

/// Reads `{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}`.
fn crs(reader: &mut Reader, found: &mut FeatureCollection) -> Result<()> {
    let offset = reader.offset();
    if reader.null()? {
        return Ok(());
    }
    let mut name = None;
    if reader.peek() == Some(b'{') {
        reader.object(|reader, key| match key {
            "properties" if reader.peek() == Some(b'{') => reader.object(|reader, key| match key {
                "name" => text_or_skip(reader).map(|text| name = text),
                _ => reader.skip(),
            }),
            _ => reader.skip(),
        })?;
    } else {
        reader.skip()?;
    }
    match name {
        Some(name) => found.crs = Some(name.into_owned()),
        None => found.refuse(
            None,
            offset,
            Flaw::new("crs.unreadable", "the crs member has no name", "remove it: city.toml states the CRS"),
        ),
    }
    Ok(())
}

fn feature(reader: &mut Reader, degrees: bool, at: usize, found: &mut FeatureCollection) -> Result<()> {
    let offset = reader.offset();
    if reader.peek() != Some(b'{') {
        found.features.push(Feature::default());
        found.refuse(Some(at), offset, Flaw::new("geojson.type", "a member of features is no feature", ""));
        return reader.skip();
    }
    let (mut kind, mut own, mut geometry) = (None, Feature::default(), None);
    reader.object(|reader, key| match key {
        "type" => text_or_skip(reader).map(|text| kind = text),
        "properties" if reader.peek() == Some(b'{') => reader.object(|reader, key| {
            let value = property(reader)?;
            own.properties.push((key.to_owned(), value));
            Ok(())
        }),
        "geometry" if !reader.null()? => {
            let offset = reader.offset();
            read_geometry(reader).map(|read| geometry = Some((offset, read)))
        }
        // A null that was read just now is no longer there to skip.
        "geometry" => Ok(()),
        _ => reader.skip(),
    })?;
    if kind.as_deref() != Some("Feature") {
        found.refuse(Some(at), offset, Flaw::new("geojson.type", "a member of features is no feature", ""));
    }
    if let Some((offset, read)) = geometry {
        own.drawn = true;
        match read {
            Ok(outline) => {
                own.had_heights = outline.had_heights();
                let mut flaws = outline.flaws(degrees);
                // The only way to such a coordinate is a number that was refused as one.
                flaws.retain(|flaw| flaw.code != "geometry.not_finite");
                if flaws.is_empty() && reader.faults.is_empty() {
                    own.wkb = Some(outline.to_wkb());
                }
                for flaw in flaws {
                    found.refuse(Some(at), offset, flaw);
                }
            }
            Err(flaw) => found.refuse(Some(at), offset, flaw),
        }
    }
    found.features.push(own);
    Ok(())
}

fn property(reader: &mut Reader) -> Result<Property> {
    Ok(if reader.null()? {
        Property::Null
    } else if let Some(b'-' | b'0'..=b'9' | b'N' | b'I') = reader.peek() {
        Property::Number(reader.number()?)
    } else {
        text_or_skip(reader)?.map_or(Property::Other, |text| Property::Text(text.into_owned()))
    })
}

fn text_or_skip<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>> {
    if reader.peek() == Some(b'"') { reader.string().map(Some) } else { reader.skip().map(|()| None) }
}

/// A geometry object: an outline, or why it is none.
fn read_geometry(reader: &mut Reader) -> Result<std::result::Result<Outline, Flaw>> {
    const SHAPES: &str = "draw polygons or multipolygons";
    if reader.peek() != Some(b'{') {
        reader.skip()?;
        return Ok(Err(Flaw::new("geometry.type", "the geometry is no object", SHAPES)));
    }
    let (mut kind, mut nest) = (None, Nest::default());
    reader.object(|reader, key| match key {
        "type" => text_or_skip(reader).map(|text| kind = text),
        "coordinates" => nest.read(reader).map(|height| nest.height = height),
        _ => reader.skip(),
    })?;
    nest.outline.multi = match kind.as_deref() {
        Some("Polygon") => false,
        Some("MultiPolygon") => true,
        Some(other) => {
            let shown: String = other.chars().take(40).collect();
            return Ok(Err(Flaw::new("geometry.type", format!("a {shown} is no area"), SHAPES)));
        }
        None => return Ok(Err(Flaw::new("geometry.type", "the geometry has no type", SHAPES))),
    };
    Ok(nest.finish())
}

/// Coordinates nested as the file nests them, whatever type they turn out to be of.
#[derive(Default)]
struct Nest {
    outline: Outline,
    /// Levels of lists above a position, if there is any position.
    height: Option<usize>,
    hollow: bool,
    uneven: bool,
}

impl Nest {
    /// Reads one value and returns how many levels of lists stand above its positions.
    fn read(&mut self, reader: &mut Reader) -> Result<Option<usize>> {
        if reader.peek() != Some(b'[') {
            self.uneven = true;
            return reader.skip().map(|()| None);
        }
        let (mut position, mut numbers) = ([0.0; 2], 0);
        let (mut height, mut members) = (None, 0);
        reader.array(|reader| {
            match reader.peek() {
                Some(b'[') => {
                    let below = self.read(reader)?;
                    self.uneven |= members > 0 && height != below && !self.hollow;
                    height = height.or(below);
                    members += 1;
                }
                Some(b'-' | b'0'..=b'9' | b'N' | b'I') => {
                    let number = reader.number()?;
                    if let Some(value) = position.get_mut(numbers) {
                        *value = number;
                    }
                    numbers += 1;
                }
                _ => {
                    self.uneven = true;
                    reader.skip()?;
                }
            }
            Ok(())
        })?;
        if numbers > 0 {
            self.uneven |= numbers < 2 || members > 0;
            self.outline.heights |= numbers > 2;
            self.outline.coords.push(position);
            return Ok(Some(0));
        }
        self.hollow |= members == 0;
        match height {
            Some(0) => self.outline.ring_ends.push(self.outline.coords.len()),
            Some(1) => self.outline.polygon_ends.push(self.outline.ring_ends.len()),
            _ => {}
        }
        Ok(height.map(|height| height + 1))
    }

    fn finish(self) -> std::result::Result<Outline, Flaw> {
        let (name, height, hint) = if self.outline.multi {
            ("MultiPolygon", 3, "a multipolygon is a list of polygons, each a list of rings of [lon, lat]")
        } else {
            ("Polygon", 2, "a polygon is a list of rings, each a list of [lon, lat]")
        };
        if self.uneven || self.height.is_some_and(|own| own != height) {
            Err(Flaw::new("geometry.shape", format!("the coordinates are not those of a {name}"), hint))
        } else if self.hollow || self.height.is_none() {
            Err(Flaw::new(
                "geometry.empty",
                "the geometry, or a ring of it, has no points",
                "draw it or remove it",
            ))
        } else {
            Ok(self.outline)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection_of(features: &str) -> String {
        format!("{{\"type\": \"FeatureCollection\", \"features\": [{features}]}}")
    }

    fn of_geometry(kind: &str, coordinates: &str) -> FeatureCollection {
        let geometry = format!("{{\"coordinates\": {coordinates}, \"type\": \"{kind}\"}}");
        let feature =
            format!("{{\"type\": \"Feature\", \"properties\": {{\"id\": \"a\"}}, \"geometry\": {geometry}}}");
        read_geojson(collection_of(&feature).as_bytes(), true)
    }

    fn codes(found: &FeatureCollection) -> Vec<&'static str> {
        found.faults.iter().map(|fault| fault.flaw.code).collect()
    }

    #[test]
    fn each_broken_geometry_has_its_one_fault() {
        let cases = [
            ("Polygon", "[]", "geometry.empty"),
            ("Polygon", "[[]]", "geometry.empty"),
            ("Polygon", "[[[0,0],[1,0],[1,1],[0,0]],[]]", "geometry.empty"),
            ("MultiPolygon", "[[[[0,0],[1,0],[1,1],[0,0]]],[]]", "geometry.empty"),
            ("Polygon", "[[0,0],[1,0],[1,1],[0,0]]", "geometry.shape"),
            ("Polygon", "[[[[0,0],[1,0],[1,1],[0,0]]]]", "geometry.shape"),
            ("MultiPolygon", "[[[0,0],[1,0],[1,1],[0,0]]]", "geometry.shape"),
            ("Polygon", "[[[0],[1,0],[1,1],[0,0]]]", "geometry.shape"),
            ("Polygon", "[[[0,\"1\"],[1,0],[1,1],[0,0]]]", "geometry.shape"),
            ("Polygon", "[[[0,0],[1,0],[1,1],[[0,0]]]]", "geometry.shape"),
            ("Polygon", "null", "geometry.shape"),
            ("Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]", "geometry.unclosed"),
            ("Polygon", "[[[0,0],[1,0],[0,0]]]", "geometry.too_few_points"),
            ("Polygon", "[[[0,0],[1,0],[1,0],[0,0]]]", "geometry.too_few_points"),
            ("Polygon", "[[[0,0],[1,0],[1,NaN],[0,0]]]", "json.number"),
            ("Polygon", "[[[0,0],[1,0],[1e400,1],[0,0]]]", "json.number"),
            ("Polygon", "[[[0,0],[1,0],[1e308,1],[0,0]]]", "geometry.out_of_range"),
            ("Polygon", "[[[179,0],[-179,0],[-179,1],[179,0]]]", "geometry.antimeridian"),
            ("Point", "[0,0]", "geometry.type"),
            ("GeometryCollection", "[]", "geometry.type"),
        ];
        for (kind, coordinates, code) in cases {
            let found = of_geometry(kind, coordinates);
            assert_eq!(codes(&found), [code], "{coordinates}");
            assert_eq!(found.faults[0].feature, Some(0), "{coordinates}");
            assert!(found.features[0].drawn && found.features[0].wkb.is_none(), "{coordinates}");
        }
    }

    #[test]
    fn swapped_coordinates_get_a_hint() {
        let found = of_geometry("Polygon", "[[[33,119],[33.1,119],[33.1,119.1],[33,119]]]");
        assert!(found.faults[0].flaw.hint.contains("swapped"));
    }

    #[test]
    fn either_orientation_gives_the_same_bytes() {
        let ccw = of_geometry("Polygon", "[[[0,0],[2,0],[2,2],[0,0]]]");
        let cw = of_geometry("Polygon", "[[[0,0],[2,2],[2,0],[0,0,9]]]");
        assert_eq!(ccw.features[0].wkb, cw.features[0].wkb);
        assert!(!ccw.features[0].had_heights && cw.features[0].had_heights);
    }

    #[test]
    fn well_known_binary_reads_back_as_it_was() {
        let found = of_geometry(
            "MultiPolygon",
            "[[[[0,0],[4,0],[4,4],[0,0]],[[2,1],[3,2],[3,1],[2,1]]],[[[5,5],[6,5],[6,6],[5,5]]]]",
        );
        let wkb = found.features[0].wkb.clone().expect("a sound outline");
        let outline = Outline::from_wkb(&wkb).expect("own bytes");
        assert_eq!((outline.polygon_ends.len(), outline.ring_ends.len(), outline.multi), (2, 3, true));
        assert_eq!(outline.to_wkb(), wkb);
    }

    #[test]
    fn faults_outside_of_features_have_a_line() {
        let found = read_geojson(b"{\"type\": \"FeatureCollection\",\n\"features\": [\n{]}", true);
        assert_eq!((codes(&found), found.faults[0].line), (vec!["json.syntax"], 3));
        assert_eq!(codes(&read_geojson(b"{}", true)), ["geojson.type"]);
        assert_eq!(
            codes(&read_geojson(b"{\"features\": [1, []], \"type\": \"FeatureCollection\"}", true)),
            ["geojson.type"; 2]
        );
        assert_eq!(codes(&read_geojson(b"ab\xff", true)), ["text.encoding"]);
        assert_eq!(read_geojson(b"ab\n\xff", true).faults[0].offset, 3);
        assert_eq!(codes(&read_geojson("{\"a\":".repeat(40).as_bytes(), true)), ["json.depth"]);
    }

    #[test]
    fn the_crs_member_is_told() {
        let with = |crs: &str| {
            read_geojson(
                format!("{{\"type\": \"FeatureCollection\", \"crs\": {crs}, \"features\": []}}").as_bytes(),
                true,
            )
        };
        let named = with("{\"type\": \"name\", \"properties\": {\"name\": \"urn:ogc:def:crs:EPSG::4490\"}}");
        assert_eq!((named.crs.as_deref(), named.faults.len()), (Some("urn:ogc:def:crs:EPSG::4490"), 0));
        assert_eq!((with("null").crs, with("null").faults.len()), (None, 0));
        assert_eq!(codes(&with("7")), ["crs.unreadable"]);
    }
}
