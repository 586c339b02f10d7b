//! `strongroom keys list|add|rotate|retire|shred`: data encryption keys, of a live store through its socket.

mod shred;

use strongroom::{Class, LiveKey, LiveRequest, retire_key};
use strongroom_cipher::{DekGeneration, KeyId};

use super::{Context, live, unlock};
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
        KeysCommand::Retire(args) => {
            let generation = DekGeneration::new(args.generation);
            change(
                context,
                &args.key,
                Change::Retire(generation, args.not_needed),
            )
        }
        KeysCommand::Shred(args) => shred::run(context, args),
    }
}

#[derive(Clone, Copy)]
enum Change {
    Add,
    Rotate,
    Retire(DekGeneration, bool),
}

impl Change {
    fn request(self, id: &KeyId) -> LiveRequest {
        let id = id.as_str().to_owned();
        match self {
            Self::Add => LiveRequest::KeysAdd { id },
            Self::Rotate => LiveRequest::KeysRotate { id },
            Self::Retire(generation, not_needed) => LiveRequest::KeysRetire {
                id,
                generation: generation.value(),
                not_needed,
            },
        }
    }
}

fn change(context: &Context, args: &KeyArgs, change: Change) -> Result<(), Failure> {
    let id = key_id(&args.id)?;
    let live = live::ask::<LiveKey>(&args.dbpath.dbpath, &change.request(&id))?;
    let generation = match &live {
        Some(changed) => changed.generation,
        None => here(context, args, (&id, change))?.value(),
    };
    let retired = match change {
        Change::Retire(..) => " retired",
        _ => "",
    };
    output::data(&format!("{id} generation {generation}{retired}"))?;
    if live.is_some_and(|changed| changed.live) {
        output::message("the running process goes by it from now on");
    }
    Ok(())
}

fn key_id(text: &str) -> Result<KeyId, Failure> {
    KeyId::new(text)
        .map_err(|error| Failure::because(Class::Configuration, format!("key id {text:?}"), &error))
}

/// Opens the store and changes it.
fn here(
    context: &Context,
    args: &KeyArgs,
    (id, change): (&KeyId, Change),
) -> Result<DekGeneration, Failure> {
    let mut unlocked = unlock::existing(context, &args.config, &args.dbpath.dbpath)?;
    let keystore = &mut unlocked.keystore;
    let changed = match change {
        Change::Add => keystore.add_dek(id).map_err(strongroom::Error::from),
        Change::Rotate => keystore.rotate_dek(id).map_err(strongroom::Error::from),
        Change::Retire(generation, not_needed) => {
            retire_key(keystore, id, generation, not_needed).map(|()| generation)
        }
    };
    Ok(changed?)
}
