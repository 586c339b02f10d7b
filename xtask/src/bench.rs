//! `cargo xtask bench`: the benches in release, and one table of their ratios.
//!
//! No time fails the task; a bench that does not run does. Progress goes to stderr, the table or
//! the JSON document to stdout. The rows are also left under `target/bench`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::Outcome;
use crate::engines::install;
use crate::shell::{Cmd, root, target};

#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON document instead of a table, or write it to FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    json: Option<Option<PathBuf>>,
    /// Only the rows of one group
    #[arg(long, value_enum, value_name = "GROUP")]
    only: Option<Group>,
    /// A tenth of the time: to see that the benches run, not for figures
    #[arg(long)]
    quick: bool,
}

/// A bench program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Reading and writing messages
    Ttlv,
    /// Typed messages against an untyped walk
    Kmip,
    /// Sealed units against raw ring
    Cipher,
    /// PSMDB's pages, in a batch and against OpenSSL
    Psmdb,
    /// The client's Get against bare rustls
    Client,
    /// A keystore of 100,000 data keys
    Keystore,
    /// Sealed files against raw ring, rage and openssl enc
    File,
    /// A WiredTiger host with ours, with other encryptors and with none
    Wiredtiger,
    /// redb over sealed units against redb alone, and a fork with encryption
    Redb,
}

impl Group {
    const ALL: [Self; 9] = [
        Self::Ttlv,
        Self::Kmip,
        Self::Cipher,
        Self::Psmdb,
        Self::Client,
        Self::Keystore,
        Self::File,
        Self::Wiredtiger,
        Self::Redb,
    ];

    /// Cargo's name for it.
    const fn target(self) -> &'static str {
        match self {
            Self::Ttlv => "ttlv",
            Self::Kmip => "kmip",
            Self::Cipher => "unit",
            Self::Psmdb => "psmdb",
            Self::Client => "client",
            Self::Keystore => "keystore",
            Self::File => "file",
            Self::Wiredtiger => "wiredtiger",
            Self::Redb => "redb",
        }
    }
}

pub(crate) fn run(options: &Options) -> Outcome {
    let folder = root().join("target/bench");
    fs::create_dir_all(&folder)?;
    eprintln!("building the benches");
    let features = features()?;
    let mut rows = Vec::new();
    for group in Group::ALL {
        if options.only.is_none_or(|only| only == group) {
            rows.extend(play(group, features, options.quick, &folder)?);
        }
    }
    let text = match options.json {
        None => table(&rows),
        Some(_) => format!("{:#}\n", Value::Array(rows.clone())),
    };
    match &options.json {
        Some(Some(file)) => {
            fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?
        }
        _ => print!("{text}"),
    }
    for line in remarks(&rows) {
        eprintln!("{line}");
    }
    Ok(())
}

/// Builds all, with the libraries of others if they can be had, and gives the features.
fn features() -> Outcome<&'static str> {
    let build = |features| {
        let build = "cargo bench --quiet -p strongroom-benches --benches --no-run --features";
        Cmd::new(build).arg(features).read()
    };
    match build("peers") {
        Ok(_) => Ok("peers"),
        Err(error) => {
            eprintln!("without aws-lc-rs, aes-gcm and redbx, which did not build: {error}");
            build("").map(|_| "")
        }
    }
}

/// Runs one bench program and gives its rows.
fn play(group: Group, features: &str, quick: bool, folder: &Path) -> Outcome<Vec<Value>> {
    let target = group.target();
    let lines = folder.join(format!("{target}.jsonl"));
    fs::write(&lines, "")?;
    eprintln!("running {target}{}", busy().unwrap_or_default());
    let path = lines
        .to_str()
        .ok_or("the path of target/bench is no text")?;
    let mut cmd = Cmd::new("cargo bench --quiet -p strongroom-benches --features")
        .arg(features)
        .arg("--bench")
        .arg(target)
        .variable("STRONGROOM_BENCH_JSON", path);
    if group == Group::Wiredtiger {
        for (name, value) in wiredtiger()? {
            cmd = cmd.variable(name, &value);
        }
    }
    if quick {
        cmd = cmd.variable("STRONGROOM_BENCH_QUICK", "1");
        let short = "-- --warm-up-time 0.02 --measurement-time 0.1 --sample-size 10";
        cmd = short.split(' ').fold(cmd, Cmd::arg);
    }
    cmd.read()?;
    merge(&fs::read_to_string(&lines)?)
}

