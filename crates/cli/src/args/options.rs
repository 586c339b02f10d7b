//! Adds the options of the table to every command that takes `--config`, and reads them back.

use clap::{Arg, ArgMatches, Command, CommandFactory};
use strongroom_config::{Kind, OPTIONS, OptionRow, Overrides};

use super::Cli;

const HEADING: &str = "Options of the configuration file";

/// The whole command line, options of the table included.
pub(crate) fn command() -> Command {
    with_options(Cli::command())
}

fn with_options(mut command: Command) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(name, with_options);
    }
    let takes_config = command.get_arguments().any(|arg| arg.get_id() == "config");
    if takes_config {
        command = command.args(OPTIONS.iter().map(arg));
    }
    command
}

fn arg(row: &'static OptionRow) -> Arg {
    let arg = Arg::new(row.flag)
        .long(row.flag)
        .alias(row.alias)
        .help(row.help)
        .help_heading(HEADING)
        .value_name(value_name(row.kind))
        .hide_short_help(true);
    match row.kind {
        Kind::Switch => arg.num_args(0..=1).default_missing_value("true"),
        _ => arg.num_args(1).allow_negative_numbers(true),
    }
}

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Switch => "BOOL",
        Kind::Path => "FILE",
        Kind::Integer { .. } => "N",
        Kind::Choice(_) => "WORD",
        Kind::Secret => "SECRET",
        _ => "TEXT",
    }
}

/// The table's options that were given as flags, of the innermost command.
pub(crate) fn overrides(matches: &ArgMatches) -> Overrides {
    let mut innermost = matches;
    while let Some((_, sub)) = innermost.subcommand() {
        innermost = sub;
    }
    OPTIONS
        .iter()
        .filter_map(|row| {
            let value = innermost.try_get_one::<String>(row.flag).ok().flatten()?;
            Some((row.id, value.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn each_option_is_taken_in_both_spellings_wherever_a_configuration_is() {
        for row in OPTIONS {
            for flag in [row.flag, row.alias] {
                let matches = command()
                    .try_get_matches_from([
                        "strongroom",
                        "unlock",
                        "--dbpath",
                        "d",
                        &format!("--{flag}"),
                        "7",
                    ])
                    .unwrap();
                let found = format!("{:?}", overrides(&matches));
                assert!(found.contains(&format!("{:?}", row.id)), "{flag}: {found}");
            }
        }
    }

    #[test]
    fn a_switch_needs_no_value() {
        let line = [
            "strongroom",
            "unlock",
            "--dbpath",
            "d",
            "--kmipRotateMasterKey",
            "--json",
        ];
        let matches = command().try_get_matches_from(line).unwrap();
        assert!(format!("{:?}", overrides(&matches)).contains("KmipRotateMasterKey"));
    }
}
