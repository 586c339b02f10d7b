//! CSV and NDJSON into records. Pure, no I/O.

use std::path::Path;

use super::{InputError, Record};

/// How the records stand in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma separated, with a header line (RFC 4180).
    Csv,
    /// One JSON object a line.
    Ndjson,
}

impl Format {
    /// By the file's extension, else by its first octet.
    pub(crate) fn guess(path: &Path, octets: &[u8]) -> Self {
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("csv") => Self::Csv,
            Some("ndjson" | "jsonl" | "json") => Self::Ndjson,
            _ if octets.trim_ascii_start().first() == Some(&b'{') => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

/// All records of `octets`.
///
/// # Errors
///
/// [`InputError::Line`] for the first line that is not a record.
pub(crate) fn records(
    name: &str,
    format: Format,
    octets: &[u8],
) -> Result<Vec<Record>, InputError> {
    match format {
        Format::Csv => csv_records(name, octets),
        Format::Ndjson => ndjson_records(name, octets),
    }
}

fn bad_line(name: &str, line: u64, what: impl Into<String>) -> InputError {
    InputError::Line {
        name: name.to_owned(),
        line,
        what: what.into(),
    }
}

fn csv_records(name: &str, octets: &[u8]) -> Result<Vec<Record>, InputError> {
    let mut reader = csv::ReaderBuilder::new().from_reader(octets);
    let headers = reader
        .headers()
        .map_err(|error| csv_error(name, &error))?
        .clone();
    if let Some(column) = headers.iter().position(str::is_empty) {
        let column = column.saturating_add(1);
        return Err(bad_line(name, 1, format!("column {column} has no name")));
    }
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| csv_error(name, &error))?;
        let line = row.position().map_or(0, csv::Position::line);
        if row.iter().any(|value| value.contains('\0')) {
            return Err(bad_line(name, line, "a value holds a zero byte"));
        }
        let fields = headers
            .iter()
            .zip(row.iter())
            .map(|(header, value)| (header.to_owned(), value.to_owned()))
            .collect();
        records.push(Record { fields });
    }
    Ok(records)
}

fn csv_error(name: &str, error: &csv::Error) -> InputError {
    let line = error.position().map_or(1, csv::Position::line);
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} values where the header names {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "not UTF-8 text".to_owned(),
        _ => "not a CSV row".to_owned(),
    };
    bad_line(name, line, what)
}

fn ndjson_records(name: &str, octets: &[u8]) -> Result<Vec<Record>, InputError> {
    let mut records = Vec::new();
    for (line, octets) in (1_u64..).zip(octets.split(|&octet| octet == b'\n')) {
        if octets.trim_ascii().is_empty() {
            continue;
        }
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(octets)
            .map_err(|error| bad_line(name, line, format!("not a JSON object: {error}")))?;
        let fields = object
            .into_iter()
            .map(|(field, value)| match value {
                serde_json::Value::String(text) => (field, text),
                other => (field, other.to_string()),
            })
            .collect::<Vec<_>>();
        if fields.is_empty() {
            return Err(bad_line(name, line, "an object without fields"));
        }
        records.push(Record { fields });
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubbish_is_named_with_its_line() {
        let cases: &[(&str, Format, &[u8], u64, &str)] = &[
            (
                "a value too many",
                Format::Csv,
                b"a,b\n1,2\n1,2,3\n",
                3,
                "3 values",
            ),
            ("a value too few", Format::Csv, b"a,b\n1\n", 2, "1 values"),
            ("no UTF-8", Format::Csv, b"a,b\n1,2\n\xff,2\n", 3, "UTF-8"),
            ("zero byte", Format::Csv, b"a,b\n1,\0\n", 2, "zero byte"),
            (
                "nameless column",
                Format::Csv,
                b"a,,c\n1,2,3\n",
                1,
                "column 2",
            ),
            (
                "not JSON",
                Format::Ndjson,
                b"{\"a\":1}\nrubbish\n",
                2,
                "JSON object",
            ),
            (
                "not an object",
                Format::Ndjson,
                b"{\"a\":1}\n\n[1]\n",
                3,
                "JSON object",
            ),
            ("cut off", Format::Ndjson, b"{\"a\":", 1, "JSON object"),
            ("no fields", Format::Ndjson, b"{}\n", 1, "without fields"),
            (
                "no UTF-8 in JSON",
                Format::Ndjson,
                b"{\"a\":\"\xff\"}\n",
                1,
                "JSON object",
            ),
        ];
        for (what, format, octets, line, text) in cases {
            let error = records("input", *format, octets).unwrap_err();
            let InputError::Line {
                line: found,
                what: said,
                ..
            } = &error
            else {
                panic!("{what}: {error:?}");
            };
            assert_eq!(found, line, "{what}");
            assert!(said.contains(text), "{what}: {said}");
        }
    }

    #[test]
    fn both_formats_give_the_same_records() {
        let csv = records("c", Format::Csv, b"a,b\nx,\"1,5\"\n").unwrap();
        let ndjson = records("n", Format::Ndjson, b"{\"a\":\"x\",\"b\":\"1,5\"}\r\n").unwrap();
        assert_eq!(csv, ndjson);
    }

    #[test]
    fn the_format_is_guessed_from_name_then_content() {
        for (path, octets, format) in [
            ("x.csv", b"{" as &[u8], Format::Csv),
            ("x.JSONL", b"a,b", Format::Ndjson),
            ("x", b"  {\"a\":1}", Format::Ndjson),
            ("x", b"a,b", Format::Csv),
        ] {
            assert_eq!(Format::guess(Path::new(path), octets), format, "{path}");
        }
    }
}
