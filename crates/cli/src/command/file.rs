//! `strongroom file seal|open`: streams files and backups through a data encryption key.
//!
//! May touch: IN, OUT and a temporary file beside it, and whatever `unlock` touches.

mod ends;

use std::io::{IsTerminal as _, Read};

use strongroom::Class;
use strongroom_cipher::KeyId;
use strongroom_file::{Header, OpenError, SealError, Threads};

use self::ends::{Source, Target};
use super::{Context, unlock};
use crate::args::{FileArgs, FileCommand};
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, command: &FileCommand) -> Result<(), Failure> {
    match command {
        FileCommand::Seal(args) => seal(context, args),
        FileCommand::Open(args) => open(context, args),
    }
}

fn seal(context: &Context, args: &FileArgs) -> Result<(), Failure> {
    let Some(id) = &args.key else {
        let text = "which key: name one with --key ID";
        return Err(Failure::new(Class::Configuration, text));
    };
    let id = key_id(id)?;
    if args.is_to_stdout() && std::io::stdout().is_terminal() {
        let text = "a sealed file on a terminal helps nobody: name OUT, or redirect stdout";
        return Err(Failure::new(Class::Configuration, text));
    }
    let mut source = Source::open(args.input.as_deref())?;
    let mut target = Target::create(args.output.as_deref(), args.force)?;
    let ring = ring(context, args, &id)?;
    let bar = output::progress_octets("sealing", source.len);
    let sealed = strongroom_file::seal_stream(
        &ring,
        &mut source.from,
        &mut target.to,
        Threads::all(),
        &mut |done| bar.set_position(done),
    );
    bar.finish_and_clear();
    sealed.map_err(|error| match &error {
        SealError::Io { source, .. } if ends::is_closed_pipe(source) => Failure::closed_pipe(),
        SealError::Io { .. } => Failure::because(Class::Storage, "seal", &error),
        _ => Failure::because(Class::CheckFailed, "seal", &error),
    })?;
    target.finish()
}

fn open(context: &Context, args: &FileArgs) -> Result<(), Failure> {
    let mut source = Source::open(args.input.as_deref())?;
    // Before the key server is asked for anything.
    let header = Header::read(&mut source.from).map_err(|error| refused(args, &error))?;
    if let Some(id) = &args.key {
        let id = key_id(id)?;
        if id != header.key_id {
            let found = &header.key_id;
            let text = format!(
                "{}: sealed under key id {found}, not {id}",
                args.input_name()
            );
            return Err(Failure::new(Class::Input, text).help("Leave --key out, or name that one."));
        }
    }
    let mut target = Target::create(args.output.as_deref(), args.force)?;
    let ring = ring(context, args, &header.key_id)?;
    let bar = output::progress_octets("opening", source.len);
    let opened = strongroom_file::open_stream(
        &ring,
        &header,
        &mut source.from,
        &mut target.to,
        Threads::all(),
        &mut |done| bar.set_position(done),
    );
    bar.finish_and_clear();
    opened.map_err(|error| refused(args, &error))?;
    target.finish()
}

/// The ring of a key id that is in the keystore: neither command makes a key.
fn ring(
    context: &Context,
    args: &FileArgs,
    id: &KeyId,
) -> Result<strongroom_cipher::KeyRing, Failure> {
    let config = context.config(&args.config)?;
    let options = unlock::options(false);
    let dbpath = &args.dbpath.dbpath;
    // A mistyped directory must not become a new store with a key of its own.
    let status = context.wait(strongroom::status(None, dbpath, &options))?;
    if !status.keys.iter().any(|key| key.id == id.as_str()) {
        let text = format!("the keystore in {} has no key {id}", dbpath.display());
        let help = format!("Make it with `strongroom keys add {id}`, or name another store.");
        return Err(Failure::new(Class::Input, text).help(help));
    }
    let mut unlocked = context.wait(strongroom::unlock(&config, dbpath, &options))?;
    Ok(unlocked.key_ring(id)?)
}

fn key_id(id: &str) -> Result<KeyId, Failure> {
    let bad = |error| Failure::because(Class::Configuration, format!("key id {id:?}"), &error);
    KeyId::new(id).map_err(bad)
}

/// Why IN was not opened.
fn refused(args: &FileArgs, error: &OpenError) -> Failure {
    let class = match error {
        OpenError::Io { source, .. } if ends::is_closed_pipe(source) => {
            return Failure::closed_pipe();
        }
        OpenError::Io { .. } => Class::Storage,
        OpenError::NotSealed | OpenError::OtherFormat { .. } | OpenError::OtherCipher { .. } => {
            Class::Input
        }
        OpenError::OtherStore { .. } => Class::ForeignKeystore,
        OpenError::Provider(_) | OpenError::ThreadLost => Class::CheckFailed,
        _ => Class::Integrity,
    };
    let failure = Failure::because(class, args.input_name(), error);
    match class {
        Class::Integrity => failure.help("Take the file from a backup; OUT was not made."),
        Class::ForeignKeystore => failure.help("Name the store that sealed it with --dbpath."),
        _ => failure,
    }
}

/// For [`Source`]: what is sealed or opened.
type From = Box<dyn Read + Send>;
