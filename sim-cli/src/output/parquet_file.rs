//! What the Parquet tables share: schema, properties and columns written in small batches.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use crate::exit::{Context as _, Failure, Result};
use crate::store::atomic::Sink;
use crate::store::tenders::{Column, Kind};

/// Rows of a row group.
pub const ROW_GROUP: usize = 1 << 20;

/// Key of the manifest's hash in the metadata of a file.
pub const HASH_KEY: &str = "oransim.manifest_hash";

/// A writer of a table with these columns.
///
/// Text is encoded by dictionary. Numbers are not: they hardly repeat. No library version is written
/// into the file, so that its bytes are a function of the data.
///
/// # Errors
/// Of the disk.
pub fn writer<'a>(
    columns: &[(&str, Kind)],
    manifest_hash: &str,
    sink: &'a mut Sink,
    path: &Path,
) -> Result<SerializedFileWriter<&'a mut Sink>> {
    let fields = columns
        .iter()
        .map(|(name, kind)| field(name, *kind))
        .collect::<parquet::errors::Result<_>>();
    let schema = Type::group_type_builder("oransim")
        .with_fields(fields.while_doing("write", path)?)
        .build()
        .while_doing("write", path)?;
    SerializedFileWriter::new(sink, Arc::new(schema), properties(columns, manifest_hash)).while_doing("write", path)
}

fn field(name: &str, kind: Kind) -> parquet::errors::Result<TypePtr> {
    let (physical, logical, repetition) = match kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
        Kind::Number => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        Kind::Count => (Physical::INT64, None, Repetition::REQUIRED),
        Kind::Day => (Physical::INT32, Some(LogicalType::Date), Repetition::REQUIRED),
    };
    Type::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition)
        .build()
        .map(Arc::new)
}

fn properties(columns: &[(&str, Kind)], manifest_hash: &str) -> WriterPropertiesPtr {
    let mut builder = WriterProperties::builder()
        .set_created_by("oransim".into())
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_key_value_metadata(Some(vec![KeyValue::new(HASH_KEY.into(), manifest_hash.to_owned())]));
    for (name, kind) in columns {
        let dictionary = *kind != Kind::Number;
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(*name), dictionary);
    }
    Arc::new(builder.build())
}

/// Writes a batch of values to a column of the same kind. NaN becomes null.
///
/// # Errors
/// Of the disk.
pub fn write_batch(writer: &mut ColumnWriter<'_>, batch: &Column, path: &Path) -> Result<()> {
    let written = match (writer, batch) {
        (ColumnWriter::ByteArrayColumnWriter(writer), Column::Text(values)) => {
            let values: Vec<ByteArray> = values.iter().map(|text| ByteArray::from(text.as_str())).collect();
            writer.write_batch(&values, None, None)
        }
        (ColumnWriter::DoubleColumnWriter(writer), Column::Number(values)) => {
            let levels: Vec<i16> = values.iter().map(|value| i16::from(!value.is_nan())).collect();
            let defined: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            writer.write_batch(&defined, Some(&levels), None)
        }
        (ColumnWriter::Int64ColumnWriter(writer), Column::Count(values)) => {
            let values: Vec<i64> = values.iter().map(|value| i64::from(*value)).collect();
            writer.write_batch(&values, None, None)
        }
        (ColumnWriter::Int32ColumnWriter(writer), Column::Day(values)) => writer.write_batch(values, None, None),
        _ => {
            return Err(Failure::CouldNotGoOn(format!(
                "{}: a column is not of its kind",
                path.display()
            )));
        }
    };
    written.while_doing("write", path)?;
    Ok(())
}
