//! `strongroom config show|check`: reads files, asks no server.

use strongroom_config::Config;

use super::Context;
use crate::args::ConfigCommand;
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, command: &ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Show { config, json } => show(&context.config(config)?, *json),
        ConfigCommand::Check { config } => check(&context.config(config)?),
    }
}

fn show(config: &Config, json: bool) -> Result<(), Failure> {
    if json {
        let rows = config.rows().iter().map(|row| {
            serde_json::json!({
                "option": row.option.path(),
                "value": row.value,
                "origin": row.origin.to_string(),
            })
        });
        return output::json(&serde_json::Value::Array(rows.collect()));
    }
    for row in config.rows() {
        let value = row.value.as_deref().unwrap_or("(not set)");
        output::data(&format!(
            "{} = {value}  [{}]",
            row.option.path(),
            row.origin
        ))?;
    }
    Ok(())
}

fn check(config: &Config) -> Result<(), Failure> {
    if let Some(error) = config.check_files().into_iter().next() {
        return Err(strongroom::Error::from(error).into());
    }
    // Parses certificates, keys and the list of servers, and opens no connection.
    strongroom::KeyServers::from_config(config)?;
    output::data("configuration is sound; no server was asked")
}
