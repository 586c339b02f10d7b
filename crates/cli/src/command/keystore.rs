//! `strongroom keystore inspect|verify`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom::{Class, Unlocked};
use strongroom_cipher::KeyId;
use strongroom_redb::OpenError;
use strongroom_server::FileStore;

use super::backups::verify_against;
use super::server::store_failure;
use super::{Context, status, unlock};
use crate::args::KeystoreCommand;
use crate::failure::Failure;
use crate::output;

/// Where `quickstart` keeps the bundled server's objects, below the directory.
pub(crate) const SERVER_STORE: &str = "key-server/objects.store";
/// Data files end in this; the part before is the key id that they are sealed under.
pub(crate) const DATA_EXTENSION: &str = "redb";

/// Runs the command.
pub(crate) fn run(context: &Context, command: &KeystoreCommand) -> Result<(), Failure> {
    match command {
        KeystoreCommand::Inspect { dbpath, json } => {
            let status = status::print(context, None, &dbpath.dbpath, *json)?;
            status::both_copies(&status)
        }
        KeystoreCommand::Verify {
            dbpath,
            against: Some(manifest),
            ..
        } => verify_against(&dbpath.dbpath, manifest),
        KeystoreCommand::Verify { config, dbpath, .. } => {
            let dbpath = &dbpath.dbpath;
            server_store(dbpath)?;
            if config.config.is_none() {
                return without_key(context, dbpath);
            }
            let config = context.config(config)?;
            let options = unlock::options(false);
            copies(context, dbpath)?;
            let unlocked = context.wait(strongroom::unlock(&config, dbpath, &options))?;
            verify(dbpath, &unlocked, Report::Lines)?;
            output::data("everything is sound")
        }
    }
}

/// What can be said without the master key: both copies' digests and agreement.
fn without_key(context: &Context, dbpath: &Path) -> Result<(), Failure> {
    copies(context, dbpath)?;
    output::data(
        "digests of both keystore copies are sound; with --config the MAC, every key and every data unit are checked too",
    )
}

/// Both copies must be sound before anything mends them.
fn copies(context: &Context, dbpath: &Path) -> Result<(), Failure> {
    let status = context.wait(strongroom::status(None, dbpath, &unlock::options(false)))?;
    for copy in &status.copies {
        output::data(&format!("{}: {}", copy.file, copy.health))?;
    }
    match status
        .copies
        .iter()
        .find(|copy| !copy.health.starts_with("sound"))
    {
        None => Ok(()),
        Some(bad) => Err(Failure::new(
            Class::DamagedKeystore,
            format!("{} is {}", bad.file, bad.health),
        )
        .help("The other copy opens the store; `strongroom unlock` rewrites the bad one from it.")),
    }
}

/// Whether sound files are reported too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// A line each, to stdout.
    Lines,
    /// Failures only.
    Silent,
}

impl Report {
    fn line(self, text: &str) -> Result<(), Failure> {
        match self {
            Self::Lines => output::data(text),
            Self::Silent => Ok(()),
        }
    }
}

/// Checks the keystore and every data file, to the last octet.
pub(crate) fn verify(dbpath: &Path, unlocked: &Unlocked, report: Report) -> Result<(), Failure> {
    unlocked
        .keystore
        .verify()
        .map_err(strongroom::Error::from)?;
    report.line("keystore: MAC and every data key are sound")?;
    for file in data_files(dbpath)? {
        data_file(&file, unlocked, report)?;
    }
    Ok(())
}

fn server_store(dbpath: &Path) -> Result<(), Failure> {
    let path = dbpath.join(SERVER_STORE);
    if !path.exists() {
        return Ok(());
    }
    let report = FileStore::verify(&path).map_err(|error| store_failure(&path, &error))?;
    output::data(&format!(
        "{}: {} objects, sound",
        path.display(),
        report.objects
    ))
}

/// The sealed data files in `dbpath`, sorted.
fn data_files(dbpath: &Path) -> Result<Vec<PathBuf>, Failure> {
    let storage = |error| Failure::storage(dbpath, &error);
    let mut files = Vec::new();
    for entry in fs::read_dir(dbpath).map_err(storage)? {
        let path = entry.map_err(storage)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == DATA_EXTENSION)
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn data_file(path: &Path, unlocked: &Unlocked, out: Report) -> Result<(), Failure> {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let id = KeyId::new(stem.as_deref().unwrap_or_default())
        .map_err(|error| Failure::because(Class::Integrity, path.display().to_string(), &error))?;
    let ring = unlocked
        .keystore
        .key_ring(&id)
        .map_err(strongroom::Error::from)?;
    let ring = Arc::new(ring);
    let report =
        strongroom_redb::verify_file(path, &ring).map_err(|error| refused(path, &error))?;
    if report.is_sound() {
        return out.line(&format!("{}: every octet is sound", path.display()));
    }
    for unit in &report.damaged {
        out.line(&format!(
            "{}: unit {}: {}",
            path.display(),
            unit.unit,
            unit.fault
        ))?;
    }
    Err(Failure::new(
        Class::Integrity,
        format!(
            "{}: {} units do not open, {} sectors hold octets that nobody wrote, the other header copy is {:?}",
            path.display(),
            report.damaged.len(),
            report.dirty_sectors.len(),
            report.other_copy,
        ),
    ))
}

fn refused(path: &Path, error: &OpenError) -> Failure {
    let class = match error {
        OpenError::Locked { .. } => Class::Locked,
        OpenError::Io { .. } => Class::Storage,
        _ => Class::Integrity,
    };
    Failure::because(class, path.display().to_string(), error)
}
