//! The project's own tasks. Each prints the commands that it runs; see CONTRIBUTING.md.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task's output is its product"
)]

mod bench;
mod ci;
mod codegen;
mod coverage;
mod crash;
mod engines;
mod fuzz;
mod interop;
mod named;
mod options;
mod packages;
mod python;
mod readme;
mod shell;
mod suite;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a task returns; the text of an error is shown to the caller of the task.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    about = "The project's own tasks"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that a change must pass: what .ci/run calls
    Ci,
    /// All tests; needs Rust alone
    Test,
    /// Rules that no compiler checks: edges, limits, minimum versions, links
    Tidy {
        /// Write generated documents instead of comparing them
        #[arg(long)]
        bless: bool,
    },
    /// Write the KMIP vocabulary from the tables in crates/kmip/spec
    Codegen {
        /// Write nothing; name the files that are not what the tables say
        #[arg(long)]
        check: bool,
    },
    /// Crash the keystore's writers in every way, known-bad ones too, which must be found out
    Crash(crash::Arguments),
    /// Count what is proved of each KMIP operation, and write docs/kmip/coverage.md
    Coverage {
        /// Count and write nothing; compare the page with the committed counts
        #[arg(long)]
        check: bool,
    },
    /// Package each library crate and build it outside the workspace
    Packages,
    /// The binary against a real KMIP server on loopback (needs Python and PyPI)
    Interop {
        /// The server to run against
        #[arg(long, value_enum, default_value = "pykmip")]
        server: interop::Peer,
        /// Play one part alone
        #[arg(long, value_enum)]
        only: Option<interop::Part>,
        /// Print one JSON document instead of a table
        #[arg(long)]
        json: bool,
    },
    /// The adapters under real, unmodified engines (needs Python and PyPI, and Debian)
    Engines {
        /// The engine to run
        #[arg(value_enum, default_value = "wiredtiger")]
        engine: engines::Engine,
    },
    /// The benches: ratios to yardsticks and peers, with targets and verdicts
    Bench(bench::Options),
    /// Fuzz one target, or each in turn, with libFuzzer (needs a C++ compiler)
    Fuzz(fuzz::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Ci => ci::run(),
        Task::Test => suite::run(),
        Task::Tidy { bless } => tidy::run(bless),
        Task::Codegen { check } => codegen::run(check),
        Task::Coverage { check } => coverage::run(check),
        Task::Crash(arguments) => crash::run(&arguments),
        Task::Packages => packages::run(),
        Task::Interop { server, only, json } => interop::run(server, only, json),
        Task::Engines { engine } => engines::run(engine),
        Task::Bench(options) => bench::run(&options),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
