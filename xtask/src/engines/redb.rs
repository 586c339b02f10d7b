//! redb, unmodified, over sealed units: a program that keeps records in it under a running store, and the
//! adapter's crash campaign.

mod campaign;
mod rows;
mod worker;

use std::fs;

use super::host::Site;
use super::report;
use crate::Outcome;
use crate::shell::{Cmd, root};

/// Plays all rows, then runs the campaign; what fails is an error.
pub(super) fn run() -> Outcome {
    let folder = root().join("target/engines");
    fs::create_dir_all(&folder)?;
    let lock = fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    eprintln!("building the program and the binary");
    Cmd::new("cargo build --quiet -p strongroom-cli --bin strongroom --example redb_host")
        .read()?;
    let run = folder.join("run-redb");
    if run.exists() {
        fs::remove_dir_all(&run)?;
    }
    let rows = rows::play(&Site::start(&run)?);
    report(&rows)?;
    campaign::run()
}
