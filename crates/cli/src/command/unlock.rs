//! `strongroom unlock`: the start-up decision table, once.

use std::path::Path;

use strongroom::{Options, TakeOver, Unlocked};
use strongroom_config::Config;

use super::{Context, rotate, status};
use crate::args::{ConfigFile, RotateArgs, UnlockArgs};
use crate::failure::Failure;
use crate::output;

/// Names that `quickstart` puts beside a store; they hold no data (docs/decisions/0002).
pub(crate) const TOLERATED: &[&str] = &["strongroom.yaml", "key-server"];

/// Runs the command. With `rotateMasterKey` it rotates instead, as PSMDB does.
pub(crate) fn run(context: &Context, args: &UnlockArgs) -> Result<(), Failure> {
    let config = context.config(&args.config)?;
    if let Some(kind) = take_over(args) {
        return go_on(context, &config, (args, kind));
    }
    if wants_rotation(&config) {
        let args = RotateArgs {
            config: args.config.clone(),
            dbpath: args.dbpath.clone(),
            dry_run: false,
            shared_key: args.shared_key,
            json: args.json,
        };
        return rotate::rotate(context, &config, &args);
    }
    let dbpath = &args.dbpath.dbpath;
    let options = options(args.shared_key);
    let unlocked = context.wait(strongroom::unlock(&config, dbpath, &options))?;
    report(&unlocked);
    drop(unlocked);
    status::print(context, Some(&config), dbpath, args.json).map(drop)
}

/// Opens a store that is there: a mistyped directory must not become a new one with a key of its own.
pub(super) fn existing(
    context: &Context,
    config: &ConfigFile,
    dbpath: &Path,
) -> Result<Unlocked, Failure> {
    let config = context.config(config)?;
    let options = options(false);
    context.wait(strongroom::status(None, dbpath, &options))?;
    Ok(context.wait(strongroom::unlock(&config, dbpath, &options))?)
}

/// Which of `--restore` and `--clone`.
const fn take_over(args: &UnlockArgs) -> Option<TakeOver> {
    match (args.restore, args.clone) {
        (true, _) => Some(TakeOver::Restore),
        (_, true) => Some(TakeOver::Clone),
        _ => None,
    }
}

/// Goes on from an older copy.
fn go_on(
    context: &Context,
    config: &Config,
    (args, kind): (&UnlockArgs, TakeOver),
) -> Result<(), Failure> {
    let dbpath = &args.dbpath.dbpath;
    let options = options(args.shared_key);
    let taken = context.wait(strongroom::take_over(config, dbpath, (kind, &options)))?;
    output::message(&format!(
        "the older copy goes on as generation {}, under the fresh master key {:?}",
        taken.keystore.metadata().generation(),
        taken.new
    ));
    for warning in &taken.warnings {
        output::message(&format!("warning: {warning}"));
    }
    drop(taken);
    status::print(context, Some(config), dbpath, args.json).map(drop)
}

/// How a command of this binary starts a store.
pub(crate) fn options(shared_key: bool) -> Options {
    Options::default()
        .tolerating(TOLERATED)
        .shared_key(shared_key)
}

fn wants_rotation(config: &Config) -> bool {
    config
        .kmip
        .as_ref()
        .is_some_and(|kmip| kmip.rotate_master_key.value)
}

fn report(unlocked: &Unlocked) {
    let what = match unlocked.origin {
        strongroom::KeyOrigin::Made => "first start: a master key was made on the key server",
        strongroom::KeyOrigin::Taken => "first start: the named master key was taken",
        _ => "opened with the recorded master key",
    };
    output::message(what);
    for warning in &unlocked.warnings {
        output::message(&format!("warning: {warning}"));
    }
}
