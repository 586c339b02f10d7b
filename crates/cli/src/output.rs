//! Where text goes: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use strongroom::Class;

use crate::failure::Failure;

/// Prints `text` and a line end to stdout.
///
/// # Errors
///
/// When stdout is gone (a closed pipe, a full disk).
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| refused(&error))
}

/// Prints octets to stdout.
///
/// # Errors
///
/// As [`data`].
pub(crate) fn octets(octets: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(octets)
        .and_then(|()| out.flush())
        .map_err(|error| refused(&error))
}

fn refused(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::closed_pipe(),
        _ => Failure::because(Class::Storage, "cannot write to stdout", error),
    }
}

/// Prints a JSON document to stdout.
///
/// # Errors
///
/// As [`data`].
pub(crate) fn json(value: &serde_json::Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::because(Class::CheckFailed, "JSON", &error))?;
    data(&text)
}

/// Prints `text` to stderr. A message that cannot be shown stops no work.
pub(crate) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A progress bar over records on a terminal, nothing elsewhere.
pub(crate) fn progress(what: &'static str, len: usize) -> ProgressBar {
    let len = u64::try_from(len).unwrap_or(u64::MAX);
    bar(what, Some(len), "  {msg} [{bar:40}] {pos}/{len}")
}

/// A progress bar over octets on a terminal, nothing elsewhere; without a length it counts.
pub(crate) fn progress_octets(what: &'static str, len: Option<u64>) -> ProgressBar {
    let template = match len {
        Some(_) => "  {msg} [{bar:40}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        None => "  {msg} {bytes} {bytes_per_sec}",
    };
    bar(what, len, template)
}

fn bar(what: &'static str, len: Option<u64>, template: &str) -> ProgressBar {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(len, target).with_message(what);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(octets.len().saturating_mul(2));
    for octet in octets {
        let _ = write!(text, "{octet:02x}");
    }
    text
}
