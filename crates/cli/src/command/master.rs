//! `strongroom master list|destroy`.

use strongroom::{Class, ListedMaster, MasterList, Stray};

use super::{Context, unlock};
use crate::args::{DestroyArgs, MasterCommand};
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, command: &MasterCommand) -> Result<(), Failure> {
    match command {
        MasterCommand::List {
            config,
            dbpath,
            json,
        } => {
            let config = match &config.config {
                Some(_) => Some(context.config(config)?),
                None => None,
            };
            let options = unlock::options(false);
            let listed = strongroom::list_masters(config.as_ref(), &dbpath.dbpath, &options);
            let list = context.wait(listed)?;
            if *json {
                let value = serde_json::to_value(&list)
                    .map_err(|error| Failure::because(Class::CheckFailed, "master keys", &error))?;
                return output::json(&value);
            }
            output::data(&text(&list))
        }
        MasterCommand::Destroy(args) => destroy(context, args),
    }
}

fn destroy(context: &Context, args: &DestroyArgs) -> Result<(), Failure> {
    if !args.yes {
        let id = &args.id;
        let what = format!("master key {id:?} was not destroyed: --yes is not given");
        let help = "A destroyed key never comes back, and backups under it that are not registered are lost. Look at `strongroom master list`, then give --yes.";
        return Err(Failure::new(Class::Configuration, what).help(help));
    }
    let config = context.config(&args.config)?;
    let options = unlock::options(false);
    let destroyed = strongroom::destroy_master(&config, &args.dbpath.dbpath, &args.id, &options);
    let destroyed = context.wait(destroyed)?;
    for warning in &destroyed.warnings {
        output::message(&format!("warning: {warning}"));
    }
    if args.json {
        return output::json(&serde_json::json!({
            "uniqueIdentifier": destroyed.unique_identifier,
            "wasGone": destroyed.was_gone,
            "stray": destroyed.stray,
        }));
    }
    let how = match (destroyed.was_gone, destroyed.stray) {
        (true, _) => "was gone from every key server already",
        (false, true) => "destroyed; it was a stray, nothing was sealed under it",
        (false, false) => "destroyed on every key server",
    };
    output::data(&format!("{}: {how}", destroyed.unique_identifier))
}

fn text(list: &MasterList) -> String {
    let mut lines = Vec::new();
    lines.extend(list.current.iter().map(|key| line("current", key)));
    lines.extend(list.retired.iter().map(|key| line("retired", key)));
    lines.extend(list.burnt.iter().map(|burnt| {
        format!(
            "burnt: attempt {} at number {}",
            burnt.attempt, burnt.number
        )
    }));
    lines.extend(list.strays.iter().flatten().map(stray));
    if list.strays.is_none() {
        lines.push("stray keys: not asked for, or no key server answered".to_owned());
    }
    lines.join("\n")
}

fn line(what: &str, listed: &ListedMaster) -> String {
    let key = &listed.key;
    let name = key.name.as_deref().unwrap_or("without a Name");
    let state = match (&key.state, listed.destroyed, key.deactivated) {
        (_, true, _) => "destroyed",
        (Some(state), ..) => state,
        (None, _, true) => "Deactivated by us",
        (None, ..) => "state not known",
    };
    let [first, last] = listed.generations;
    let mut line = format!(
        "{what}: {} ({name}), {state}, generations {first} to {last}",
        key.unique_identifier
    );
    let shared = if key.shared { ", shared" } else { "" };
    line.push_str(shared);
    for (what, ids) in [("backups", &listed.backups), ("goes after", &listed.after)] {
        if !ids.is_empty() && !listed.destroyed {
            line.push_str(&format!(", {what} {}", ids.join(" ")));
        }
    }
    line
}

fn stray(stray: &Stray) -> String {
    let name = stray.name.as_deref().unwrap_or("without a Name");
    let state = stray.state.as_deref().unwrap_or("state not told");
    let what = match stray.burnt {
        true => "of a burnt attempt: nothing was sealed under it",
        false => "perhaps of another copy of this store",
    };
    format!(
        "stray: {} ({name}), {state}, {what}",
        stray.unique_identifier
    )
}
