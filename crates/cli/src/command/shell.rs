//! `strongroom completions SHELL` and `strongroom man`.

use strongroom::Class;

use crate::args;
use crate::failure::Failure;
use crate::output;

/// Prints a completion script.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "strongroom", &mut script);
    output::octets(&script)
}

/// Prints the manual page in roff.
pub(crate) fn man() -> Result<(), Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(args::command())
        .render(&mut page)
        .map_err(|error| Failure::because(Class::CheckFailed, "manual page", &error))?;
    output::octets(&page)
}
