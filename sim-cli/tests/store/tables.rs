//! What the tables hold, read back by the formats' own rules.

use std::fs::{self, File};

use crate::common::{FakeEngine, all_formats, run, settings};
use parquet::basic::{Compression, LogicalType, Type as Physical};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use sim_cli::settings::{Record, RecordSeries, RunSettings};
use sim_core::inference::Summary;

fn rich() -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let mut engine = FakeEngine::new("world-2020");
    engine.tenders = true;
    let record = Record {
        series: RecordSeries::Core,
        tenders: true,
    };
    let wanted = RunSettings {
        formats: all_formats(),
        record,
        ..settings(&out)
    };
    run(vec![engine], &wanted).done();
    (dir, out)
}

#[test]
fn parquet_and_text_hold_the_same_rows() {
    let (_dir, out) = rich();
    for name in ["replicates", "tenders"] {
        let file = File::open(out.join(format!("{name}.parquet"))).unwrap();
        let parquet = SerializedFileReader::new(file).unwrap();
        let mut text = csv::Reader::from_path(out.join(format!("{name}.csv"))).unwrap();
        let header: Vec<String> = text.headers().unwrap().iter().map(str::to_owned).collect();
        let columns = parquet.metadata().file_metadata().schema_descr().columns();
        assert_eq!(header, columns.iter().map(|c| c.name().to_owned()).collect::<Vec<_>>());
        let mut rows = text.records();
        let mut count = 0;
        for row in parquet.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let texts = row.get_column_iter().map(|(_, field)| match field {
                Field::Str(text) => text.clone(),
                Field::Long(count) => count.to_string(),
                Field::Date(days) => sim_cli::time::iso(*days),
                Field::Double(value) => sim_cli::output::number::number(*value),
                Field::Null => String::new(),
                other => panic!("{other:?}"),
            });
            let expected = rows.next().unwrap().unwrap();
            assert_eq!(texts.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
            count += 1;
        }
        assert!(rows.next().is_none());
        assert_eq!(count, if name == "tenders" { 18 } else { 12 * 18 });
    }
}

#[test]
fn parquet_has_dates_dictionaries_snappy_and_the_hash() {
    let (_dir, out) = rich();
    let file = File::open(out.join("replicates.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let meta = reader.metadata();
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("manifest.json")).unwrap()).unwrap();
    let pairs = meta.file_metadata().key_value_metadata().unwrap();
    assert_eq!(pairs[0].key, "oransim.manifest_hash");
    assert_eq!(pairs[0].value.as_deref(), manifest["hash"].as_str());
    assert_eq!(meta.file_metadata().created_by(), Some("oransim"));
    let group = meta.row_group(0);
    assert_eq!((meta.num_row_groups(), group.num_rows()), (1, 12 * 18));
    for column in group.columns() {
        assert_eq!(column.compression(), Compression::SNAPPY);
        let descr = column.column_descr();
        match descr.name() {
            "time" => assert_eq!(descr.logical_type_ref(), Some(&LogicalType::Date)),
            "value" => assert_eq!((descr.physical_type(), descr.max_def_level()), (Physical::DOUBLE, 1)),
            "replicate" => assert_eq!(descr.physical_type(), Physical::INT64),
            _ => {
                assert_eq!(descr.logical_type_ref(), Some(&LogicalType::String));
                assert!(column.dictionary_page_offset().is_some(), "{}", descr.name());
            }
        }
    }
}

#[test]
fn the_summary_is_that_of_the_replicates() {
    let (_dir, out) = rich();
    let mut values: std::collections::BTreeMap<Vec<String>, Vec<f64>> = Default::default();
    let mut replicates = csv::Reader::from_path(out.join("replicates.csv")).unwrap();
    for row in replicates.records() {
        let row = row.unwrap();
        let key = row
            .iter()
            .take(11)
            .enumerate()
            .filter(|(i, _)| *i != 1)
            .map(|(_, text)| text.to_owned());
        let value = if row[11].is_empty() {
            f64::NAN
        } else {
            row[11].parse().unwrap()
        };
        values.entry(key.collect()).or_default().push(value);
    }
    let mut summary = csv::Reader::from_path(out.join("summary.csv")).unwrap();
    let mut count = 0;
    for row in summary.records() {
        let row = row.unwrap();
        let key: Vec<String> = row.iter().take(10).map(str::to_owned).collect();
        let expected = Summary::of(&values[&key]);
        let number = |i: usize| row[i].parse::<f64>().unwrap_or(f64::NAN);
        assert_eq!(row[10], expected.n.to_string());
        let e = expected;
        for (i, value) in (11..).zip([e.mean, e.sd, e.p05, e.p25, e.p50, e.p75, e.p95, e.ci_low, e.ci_high]) {
            assert!(
                number(i) == value || (number(i).is_nan() && value.is_nan()),
                "{key:?} column {i}"
            );
        }
        count += 1;
    }
    assert_eq!(count, values.len());
}

#[test]
fn the_workbook_has_the_same_bytes_twice() {
    let (_one, first) = rich();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let (_two, second) = rich();
    let bytes = fs::read(first.join("summary.xlsx")).unwrap();
    assert!(bytes.starts_with(b"PK"));
    assert!(bytes == fs::read(second.join("summary.xlsx")).unwrap());
}
