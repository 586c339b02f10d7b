//! `strongroom backups add|list|forget`: of a live store through its socket.

use std::path::Path;

use strongroom::{
    BackupReport, Class, LiveRequest, Manifest, ManifestError, ManifestFault, compare_with_backup,
};

use super::{Context, live, unlock};
use crate::args::{AddBackupArgs, BackupsCommand};
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, command: &BackupsCommand) -> Result<(), Failure> {
    match command {
        BackupsCommand::Add(args) => add(context, args),
        BackupsCommand::List { dbpath, json } => {
            let backups = strongroom::list_backups(&dbpath.dbpath, &unlock::options(false))?;
            if *json {
                return document(&backups);
            }
            backups
                .iter()
                .try_for_each(|backup| output::data(&line(backup)))
        }
        BackupsCommand::Forget { config, dbpath, id } => {
            let dbpath = &dbpath.dbpath;
            let request = LiveRequest::BackupsForget { id: id.clone() };
            if live::ask::<()>(dbpath, &request)?.is_none() {
                let mut unlocked = unlock::existing(context, config, dbpath)?;
                strongroom::forget_backup(&mut unlocked.keystore, id)?;
            }
            output::data(&format!("{id} forgotten"))
        }
    }
}

fn add(context: &Context, args: &AddBackupArgs) -> Result<(), Failure> {
    let (dbpath, label) = (&args.dbpath.dbpath, args.label.clone());
    let request = LiveRequest::BackupsAdd {
        label: label.clone(),
    };
    let manifest = match live::ask::<Manifest>(dbpath, &request)? {
        Some(manifest) => manifest,
        None => {
            let mut unlocked = unlock::existing(context, &args.config, dbpath)?;
            strongroom::add_backup(&mut unlocked.keystore, label)?
        }
    };
    if let Some(path) = &args.manifest {
        let written = manifest.write(path);
        written.map_err(|error| {
            let registered = format!(
                "backup {} is registered, its manifest was not written",
                manifest.backup
            );
            Failure::because(class(&error), registered, &error)
        })?;
    }
    if args.json {
        return document(&manifest);
    }
    output::data(&manifest.backup)
}

/// Compares the keystore with a backup's manifest.
pub(super) fn verify_against(dbpath: &Path, path: &Path) -> Result<(), Failure> {
    let manifest = Manifest::read(path)
        .map_err(|error| Failure::because(class(&error), "manifest", &error))?;
    let faults = compare_with_backup(dbpath, &manifest, &unlock::options(false))?;
    let Some(first) = faults.first() else {
        return output::data(&format!(
            "{}: the keystore has all {} keys that backup {} needs",
            path.display(),
            manifest.keys.len(),
            manifest.backup
        ));
    };
    faults
        .iter()
        .try_for_each(|fault| output::data(&format!("{}: {fault}", path.display())))?;
    let (class, help) = match first {
        ManifestFault::OtherStore { .. } => (
            Class::ForeignKeystore,
            "Put back the keystore that was copied with this backup.",
        ),
        _ => (
            Class::CheckFailed,
            "Put back the keystore that was copied with this backup, by `strongroom unlock --restore` if its master key was retired since.",
        ),
    };
    let what = format!("the keystore does not open backup {}", manifest.backup);
    Err(Failure::new(class, what).help(help))
}

const fn class(error: &ManifestError) -> Class {
    match error {
        ManifestError::Storage(_) | ManifestError::Write(_) => Class::Storage,
        _ => Class::Configuration,
    }
}

fn document(value: &impl serde::Serialize) -> Result<(), Failure> {
    let value = serde_json::to_value(value)
        .map_err(|error| Failure::because(Class::CheckFailed, "backups", &error))?;
    output::json(&value)
}

fn line(backup: &BackupReport) -> String {
    format!(
        "{}\t{}\tgeneration {}\tkeys {}\tmaster {}\t{}",
        backup.id,
        backup.time,
        backup.generation,
        backup.keys,
        backup.masters.join(" "),
        backup.label.as_deref().unwrap_or("-"),
    )
}