/// Where the bench finds the host's library and ours, as far as they can be had; it leaves out what it is
/// not told of.
fn wiredtiger() -> Outcome<Vec<(&'static str, String)>> {
    let engines = root().join("target/engines");
    fs::create_dir_all(&engines)?;
    let tree = match install::library(&engines) {
        Ok(tree) => tree,
        Err(reason) => {
            eprintln!("WiredTiger cannot be had: {reason}");
            return Ok(Vec::new());
        }
    };
    Cmd::new("cargo build --quiet --release -p strongroom-wiredtiger").read()?;
    let library = target().join("release/libstrongroom_wiredtiger.so");
    Ok(vec![
        ("STRONGROOM_BENCH_WIREDTIGER", tree.display().to_string()),
        ("STRONGROOM_BENCH_LIBRARY", library.display().to_string()),
    ])
}

/// That other work disturbs the times, where the system says so.
fn busy() -> Option<String> {
    let load = fs::read_to_string("/proc/loadavg").ok()?;
    let load: f64 = load.split(' ').next()?.parse().ok()?;
    (load > 0.5).then(|| format!(" (load {load}: times may be too long, ratios hold)"))
}

/// The results, and of each planned row that has none, the row with the verdict `missing`.
fn merge(lines: &str) -> Outcome<Vec<Value>> {
    let mut rows = Vec::new();
    for line in lines.lines() {
        let mut row: Value = serde_json::from_str(line)?;
        if let Some(Value::Object(planned)) = row.get_mut("planned") {
            planned.insert("verdict".to_owned(), json!("missing"));
            rows.push(Value::Object(std::mem::take(planned)));
        } else if let Some(place) = rows.iter_mut().find(|known| is_same(known, &row)) {
            *place = row;
        } else {
            return Err(format!("a row that was not planned: {row}").into());
        }
    }
    Ok(rows)
}

fn is_same(a: &Value, b: &Value) -> bool {
    ["group", "work", "message", "bytes", "threads", "against"]
        .iter()
        .all(|key| a[key] == b[key])
}

const HEAD: [&str; 10] = [
    "group", "work", "on", "time", "against", "time", "ratio", "target", "allocs", "verdict",
];

