//! `cargo xtask fuzz`: builds the targets of `fuzz/` with libFuzzer and runs them, without cargo-fuzz.
//!
//! New inputs go to `fuzz/corpus`, inputs that broke something to `fuzz/artifacts`, logs and binaries
//! below `target/fuzz`. Progress goes to stderr, the table or the JSON document to stdout.

mod binaries;
mod engine;
mod report;
mod stats;

use std::fs;
use std::num::NonZero;

use clap::{Args, ValueEnum};

use crate::Outcome;
use crate::shell::{Cmd, root};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Name of the target; each in turn without it
    target: Option<String>,
    /// Executions for each target, over all jobs; with --secs, what comes first ends the run
    #[arg(long)]
    runs: Option<NonZero<u64>>,
    /// Seconds for each target; 60 when --runs is not given
    #[arg(long)]
    secs: Option<NonZero<u64>>,
    /// What watches the memory; address needs a nightly toolchain
    #[arg(long, value_enum, default_value = "none")]
    sanitizer: Sanitizer,
    /// Processes side by side, one core each
    #[arg(long, default_value = "1")]
    jobs: NonZero<u16>,
    /// Longest input in octets
    #[arg(long, default_value_t = 4096)]
    max_len: u32,
    /// Print one JSON document instead of a table
    #[arg(long)]
    json: bool,
    /// Run seeds and corpus once, and count the item types and errors that they reach
    #[arg(long, conflicts_with_all = ["runs", "secs", "sanitizer", "jobs", "max_len"])]
    coverage: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sanitizer {
    /// The pinned stable toolchain
    None,
    /// AddressSanitizer
    Address,
}

impl Sanitizer {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Address => "address",
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let all = targets()?;
    let chosen = match &arguments.target {
        None => all,
        Some(one) if all.contains(one) => vec![one.clone()],
        Some(one) => {
            return Err(format!("no fuzz target {one}; there are: {}", all.join(", ")).into());
        }
    };
    if arguments.coverage {
        return coverage(&chosen, arguments.json);
    }
    let folder = binaries::build(&chosen, arguments.sanitizer)?;
    let mut rows = Vec::new();
    for target in &chosen {
        let row = engine::run(&engine::Job::new(arguments, target, &folder)?)?;
        eprintln!("{target}: {}", row.stats);
        rows.push(row);
    }
    report::print(arguments, &rows);
    let findings: Vec<&str> = rows
        .iter()
        .flat_map(|row| row.stats.findings.iter().map(String::as_str))
        .collect();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(format!("{} findings: {}", findings.len(), findings.join(", ")).into())
    }
}

/// A target is a file in `fuzz/fuzz_targets`; a test there compares them with the functions.
fn targets() -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .and_then(|name| name.to_str())
                .map(str::to_owned),
        );
    }
    names.sort();
    Ok(names)
}

/// On stable Rust and without libFuzzer.
fn coverage(targets: &[String], json: bool) -> Outcome {
    let line =
        "cargo run --quiet --manifest-path fuzz/Cargo.toml --target-dir target --example reach --";
    let mut cmd = Cmd::new(line);
    for target in targets {
        cmd = cmd.arg(target);
    }
    if json {
        cmd = cmd.arg("--json");
    }
    print!("{}", cmd.read()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_found() {
        let targets = targets().unwrap();
        for target in ["frame_stream", "ttlv_item", "ttlv_round_trip"] {
            assert!(targets.iter().any(|name| name == target), "{target}");
        }
    }
}
