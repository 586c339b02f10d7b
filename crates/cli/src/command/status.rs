//! `strongroom status`.

use std::path::Path;

use strongroom::{
    Class, LiveRequest, MachineReport, MasterReport, PollReport, RunningReport, Status,
};
use strongroom_config::Config;

use super::{Context, live, unlock};
use crate::args::StatusArgs;
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, args: &StatusArgs) -> Result<(), Failure> {
    let config = match &args.config.config {
        Some(_) => Some(context.config(&args.config)?),
        None => None,
    };
    let status = print(context, config.as_ref(), &args.dbpath.dbpath, args.json)?;
    both_copies(&status)
}

/// The warning of a command that tells how things stand: a copy of the keystore is bad.
pub(super) fn both_copies(status: &Status) -> Result<(), Failure> {
    let bad = status.copies.iter().filter(|copy| !copy.sound);
    let bad: Vec<String> = bad
        .map(|copy| format!("{} is {}", copy.file, copy.health))
        .collect();
    if bad.is_empty() {
        return Ok(());
    }
    let help = "Run `strongroom unlock`, which writes the bad copy again from its twin.";
    Err(Failure::new(Class::Warnings, bad.join(", ")).help(help))
}

/// Prints the status of the store in `dbpath`: as the process says that has it open, else as it is on
/// disk.
pub(crate) fn print(
    context: &Context,
    config: Option<&Config>,
    dbpath: &Path,
    json: bool,
) -> Result<Status, Failure> {
    let told = live::ask(dbpath, &LiveRequest::Status {}).unwrap_or_else(|failure| {
        output::message(&format!(
            "notice: the running process was not asked: {failure}"
        ));
        None
    });
    let status = match told {
        Some(status) => status,
        None => {
            let options = unlock::options(false);
            context.wait(strongroom::status(config, dbpath, &options))?
        }
    };
    if json {
        let value = serde_json::to_value(&status)
            .map_err(|error| Failure::because(Class::CheckFailed, "status", &error))?;
        output::json(&value)?;
    } else {
        output::data(text(&status).trim_end())?;
    }
    Ok(status)
}

fn text(status: &Status) -> String {
    let mut lines = vec![
        format!(
            "store {} (label {}), keystore generation {}",
            status.store_id, status.store_label, status.generation
        ),
        format!(
            "rotation: {}",
            status.rotation.as_deref().unwrap_or("none under way")
        ),
    ];
    if let Some(report) = &status.running {
        lines.push(running(report));
        lines.push(polling(report.polling.as_ref()));
    }
    lines.extend(
        status
            .master_key
            .as_ref()
            .map(|key| master("master key", key)),
    );
    lines.extend(
        status
            .next_master_key
            .as_ref()
            .map(|key| master("next master key", key)),
    );
    lines.extend(
        status
            .retired_master_keys
            .iter()
            .map(|key| master("retired", key)),
    );
    for server in &status.servers {
        let answer = match (&server.key_state, &server.error) {
            (Some(state), _) => format!("answers; key {state}"),
            (None, Some(error)) => format!("does not answer: {error}"),
            (None, None) => "answers; key state not told".to_owned(),
        };
        lines.push(format!("key server {}: {answer}", server.server));
    }
    for certificate in &status.certificates {
        let warning = if certificate.renewal_due {
            "warning: "
        } else {
            ""
        };
        lines.push(format!("{warning}{}", certificate.line));
    }
    for key in &status.keys {
        lines.push(format!(
            "data key {} generation {}: {}",
            key.id, key.generation, key.state
        ));
    }
    for copy in &status.copies {
        let warning = match copy.sound {
            true => "",
            false => "warning: ",
        };
        lines.push(format!("{warning}{}: {}", copy.file, copy.health));
    }
    lines.push(format!("pin: {}", status.pin));
    lines.push(format!("AES path: {}", status.machine.aes_path));
    lines.push(key_memory(&status.machine));
    let warnings = status.machine.warnings.iter();
    lines.extend(warnings.map(|warning| format!("warning: {warning}")));
    lines.join("\n")
}

fn running(report: &RunningReport) -> String {
    let rings = report.rings.iter();
    let rings: Vec<String> = rings
        .map(|ring| format!("{} generation {}", ring.id, ring.generation))
        .collect();
    let seals = match rings.is_empty() {
        true => "no key yet".to_owned(),
        false => rings.join(", "),
    };
    format!(
        "running: process {} since {}; seals with {seals}",
        report.process, report.since
    )
}

fn polling(report: Option<&PollReport>) -> String {
    let Some(report) = report else {
        return "key state: not looked at while it runs".to_owned();
    };
    let (Some(finding), Some(at)) = (&report.finding, &report.last_poll) else {
        let seconds = report.period_seconds;
        return format!("key state: looked at every {seconds} s, not yet");
    };
    let server = report.server.as_deref().unwrap_or("no server");
    let answer = report.last_answer.as_deref().unwrap_or("never");
    let (warning, follows) = match report.is_active {
        true => ("", String::new()),
        false => ("warning: ", format!("; onKeyState {}", report.on_key_state)),
    };
    format!(
        "{warning}key state: {finding} at {at}; last told at {answer} by {server}; looked at every {} s{follows}",
        report.period_seconds
    )
}

fn key_memory(machine: &MachineReport) -> String {
    let memory = &machine.key_memory;
    let strict = match machine.strict_key_memory {
        true => "; a start insists on all of it",
        false => "",
    };
    format!(
        "key memory: locked {}, left out of dumps {}, wiped on fork {}, guarded {}{strict}",
        memory.locked, memory.left_out_of_dumps, memory.wiped_on_fork, memory.guarded
    )
}

fn master(what: &str, key: &MasterReport) -> String {
    let name = key.name.as_deref().unwrap_or("without a Name");
    let state = key.state.as_deref().unwrap_or(if key.deactivated {
        "Deactivated by us"
    } else {
        "state not asked"
    });
    let shared = if key.shared { ", shared" } else { "" };
    format!(
        "{what}: {} ({name}), {} {} bits, {state}{shared}",
        key.unique_identifier, key.algorithm, key.length_bits
    )
}
