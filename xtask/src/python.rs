//! Whether Python, pip and the PyPI registry are within reach; nothing is installed here.

use crate::shell::Cmd;

/// Where the probe's download goes.
const PROBE: &str = "target/interop/probe";

/// The reason why interop cannot run on this machine, if there is one.
pub(crate) fn unavailable() -> Option<String> {
    let reason = |what: &str, error: Box<dyn std::error::Error>| {
        let text = error.to_string();
        let line = text
            .lines()
            .next_back()
            .unwrap_or_default()
            .trim()
            .to_owned();
        Some(format!("{what}: {line}"))
    };
    if let Err(error) = Cmd::new("python3 --version").read() {
        return reason("python3 is not there", error);
    }
    if let Err(error) = Cmd::new("python3 -m pip --version").read() {
        return reason("pip is not there", error);
    }
    let download =
        "python3 -m pip download --quiet --no-deps --disable-pip-version-check PyKMIP --dest";
    if let Err(error) = Cmd::new(download).arg(PROBE).read() {
        return reason("PyPI cannot be reached", error);
    }
    None
}
