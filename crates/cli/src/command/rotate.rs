//! `strongroom rotate`: master key rotation, or a look at what it would do.

use std::path::Path;

use strongroom::{Class, LiveRequest, LiveRotation, LiveStore};
use strongroom_config::Config;

use super::{Context, live, status, unlock};
use crate::args::RotateArgs;
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, args: &RotateArgs) -> Result<(), Failure> {
    let config = context.config(&args.config)?;
    if args.dry_run {
        return plan(context, &config, args);
    }
    rotate(context, &config, args)
}

/// Rotates, in the process that has the store open where there is one, then prints the status.
pub(crate) fn rotate(context: &Context, config: &Config, args: &RotateArgs) -> Result<(), Failure> {
    let dbpath = &args.dbpath.dbpath;
    refuse_live_move(config, dbpath)?;
    let identifier = config
        .kmip
        .as_ref()
        .and_then(|kmip| kmip.key_identifier.as_ref());
    let request = LiveRequest::Rotate {
        key_identifier: identifier.map(|setting| setting.value.clone()),
        shared_key: args.shared_key,
    };
    match live::ask::<LiveRotation>(dbpath, &request)? {
        Some(rotated) => report(
            (rotated.old.as_deref(), &rotated.new),
            rotated.resumed,
            &rotated.warnings,
        ),
        None => {
            let options = unlock::options(args.shared_key);
            let rotated = context.wait(strongroom::rotate(config, dbpath, &options))?;
            report(
                (rotated.old.as_deref(), &rotated.new),
                rotated.resumed,
                &rotated.warnings,
            );
        }
    }
    status::print(context, Some(config), dbpath, args.json).map(drop)
}

/// The process that has the store open goes on with the key servers of its own configuration.
fn refuse_live_move(config: &Config, dbpath: &Path) -> Result<(), Failure> {
    let moves = config
        .kmip
        .as_ref()
        .and_then(|kmip| kmip.migrate_from.as_ref());
    if moves.is_none() || LiveStore::find(dbpath)?.is_none() {
        return Ok(());
    }
    let text = format!(
        "{} is open in another process, which knows its own key servers: a store does not move meanwhile",
        dbpath.display()
    );
    let help =
        "End that process, run the same command again, and start it with the new configuration.";
    Err(Failure::new(Class::Locked, text).help(help))
}

fn report((old, new): (Option<&str>, &str), resumed: bool, warnings: &[impl std::fmt::Display]) {
    let resumed = match resumed {
        true => "interrupted rotation finished",
        false => "rotated",
    };
    let from = old.map_or_else(String::new, |old| format!(" from {old}"));
    output::message(&format!("{resumed}: master key{from} to {new}"));
    output::message(
        "data encryption keys were sealed anew, not replaced; who had the old master key and an old keystore has them",
    );
    for warning in warnings {
        output::message(&format!("warning: {warning}"));
    }
}

fn plan(context: &Context, config: &Config, args: &RotateArgs) -> Result<(), Failure> {
    let options = unlock::options(args.shared_key);
    let plan = context.wait(strongroom::plan_rotation(
        config,
        &args.dbpath.dbpath,
        &options,
    ))?;
    if args.json {
        return output::json(&serde_json::json!({
            "old": plan.old,
            "interrupted": plan.interrupted.map(|phase| phase.to_string()),
            "takes": plan.takes,
            "makes": plan.makes,
            "dataKeys": plan.data_keys,
            "servers": plan.servers,
            "leaves": plan.leaves,
        }));
    }
    output::data(&format!("master key in use: {}", plan.old))?;
    if let Some(phase) = plan.interrupted {
        output::data(&format!(
            "would go on with an interrupted rotation in phase {phase}"
        ))?;
    }
    if let Some(id) = &plan.takes {
        output::data(&format!("would take the key with Unique Identifier {id}"))?;
    }
    if let Some(name) = &plan.makes {
        output::data(&format!("would make a key named {name}"))?;
    }
    output::data(&format!(
        "would seal {} data encryption keys anew; data is not rewritten",
        plan.data_keys
    ))?;
    output::data(&format!(
        "would wait for {} to return the new key",
        plan.servers.join(", ")
    ))?;
    if !plan.leaves.is_empty() {
        output::data(&format!(
            "would leave {}, where the old key is deactivated",
            plan.leaves.join(", ")
        ))?;
    }
    output::data("nothing was changed")
}
