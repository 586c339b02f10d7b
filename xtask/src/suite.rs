//! `cargo xtask test`: all tests of the workspace, then the fuzz targets over their seeds on stable.

use crate::Outcome;
use crate::shell::{Cmd, root};

/// Names the folder with data from outside; tests that need it say so when it is unset.
pub(crate) const KMIP_DATA: &str = "STRONGROOM_KMIP_DATA";

pub(crate) fn run() -> Outcome {
    match std::env::var_os(KMIP_DATA) {
        Some(folder) => println!("{KMIP_DATA} = {}", folder.display()),
        None => {
            println!("{KMIP_DATA} is not set: tests that read outside data are skipped and say so")
        }
    }
    Cmd::new("cargo test --workspace").run()?;
    // Nothing in the workspace asks for the blocking client and the second TLS provider.
    Cmd::new("cargo test -p strongroom-client --all-features").run()?;
    if !root().join("fuzz/Cargo.toml").is_file() {
        return Err("fuzz/Cargo.toml does not exist: no fuzz target was replayed".into());
    }
    // The same target folder, so that what both workspaces share is built once.
    Cmd::new("cargo test --manifest-path fuzz/Cargo.toml --target-dir target").run()
}
