//! Damaged index files: a typed error, or answers that are right; unverified, never a panic or a read outside.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use gov_routing::{BuildOptions, FileError, Geometries, GridIndex, Verify};

/// `n` x `n` squares, with corners at odd places so that no cell of the raster is bare.
fn squares(n: usize) -> GridIndex {
    let at = |i: usize| i as f64 * 0.01 + (i % 7) as f64 * 0.0003;
    let mut geometries = Geometries::default();
    for y in 0..n {
        for x in 0..n {
            let (a, b, c, d) = (at(x), at(x + 1), at(y), at(y + 1));
            geometries.push_rings(&[vec![vec![[a, c], [b, c], [b, d], [a, d], [a, c]]]]).expect("a square");
        }
    }
    let ids: Vec<String> = (0..n * n).map(|i| format!("网格{i}")).collect();
    let index = GridIndex::build(geometries, BuildOptions::default()).expect("a partition");
    index.with_ids(&ids, "digest").expect("one id a grid")
}

fn points(n: usize) -> (Vec<f64>, Vec<f64>) {
    let side = n as f64 * 0.0105;
    (0..200).map(|i| ((f64::from(i) * 0.618).fract() * side, (f64::from(i) * 0.414).fract() * side)).unzip()
}

fn answers(index: &GridIndex, (lon, lat): &(Vec<f64>, Vec<f64>)) -> Vec<u32> {
    let mut out = vec![0; lon.len()];
    index.locate_batch(lon, lat, &mut out, 1).expect("equal lengths");
    out
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("gov-damage-{}-{name}", std::process::id()))
}

#[test]
fn every_byte_of_a_small_file_counts_or_does_not_matter() {
    let index = squares(4);
    let points = points(4);
    let right = answers(&index, &points);
    let mut bytes = Vec::new();
    index.write(&mut bytes).expect("memory");
    let mut refused = 0;
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            bytes[at] ^= flip;
            match GridIndex::from_bytes(&bytes, Verify::IfSmall) {
                Ok(index) => assert_eq!(answers(&index, &points), right, "byte {at}"),
                Err(FileError::Foreign | FileError::Version { .. } | FileError::Damaged(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
            bytes[at] ^= flip;
        }
    }
    assert!(refused > bytes.len(), "most bytes are under a checksum: {refused} of {}", bytes.len() * 3);
    for length in 0..bytes.len() {
        assert!(GridIndex::from_bytes(&bytes[..length], Verify::Always).is_err(), "cut to {length}");
    }
}

/// The number of mutations is 2,000 in a debug run; CI's release run asks for 100,000.
#[test]
fn unverified_damage_never_panics() {
    let rounds: u64 = std::env::var("GOV_DAMAGE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let index = squares(180);
    let points = points(180);
    let path = scratch("large");
    index.save(&path).expect("a writable folder");
    let length = std::fs::metadata(&path).expect("it was saved").len();
    assert!(length > 10_000_000, "{length}");
    let mut file = OpenOptions::new().read(true).write(true).open(&path).expect("it was saved");
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % n
    };
    let mut opened = 0;
    for _ in 0..rounds {
        let spots: Vec<(u64, [u8; 8])> = (0..=random(16))
            .map(|_| {
                let at = random(length - 8);
                let mut old = [0; 8];
                file.seek(SeekFrom::Start(at)).expect("inside");
                file.read_exact(&mut old).expect("inside");
                file.seek(SeekFrom::Start(at)).expect("inside");
                file.write_all(&random(1 << 53).to_le_bytes()).expect("inside");
                (at, old)
            })
            .collect();
        if let Ok(index) = GridIndex::open(&path, Verify::Never) {
            opened += 1;
            for (slot, (lon, lat)) in answers(&index, &points).into_iter().zip(points.0.iter().zip(&points.1))
            {
                assert_eq!(index.locate(*lon, *lat).expect("finite").unwrap_or(gov_routing::UNCOVERED), slot);
            }
            // Ids may be gone, but asking for them is fine.
            let _ = index.ids();
        }
        for (at, old) in spots.into_iter().rev() {
            file.seek(SeekFrom::Start(at)).expect("inside");
            file.write_all(&old).expect("inside");
        }
    }
    assert!(opened > rounds / 2);
    assert!(GridIndex::open(&path, Verify::Always).is_ok(), "all damage was mended again");
    std::fs::remove_file(&path).expect("it is there");
}

#[test]
fn saving_is_whole_or_not_at_all() {
    let index = squares(3);
    let folder = scratch("folder");
    std::fs::create_dir(&folder).expect("a writable folder");
    let path = folder.join("index.gov");
    std::fs::write(&path, b"old").expect("a writable folder");
    assert!(matches!(GridIndex::open(&path, Verify::IfSmall), Err(FileError::Foreign)));
    index.save(&path).expect("a writable folder");
    let opened = GridIndex::open(&path, Verify::Always).expect("just saved");
    assert_eq!((opened.ids(), opened.digest()), (index.ids(), "digest"));
    assert_eq!(opened.content_sum(), index.content_sum());
    // Saved again while it is open: the open one still reads the old file.
    index.save(&path).expect("a writable folder");
    assert_eq!(answers(&opened, &points(3)), answers(&index, &points(3)));
    assert!(index.save(&folder.join("no/such/folder")).is_err());
    let left: Vec<_> = std::fs::read_dir(&folder).expect("it is there").collect();
    assert_eq!(left.len(), 1, "no temporary file is left: {left:?}");
    std::fs::remove_dir_all(&folder).expect("it is there");
    assert!(matches!(GridIndex::open(&path, Verify::IfSmall), Err(FileError::Io(_))));
}
