//! `cargo xtask fuzz`: cargo-fuzz with our folders and limits.

use std::fs;

use crate::Outcome;
use crate::shell::{Cmd, root};

/// Longest input in octets: beyond the decoders' default message limit nothing new happens.
const INPUT_LEN_MAX: u32 = 65_536;

pub(crate) fn run(target: Option<&str>, secs: u32) -> Outcome {
    if let Some(missing) = missing() {
        return Err(missing.into());
    }
    let all = Cmd::new("cargo +nightly fuzz list --fuzz-dir fuzz").read()?;
    let targets: Vec<&str> = all.split_whitespace().collect();
    match target {
        Some(one) if targets.contains(&one) => fuzz(one, secs),
        Some(one) => Err(format!("no fuzz target {one}; there are: {}", targets.join(", ")).into()),
        None => targets.iter().try_for_each(|one| fuzz(one, secs)),
    }
}

/// What must be installed first, with the command that does it.
fn missing() -> Option<String> {
    if Cmd::new("cargo +nightly --version").read().is_err() {
        return Some(
            "fuzzing needs a nightly toolchain: rustup toolchain install nightly".to_owned(),
        );
    }
    if Cmd::new("cargo +nightly fuzz --version").read().is_err() {
        return Some("fuzzing needs cargo-fuzz: cargo install --locked cargo-fuzz".to_owned());
    }
    None
}

/// New inputs go to the ignored corpus; the committed seeds are read only.
fn fuzz(target: &str, secs: u32) -> Outcome {
    let corpus = format!("fuzz/corpus/{target}");
    fs::create_dir_all(root().join(&corpus)).map_err(|error| format!("{corpus}: {error}"))?;
    let seeds = format!("fuzz/seeds/{target}");
    let mut cmd = Cmd::new("cargo +nightly fuzz run --fuzz-dir fuzz --features libfuzzer")
        .arg(target)
        .arg(corpus);
    if root().join(&seeds).is_dir() {
        cmd = cmd.arg(seeds);
    }
    cmd.arg("--")
        .arg(format!("-max_total_time={secs}"))
        .arg(format!("-max_len={INPUT_LEN_MAX}"))
        .run()
}
