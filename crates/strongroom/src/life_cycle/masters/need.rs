//! What needs a master key. Pure values.

use strongroom_keystore::{Backup, MasterEntry, MasterOrigin, Metadata};

/// How many backups a text names before it only counts them.
const NAMED_MAX: usize = 5;

/// The registered backups that this master key opens.
pub(super) fn backups<'a>(
    metadata: &'a Metadata,
    unique_identifier: &'a str,
) -> impl Iterator<Item = &'a Backup> {
    let opens = move |backup: &&Backup| backup.masters.iter().any(|id| id == unique_identifier);
    metadata.backups().iter().filter(opens)
}

/// Masters of earlier generations than the retired one at `unique_identifier`, that this store made
/// for itself and that are not recorded as destroyed.
pub(super) fn older<'a>(
    metadata: &'a Metadata,
    unique_identifier: &'a str,
) -> impl Iterator<Item = &'a MasterEntry> {
    let before = move |entry: &&MasterEntry| entry.unique_identifier != unique_identifier;
    let ours = |entry: &&MasterEntry| {
        !entry.destroyed && !entry.shared && entry.origin != MasterOrigin::Given
    };
    metadata.history().iter().take_while(before).filter(ours)
}

/// What of the keystore itself needs this key, in words; empty when nothing does.
pub(super) fn recorded(metadata: &Metadata, unique_identifier: &str) -> Vec<String> {
    let mut needs = Vec::new();
    let mut masters = metadata.masters();
    if masters.any(|entry| entry.unique_identifier == unique_identifier) {
        needs.push("the keystore is sealed under it".to_owned());
    }
    if let Some(rotation) = metadata.rotation() {
        needs.push(format!(
            "a rotation stands in phase {}; `strongroom rotate` finishes it",
            rotation.phase
        ));
    }
    let (mut named, mut more) = (Vec::new(), 0_usize);
    for backup in backups(metadata, unique_identifier) {
        match named.len() < NAMED_MAX {
            true => named.push(backup.id.to_string()),
            false => more = more.saturating_add(1),
        }
    }
    if !named.is_empty() {
        let rest = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        needs.push(format!("registered backups {}{rest}", named.join(" ")));
    }
    needs
}
