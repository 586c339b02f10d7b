//! `strongroom keys shred`: the end of a key id, of a live store through its socket.

use strongroom::{Class, LiveRequest, ShredReport, plan_shred, shred_key};

use super::super::{Context, live, unlock};
use super::key_id;
use crate::args::ShredArgs;
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(super) fn run(context: &Context, args: &ShredArgs) -> Result<(), Failure> {
    let id = key_id(&args.key.id)?;
    let dbpath = &args.key.dbpath.dbpath;
    if args.dry_run {
        return print(args, &plan_shred(dbpath, &id, &unlock::options(false))?);
    }
    if !args.yes {
        let what = format!("key {:?} was not shredded: --yes is not given", id.as_str());
        let help = "What is sealed under a shredded key is lost. Look at `strongroom keys shred ID --dry-run`, then give --yes.";
        return Err(Failure::new(Class::Configuration, what).help(help));
    }
    let request = LiveRequest::KeysShred {
        id: id.as_str().to_owned(),
    };
    let report = match live::ask::<ShredReport>(dbpath, &request)? {
        Some(report) => report,
        None => {
            let mut unlocked = unlock::existing(context, &args.key.config, dbpath)?;
            shred_key(&mut unlocked.keystore, &id)?
        }
    };
    print(args, &report)
}

fn print(args: &ShredArgs, report: &ShredReport) -> Result<(), Failure> {
    if args.json {
        let value = serde_json::to_value(report)
            .map_err(|error| Failure::because(Class::CheckFailed, "key", &error))?;
        return output::json(&value);
    }
    output::data(&text(report))?;
    if report.shredded && !report.effective {
        output::message(
            "older copies of its data keys may lie on the disk and in backups: `strongroom rotate`, then \
             `strongroom master destroy` each of these master keys, and `strongroom backups forget` each \
             backup that is gone. `strongroom keys shred ID --dry-run` tells what is left",
        );
    }
    Ok(())
}

fn text(report: &ShredReport) -> String {
    let what = match (report.was_shredded, report.shredded) {
        (true, _) => "was shredded before",
        (false, true) => "shredded",
        (false, false) => "would be shredded",
    };
    let how = match report.effective {
        true => "effective",
        false => "not yet effective",
    };
    let mut lines = vec![format!("{}: {what}, {how}", report.id)];
    let held = |what: &'static str, ids: &[String]| {
        let line = |id: &String| format!("held by: {what} {id}");
        ids.iter().map(line).collect::<Vec<_>>()
    };
    lines.extend(held("master key", &report.masters));
    lines.extend(held("backup", &report.backups));
    lines.join("\n")
}
