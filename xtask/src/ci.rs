//! `cargo xtask ci`: every gate, one after the other; a table of steps at the end.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::python;
use crate::readme;
use crate::shell::{Cmd, root};

/// One gate.
struct Step {
    name: &'static str,
    run: fn() -> Outcome<Verdict>,
}

/// How a step that did not fail ended.
#[derive(Debug)]
enum Verdict {
    Passed,
    /// Not run, and why.
    Skipped(String),
}

/// What became of a step.
struct Report {
    name: &'static str,
    took: Duration,
    result: Result<Verdict, String>,
}

/// The quick ones first; the ones that share a build beside each other.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        run: fmt,
    },
    Step {
        name: "codegen",
        run: || one("cargo xtask codegen --check"),
    },
    Step {
        name: "coverage",
        run: || one("cargo xtask coverage --check"),
    },
    Step {
        name: "clippy",
        run: clippy,
    },
    // README's second command, as written there.
    Step {
        name: "test",
        run: || one(readme::TESTS),
    },
    Step {
        name: "doc",
        run: doc,
    },
    Step {
        name: "tidy",
        run: || one("cargo xtask tidy"),
    },
    Step {
        name: "packages",
        run: || one("cargo xtask packages"),
    },
    // README's first command, as written there.
    Step {
        name: "quickstart",
        run: quickstart,
    },
    Step {
        name: "crash",
        run: || one("cargo xtask crash --quick"),
    },
    Step {
        name: "interop",
        run: interop,
    },
];

pub(crate) fn run() -> Outcome {
    for tool in [
        "cargo --version",
        "rustc --version",
        "cargo fmt --version",
        "cargo clippy --version",
        "python3 --version",
    ] {
        let version = Cmd::new(tool).read();
        println!(
            "{tool}: {}",
            version.as_deref().map_or("not there", str::trim)
        );
    }
    let reports: Vec<Report> = STEPS.iter().map(execute).collect();
    let (text, failed) = summary(&reports);
    println!("{text}");
    if failed == 0 {
        Ok(())
    } else {
        std::process::exit(1)
    }
}

fn execute(step: &Step) -> Report {
    println!("\n== {} ==", step.name);
    let start = Instant::now();
    let result = (step.run)().map_err(|error| error.to_string());
    if let Err(error) = &result {
        println!("{}: {error}", step.name);
    }
    Report {
        name: step.name,
        took: start.elapsed(),
        result,
    }
}

/// The table, then the count alone on the last line; and how many failed.
fn summary(reports: &[Report]) -> (String, usize) {
    let mut text = String::from("\n");
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for report in reports {
        let verdict = match &report.result {
            Ok(Verdict::Passed) => {
                passed = passed.saturating_add(1);
                "passed".to_owned()
            }
            Ok(Verdict::Skipped(reason)) => format!("skipped: {reason}"),
            Err(error) => {
                failed = failed.saturating_add(1);
                format!("FAILED: {error}")
            }
        };
        let secs = report.took.as_secs_f64();
        text.push_str(&format!("{:<12}{secs:>8.1} s  {verdict}\n", report.name));
    }
    text.push_str(&format!("{passed} passed, {failed} failed"));
    (text, failed)
}

fn one(line: &str) -> Outcome<Verdict> {
    Cmd::new(line).run().map(|()| Verdict::Passed)
}

fn fmt() -> Outcome<Verdict> {
    one("cargo fmt --all --check")?;
    one("cargo fmt --manifest-path fuzz/Cargo.toml --check")
}

fn clippy() -> Outcome<Verdict> {
    one("cargo clippy --workspace --all-targets -- -D warnings")?;
    one("cargo clippy -p strongroom-client --all-targets --all-features -- -D warnings")
}

fn doc() -> Outcome<Verdict> {
    let cmd = Cmd::new("cargo doc --workspace --all-features --no-deps")
        .variable("RUSTDOCFLAGS", "-D warnings");
    cmd.run().map(|()| Verdict::Passed)
}

/// Runs the main job as README.md writes it, in a folder that was not there before and is removed after.
fn quickstart() -> Outcome<Verdict> {
    let command = readme::main_job()?;
    let folder = readme::dbpath(&command).ok_or("README.md's command has no --dbpath")?;
    let own = Path::new(folder);
    let is_below = |part| matches!(part, Component::CurDir | Component::Normal(_));
    if own.file_name().is_none() || !own.components().all(is_below) {
        return Err(format!("README.md's --dbpath {folder} does not lie below the root").into());
    }
    let folder = root().join(own);
    let remove = || match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    };
    remove()?;
    let result = one(&command);
    remove()?;
    result
}

fn interop() -> Outcome<Verdict> {
    if let Some(reason) = python::unavailable() {
        println!("interop is skipped: {reason}");
        return Ok(Verdict::Skipped(reason));
    }
    one("cargo xtask interop --server pykmip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_count_alone_and_a_skip_is_not_a_pass() {
        let report = |name, result| Report {
            name,
            took: Duration::from_millis(1_500),
            result,
        };
        let (text, failed) = summary(&[
            report("a", Ok(Verdict::Passed)),
            report("b", Err("`x` failed".to_owned())),
            report("c", Ok(Verdict::Skipped("no python".to_owned()))),
        ]);
        assert_eq!(text.lines().last(), Some("1 passed, 1 failed"));
        assert_eq!(failed, 1);
        assert!(text.contains("a                1.5 s  passed"), "{text}");
        assert!(text.contains("skipped: no python"));
    }
}
