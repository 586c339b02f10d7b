//! `cargo xtask engines`: the adapters under real, unmodified engines from PyPI and Debian.
//!
//! Everything that it writes lies under `target/engines`; installed hosts are kept there.

mod host;
pub(crate) mod install;
mod redb;
mod rows;
mod tool;

use std::fs;

use clap::ValueEnum;

use self::host::{Kind, Site};
use crate::Outcome;
use crate::shell::{Cmd, root};

/// The engine to run.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Engine {
    /// Three WiredTiger hosts, encrypted by the loadable library
    Wiredtiger,
    /// A program that keeps records in redb, then the adapter's crash campaign in release
    Redb,
}

/// One line of the table.
pub(crate) struct Row {
    host: &'static str,
    name: &'static str,
    result: Result<String, String>,
}

/// Runs what there is for one engine; what fails is an error.
pub(crate) fn run(engine: Engine) -> Outcome {
    match engine {
        Engine::Wiredtiger => wiredtiger(),
        Engine::Redb => redb::run(),
    }
}

/// Plays all rows; a failing one is an error. Hosts that cannot be installed are skipped with the
/// reason.
fn wiredtiger() -> Outcome {
    let folder = root().join("target/engines");
    fs::create_dir_all(&folder)?;
    let lock = fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    eprintln!("building the library and the binary");
    Cmd::new("cargo build --quiet -p strongroom-wiredtiger -p strongroom-cli").read()?;
    let run = folder.join("run");
    if run.exists() {
        fs::remove_dir_all(&run)?;
    }
    let site = Site::start(&run)?;
    let mut rows = Vec::new();
    let hosts = [
        (
            "WiredTiger 11.3.1",
            Kind::Binding,
            install::binding(&folder),
        ),
        (
            "SecantusDB (11.2.0)",
            Kind::Mongo,
            install::secantus(&folder),
        ),
    ];
    for (name, kind, installed) in hosts {
        match installed {
            Ok(python) => rows.extend(rows::play(&site, name, kind, &python)),
            Err(reason) => println!("{name} is skipped: {reason}"),
        }
    }
    match install::tool(&folder) {
        Ok(root) => rows.extend(tool::play(&site, &root)),
        Err(reason) => println!("Debian's wt 3.2.1 is skipped: {reason}"),
    }
    report(&rows)
}

fn report(rows: &[Row]) -> Outcome {
    let mut failed = 0_usize;
    for row in rows {
        let (verdict, text) = match &row.result {
            Ok(text) => ("passed", text),
            Err(text) => {
                failed = failed.saturating_add(1);
                ("FAILED", text)
            }
        };
        println!("{:<20} {:<44} {verdict}  {text}", row.host, row.name);
    }
    println!("{} rows, {failed} failed", rows.len());
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} of {} rows failed", rows.len()).into())
    }
}