/// The rows under each other, each column as wide as its widest cell.
fn table(rows: &[Value]) -> String {
    let mut cells = vec![HEAD.map(str::to_owned)];
    cells.extend(rows.iter().map(cells_of));
    let width = |column: usize| {
        let lengths = cells.iter().filter_map(|row| row.get(column));
        lengths.map(String::len).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let mut text = String::new();
    for row in &cells {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text.push_str("\nratio: time, or speed where marked, divided by that of the yardstick; median of all rounds.\n");
    text.push_str("growth: units of two threads divided by those of one, best round, divided by the yardstick's\n");
    text
}

fn cells_of(row: &Value) -> [String; 10] {
    let word = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let mark = match row["sense"].as_str() {
        Some("speed") => " of speed",
        Some("growth") => " of growth",
        _ => "x",
    };
    let ratio = row["ratio"].as_f64();
    let ratio = ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}{mark}"));
    let allocations = match (&row["allocations"], &row["allocationsAtMost"]) {
        (Value::Null, _) => "-".to_owned(),
        (count, Value::Null) => count.to_string(),
        (count, at_most) => format!("{count} (<= {at_most})"),
    };
    [
        word("group"),
        word("work"),
        subject(row),
        time(&row["ns"]),
        word("against"),
        time(&row["againstNs"]),
        ratio,
        word("target"),
        allocations,
        word("verdict"),
    ]
}

/// What the work is done with.
fn subject(row: &Value) -> String {
    let threads = match row["threads"].as_u64() {
        Some(threads @ 2..) => format!(", {threads} threads"),
        _ => String::new(),
    };
    match (row["message"].as_str(), row["bytes"].as_u64()) {
        (None | Some(""), _) => format!("{} B{threads}", row["bytes"]),
        // The message says it all.
        (Some(message), Some(0)) => format!("{message}{threads}"),
        (Some(message), _) => format!("{message}, {} B{threads}", row["bytes"]),
    }
}

/// A time in the unit that suits it.
fn time(nanoseconds: &Value) -> String {
    match nanoseconds.as_f64() {
        None => "-".to_owned(),
        Some(ns) if ns < 1e3 => format!("{ns:.1} ns"),
        Some(ns) if ns < 1e6 => format!("{:.1} us", ns / 1e3),
        Some(ns) => format!("{:.1} ms", ns / 1e6),
    }
}

/// What a reader of the table must not overlook.
fn remarks(rows: &[Value]) -> Vec<String> {
    let mut remarks = Vec::new();
    match rows.iter().find_map(|row| row["aesPath"].as_str()) {
        Some("fallback") => remarks.push(
            "warning: AES path: fallback; this processor has no instructions for AES".to_owned(),
        ),
        Some(path) => remarks.push(format!("AES path: {path}")),
        None => {}
    }
    for row in rows {
        let word = |key: &str| row[key].as_str().unwrap_or_default();
        let name = format!("{} {}, {}", word("group"), word("work"), subject(row));
        match row["verdict"].as_str() {
            Some("void") if row["sense"] == "growth" => remarks.push(format!(
                "void: {name}: with a second thread the yardstick did {} times as much only: no core was free for it",
                row["againstGrowth"]
            )),
            Some("void") => remarks.push(format!(
                "void: {name}: the yardstick takes {} times as long as a copy, may take {}",
                row["floor"], row["floorAtMost"]
            )),
            Some("missing") => remarks.push(format!("missing: {name} was not run")),
            Some("missed") => remarks.push(format!("missed: {name}")),
            _ => {}
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANNED: &str = r#"{"planned":{"group":"ttlv","work":"view","message":"get","bytes":312,"threads":1,"against":"walk"}}"#;
    const RESULT: &str = r#"{"group":"ttlv","work":"view","message":"get","bytes":312,"threads":1,"against":"walk","ratio":1.25,"sense":"time","ns":50.0,"againstNs":40.0,"target":"<= 1.3","verdict":"pass","allocations":0,"allocationsAtMost":1}"#;

    #[test]
    fn a_planned_row_without_a_result_is_missing_and_named() {
        let both = format!("{PLANNED}\n{RESULT}\n");
        let rows = merge(&both).unwrap();
        assert_eq!((rows.len(), &rows[0]["verdict"]), (1, &json!("pass")));
        assert!(remarks(&rows).is_empty());
        let rows = merge(PLANNED).unwrap();
        assert_eq!(rows[0]["verdict"], "missing");
        assert_eq!(
            remarks(&rows),
            ["missing: ttlv view, get, 312 B was not run"]
        );
        assert!(table(&rows).contains("missing"));
        assert!(merge(RESULT).is_err(), "a result that nobody planned");
    }

    #[test]
    fn the_aes_path_is_named_and_a_fallback_is_a_warning() {
        let mut row: Value = serde_json::from_str(RESULT).unwrap();
        row["aesPath"] = json!("VAES");
        assert_eq!(remarks(&[row.clone()]), ["AES path: VAES"]);
        row["aesPath"] = json!("fallback");
        assert!(remarks(&[row])[0].starts_with("warning: AES path: fallback"));
    }

    #[test]
    fn a_row_without_octets_says_none() {
        let mut row: Value = serde_json::from_str(RESULT).unwrap();
        assert_eq!(subject(&row), "get, 312 B");
        row["bytes"] = json!(0);
        assert_eq!(subject(&row), "get");
    }

    #[test]
    fn a_void_row_is_named_with_its_reason() {
        let mut row: Value = serde_json::from_str(RESULT).unwrap();
        row["verdict"] = json!("void");
        row["floor"] = json!(7.5);
        row["floorAtMost"] = json!(7.0);
        let remarks = remarks(&[row]);
        assert!(
            remarks[0].starts_with("void: ttlv view, get"),
            "{remarks:?}"
        );
        assert!(remarks[0].contains("7.5") && remarks[0].contains("7.0"));
        let mut row: Value = serde_json::from_str(RESULT).unwrap();
        for (key, value) in [("verdict", json!("void")), ("sense", json!("growth"))] {
            row[key] = value;
        }
        row["againstGrowth"] = json!(1.1);
        let remarks = super::remarks(&[row]);
        assert!(remarks[0].contains("1.1 times as much"), "{remarks:?}");
    }

    #[test]
    fn the_table_shows_times_ratio_target_and_verdict() {
        let rows = merge(&format!("{PLANNED}\n{RESULT}")).unwrap();
        let table = table(&rows);
        let line = table.lines().nth(1).unwrap();
        for cell in ["50.0 ns", "40.0 ns", "1.25x", "<= 1.3", "0 (<= 1)", "pass"] {
            assert!(line.contains(cell), "{cell} in {line}");
        }
        let mut speed = rows[0].clone();
        speed["sense"] = json!("speed");
        speed["ns"] = json!(2_500.0);
        let cells = cells_of(&speed);
        assert!(cells.contains(&"1.25 of speed".to_owned()));
        assert!(cells.contains(&"2.5 us".to_owned()));
        speed["threads"] = json!(2);
        speed["sense"] = json!("growth");
        let cells = cells_of(&speed);
        assert!(cells.contains(&"1.25 of growth".to_owned()));
        assert!(cells.contains(&"get, 312 B, 2 threads".to_owned()));
    }
}
