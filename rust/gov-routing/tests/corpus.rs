//! Every input that fuzzing starts from or has ever tripped over, through what the fuzz targets do with it.

#[path = "../../../fuzz/cases.rs"]
mod cases;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

type Case = fn(&[u8]);

#[test]
fn every_input_of_the_corpus_holds() {
    let targets: [(&str, Case); 5] = [
        ("wkb", cases::wkb),
        ("geojson", cases::geojson),
        ("json_lines", cases::json_lines),
        ("index_file", cases::index_file),
        ("rules", cases::rules),
    ];
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, case) in targets {
        case(&[]);
        let mut inputs = 0;
        for entry in fs::read_dir(corpus.join(name)).expect("each target has a corpus") {
            let path = entry.expect("a readable folder").path();
            let bytes = fs::read(&path).expect("a readable file");
            assert!(catch_unwind(|| case(&bytes)).is_ok(), "{} breaks it", path.display());
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no inputs");
    }
}
