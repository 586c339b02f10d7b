//! Builds the targets with the instrumentation that libFuzzer reads.

use std::path::PathBuf;

use super::Sanitizer;
use crate::Outcome;
use crate::shell::{Cmd, root};

/// A counter for each edge, and which edge it is. Comparisons are not traced: that makes the targets two to four
/// times slower and reached no more edges in the same time; values that a format asks for come from the seeds and
/// from the mutator that knows lengths.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table";

/// Builds `targets` and gives the folder of the binaries. What is shared is built once for each sanitizer; the
/// rest of the tree keeps its own folder.
pub(super) fn build(targets: &[String], sanitizer: Sanitizer) -> Outcome<PathBuf> {
    let (cargo, flags) = match sanitizer {
        Sanitizer::None => ("cargo", COVERAGE.to_owned()),
        Sanitizer::Address => {
            if Cmd::new("cargo +nightly --version").read().is_err() {
                let text = "the address sanitizer needs a nightly toolchain: rustup toolchain install nightly";
                return Err(text.into());
            }
            ("cargo +nightly", format!("{COVERAGE} -Zsanitizer=address"))
        }
    };
    let host = host(&Cmd::new("rustc -vV").read()?)?;
    let folder = format!("target/fuzz/{}", sanitizer.name());
    // With `--target`, the flags do not reach build scripts and macros.
    let mut cmd = Cmd::new(cargo)
        .arg("build")
        .arg("--release")
        .arg("--manifest-path")
        .arg("fuzz/Cargo.toml")
        .arg("--features")
        .arg("libfuzzer")
        .arg("--target-dir")
        .arg(&folder)
        .arg("--target")
        .arg(&host)
        .variable("RUSTFLAGS", &flags);
    for target in targets {
        cmd = cmd.arg("--bin").arg(target);
    }
    // Its output would stand in the JSON document; an error comes with it.
    eprintln!("building {} in {folder}", targets.join(", "));
    cmd.read()?;
    Ok(root().join(folder).join(host).join("release"))
}

fn host(version: &str) -> Outcome<String> {
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc -vV names no host")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_rustc_says() {
        let text = "rustc 1.95.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(host(text).unwrap(), "x86_64-unknown-linux-gnu");
        assert!(host("rustc 1.95.0\n").is_err());
    }
}
