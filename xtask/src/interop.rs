//! `cargo xtask interop`: the real binary and the client against a real KMIP server, over the wire.
//!
//! Everything that it writes lies under `target/interop`; the installed server is kept there.
//! Progress goes to stderr, the table or the JSON document to stdout.

mod cuts;
mod forged;
mod hand;
mod lanes;
mod matrix;
mod moves;
mod pki;
mod proxy;
mod pykmip;
mod rows;
mod site;
mod table;
mod trial;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use clap::ValueEnum;

use self::lanes::Played;
use self::matrix::Matrix;
use self::site::Stage;
use crate::shell::{Cmd, root};
use crate::{Outcome, python};

/// The server to run against.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Peer {
    /// PyKMIP 0.11.0 from PyPI
    Pykmip,
}

/// A part of the run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The life of a store, with every cut and every wrong key
    Stores,
    /// Of the stores: the start-up decision table
    Table,
    /// Of the stores: keystores that somebody forged or put back
    Forged,
    /// Of the stores: the move to another key server
    Moves,
    /// Operation x version x peer
    Matrix,
}

/// Plays all rows, or those of one part; a failing row is an error. Without Python or PyPI it says
/// so and passes.
pub(crate) fn run(peer: Peer, only: Option<Part>, json: bool) -> Outcome {
    let Peer::Pykmip = peer;
    let folder = root().join("target/interop");
    fs::create_dir_all(&folder)?;
    // One run at a time: they share the folder. The lock goes with the process.
    let lock = fs::File::create(folder.join("lock"))?;
    if lock.try_lock().is_err() {
        eprintln!("waiting for another run in {}", folder.display());
        lock.lock()?;
    }
    let venv = folder.join("venv");
    if !pykmip::is_installed(&venv) {
        if let Some(reason) = python::unavailable() {
            skipped(&reason, json);
            return Ok(());
        }
        pykmip::install(&venv)?;
    }
    eprintln!("building the binary");
    Cmd::new("cargo build --quiet -p strongroom-cli").read()?;
    let run = folder.join("run");
    if run.exists() {
        fs::remove_dir_all(&run)?;
    }
    fs::create_dir_all(&run)?;
    let started = Instant::now();
    let pki = pki::make(&run.join("pki"))?;
    let binary = target_folder().join("debug/strongroom");
    let stage = Stage {
        venv: &venv,
        binary: &binary,
        folder: &run,
        pki: &pki,
    };
    let played = lanes::play(&stage, only)?;
    eprintln!("played in {} s", started.elapsed().as_secs());
    report(&played, json)
}

fn target_folder() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR");
    root().join(named.unwrap_or_else(|| "target".into()))
}

fn skipped(reason: &str, json: bool) {
    if json {
        println!(
            "{}",
            serde_json::json!({ "skipped": reason, "rows": [], "matrices": [] })
        );
    } else {
        println!("interop is skipped: {reason}");
    }
}

fn report(played: &Played, json: bool) -> Outcome {
    let Played { trials, matrices } = played;
    if json {
        let document = serde_json::json!({
            "peer": "PyKMIP 0.11.0",
            "notRun": "Vault Enterprise: profile only, never run against the real one",
            "rows": trials,
            "matrices": matrices,
        });
        println!("{document:#}");
    } else {
        if !trials.is_empty() {
            print!("{}", trial::table(trials));
        }
        print!("{}", matrix::table(matrices));
    }
    let failed = trials.iter().filter(|trial| !trial.passed).count();
    let cells: usize = matrices.iter().map(Matrix::failed).sum();
    if failed == 0 && cells == 0 {
        Ok(())
    } else {
        let rows = trials.len();
        Err(format!("{failed} of {rows} rows and {cells} cells of the matrices failed").into())
    }
}
