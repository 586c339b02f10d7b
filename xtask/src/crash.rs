//! Proofs that no crash loses a store: each harness also runs writers that are known to be bad, and
//! fails when it does not find them out.

mod blocks;
mod calls;
mod disks;
mod draw;
mod faults;
mod fuse;
mod judge;
mod power;
mod replay;

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};

use crate::Outcome;
use crate::named::NamedTests;
use crate::shell::{Cmd, target};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Every third fault and cut only: for a quick look
    #[arg(long)]
    quick: bool,
    /// Write the findings to this file as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// This part alone: states, rotations, corruption, calls, power, blocks
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    States,
    Rotations,
    Corruption,
    Calls,
    Power,
    Blocks,
}

/// Tests that explore states: the write orders of the keystore, bad sectors, a model of rotation with two
/// key servers, the seal of phase *both*, and then first start and rotation on the wire; with mutants.
const EXPLORERS: [NamedTests; 3] = [
    NamedTests {
        of: "-p strongroom-keystore --test it",
        names: &["crash", "rotation"],
    },
    NamedTests {
        of: "-p strongroom-keystore --lib",
        names: &["seal_of_phase_both"],
    },
    // Cut at every message; two servers with lag and failover; forged keystores; rotations that are known
    // to be bad.
    NamedTests {
        of: "-p strongroom --test it",
        names: &["cuts::", "lag::", "forged::", "mutants::"],
    },
];

/// Seeded rotations with two servers: in a process that SIGKILL ends, and with lag, lost messages and failovers.
const ROTATIONS: NamedTests = NamedTests {
    of: "-p strongroom --test it",
    names: &["kill::", "killed::"],
};

/// Every change of one octet and every truncation of a keystore of 4 KiB, in each place.
const CORRUPTION: NamedTests = NamedTests {
    of: "-p strongroom-keystore --test it",
    names: &["corruption"],
};

const RELEASE: &str = "--release";

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let is_wanted = |part| arguments.only.is_none_or(|only| only == part);
    if is_wanted(Part::States) {
        for tests in EXPLORERS {
            timed(tests.of, || tests.command("")?.run())?;
        }
    }
    if is_wanted(Part::Rotations) {
        let (build, lives, kills) = match arguments.quick {
            true => ("", "15", "30"),
            false => (RELEASE, "1000", "1000"),
        };
        let rotations = ROTATIONS
            .command(build)?
            .variable("STRONGROOM_ROTATIONS", lives)
            .variable("STRONGROOM_KILLS", kills);
        timed("seeded rotations", || rotations.run())?;
    }
    if is_wanted(Part::Corruption) && !arguments.quick {
        let corruption = CORRUPTION.command(RELEASE)?;
        let corruption = corruption.variable("STRONGROOM_FULL_CORRUPTION", "1");
        timed("corruption", || corruption.run())?;
    }
    let build = "cargo build --quiet -p strongroom-keystore --example crash_writer";
    timed(build, || Cmd::new(build).run())?;
    let writer = target().join("debug/examples/crash_writer");
    let (step, subsets) = if arguments.quick { (3, 4) } else { (1, 48) };
    let mut found = Vec::new();
    if is_wanted(Part::Calls) {
        found.extend(timed("system calls", || faults::run(&writer, step))?);
    }
    if is_wanted(Part::Power) {
        found.extend(timed("power cuts", || power::run(&writer, step))?);
    }
    if is_wanted(Part::Blocks) {
        found.extend(timed("block writes", || blocks::run(&writer, subsets))?);
    }
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&found)?)?;
    }
    judge::verdict(&found)
}

/// Does a part, and says how long it took.
fn timed<T>(part: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let start = Instant::now();
    let done = work();
    println!("{part} took {:.1} s", start.elapsed().as_secs_f64());
    done
}
