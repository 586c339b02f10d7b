//! `strongroom keys list|add|rotate`: data encryption keys.

use strongroom::Class;
use strongroom_cipher::KeyId;

use super::{Context, unlock};
use crate::args::{KeyArgs, KeysCommand};
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, command: &KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List { dbpath, json } => {
            let options = unlock::options(false);
            let status = context.wait(strongroom::status(None, &dbpath.dbpath, &options))?;
            if *json {
                let value = serde_json::to_value(&status.keys)
                    .map_err(|error| Failure::because(Class::CheckFailed, "keys", &error))?;
                return output::json(&value);
            }
            status.keys.iter().try_for_each(|key| {
                output::data(&format!("{}\t{}\t{}", key.id, key.generation, key.state))
            })
        }
        KeysCommand::Add(args) => change(context, args, Change::Add),
        KeysCommand::Rotate(args) => change(context, args, Change::Rotate),
    }
}

#[derive(Clone, Copy)]
enum Change {
    Add,
    Rotate,
}

fn change(context: &Context, args: &KeyArgs, change: Change) -> Result<(), Failure> {
    let id = KeyId::new(&args.id).map_err(|error| {
        Failure::because(
            Class::Configuration,
            format!("key id {:?}", args.id),
            &error,
        )
    })?;
    let config = context.config(&args.config)?;
    let options = unlock::options(false);
    // A mistyped directory must not become a new store with a key of its own.
    context.wait(strongroom::status(None, &args.dbpath.dbpath, &options))?;
    let mut unlocked = context.wait(strongroom::unlock(&config, &args.dbpath.dbpath, &options))?;
    let keystore = &mut unlocked.keystore;
    let generation = match change {
        Change::Add => keystore.add_dek(&id),
        Change::Rotate => keystore.rotate_dek(&id),
    };
    let generation = generation.map_err(strongroom::Error::from)?;
    output::data(&format!("{id} generation {}", generation.value()))
}
