//! The `strongroom` command: reads the command line and hands over to one file per command.
#![forbid(unsafe_code)]

mod args;
mod command;
mod failure;
mod input;
mod output;
mod quickstart;
mod scan;

use std::process::ExitCode;

use clap::{ArgMatches, FromArgMatches};
use strongroom::Class;

use crate::args::{Cli, Command};
use crate::command::Context;
use crate::failure::Failure;

fn main() -> ExitCode {
    let matches = match args::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return misused(&error),
    };
    let wants_json = wants_json(&matches);
    match run(&matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match (failure.is_quiet(), wants_json) {
                (true, _) => {}
                (false, true) => output::message(&failure.json().to_string()),
                (false, false) => output::message(&failure.to_string()),
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

/// A command line that is none, or asks for help. clap knows no matches then, so `--json` is looked
/// for among the words.
fn misused(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|word| word == "--json");
    if !error.use_stderr() || !wants_json {
        error.exit();
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    // What follows is clap's advice, for people.
    let message = text.split("\n\n").next().unwrap_or(text);
    let failure = Failure::new(Class::Configuration, message.trim());
    output::message(&failure.json().to_string());
    ExitCode::from(failure.exit_code())
}

fn wants_json(matches: &ArgMatches) -> bool {
    let mut innermost = matches;
    while let Some((_, sub)) = innermost.subcommand() {
        innermost = sub;
    }
    innermost
        .try_get_one::<bool>("json")
        .is_ok_and(|json| json.copied().unwrap_or(false))
}

fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let cli = Cli::from_arg_matches(matches)
        .map_err(|error| Failure::because(Class::Configuration, "command line", &error))?;
    let context = Context::new(args::overrides(matches))?;
    match cli.command {
        Command::Quickstart(args) => quickstart::run(&context, &args),
        Command::Unlock(args) => command::unlock::run(&context, &args),
        Command::Rotate(args) => command::rotate::run(&context, &args),
        Command::Status(args) => command::status::run(&context, &args),
        Command::Doctor(args) => command::doctor::run(&context, &args),
        Command::Keys(args) => command::keys::run(&context, &args),
        Command::Master(args) => command::master::run(&context, &args),
        Command::Backups(args) => command::backups::run(&context, &args),
        Command::Keystore(args) => command::keystore::run(&context, &args),
        Command::File(args) => command::file::run(&context, &args),
        Command::Kmip(args) => command::kmip::run(&context, &args),
        Command::Server(args) => command::server::run(&context, &args),
        Command::Config(args) => command::config::run(&context, &args),
        Command::Ttlv(args) => command::ttlv::run(&args),
        Command::Explain { code } => command::explain::run(code),
        Command::Completions { shell } => command::shell::completions(shell),
        Command::Man => command::shell::man(),
    }
}
