//! Rows of what an operator can get wrong: each is refused with a sentence in the host's log, and the data
//! open afterwards with the right settings.

use std::fs;

use super::{COPIES, copy_keystore, expect, fill, refused};
use crate::Outcome;
use crate::engines::host::{Host, Store, copy, settings_of};

/// The data are there, whole.
fn unharmed(host: &Host<'_>, store: &Store) -> Outcome {
    let count = host.count(&store.home(), Some(&store.settings()))?;
    expect("records with the right settings", count, 200)
}

/// What the host is told of the extension.
pub(super) fn settings(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    let file = store.config_file();
    let bad = [
        (
            format!("config=({file},kmipServer=localhost)"),
            "has \"kmipServer\", which is no setting of this library",
        ),
        (
            format!("config=({file},kmipClientCertificatePassword=x)"),
            "does not belong into the extension's config",
        ),
        ("config=()".to_owned(), "no key server is configured"),
        (
            "config=(config_file=\"/no/such.yaml\")".to_owned(),
            "/no/such.yaml",
        ),
        (
            format!("entry=strongroom_slots_16_12,config=({file})"),
            "is for a connection table with 16 slots",
        ),
    ];
    for (extension, words) in &bad {
        let settings = settings_of(extension, "master-1");
        refused(host, &store.home(), &settings, words)?;
    }
    unharmed(host, store)?;
    Ok(format!("{} of them", bad.len()))
}

/// Too long, with a control character, which WiredTiger itself refuses, and one that the data were not
/// sealed under.
pub(super) fn key_ids(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    let extension = format!("config=({})", store.config_file());
    let long = "k".repeat(256);
    let bad = [
        (long.as_str(), "this one has 256"),
        ("a\tb", "Unexpected character"),
        ("master-2", "sealed under another key"),
    ];
    for (key_id, words) in bad {
        let settings = settings_of(&extension, key_id);
        refused(host, &store.home(), &settings, words)?;
    }
    unharmed(host, store)?;
    Ok(format!("{} of them", bad.len()))
}

pub(super) fn no_keystore(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    let kept = store.beside("kept");
    copy(&store.home(), &kept)?;
    for name in COPIES {
        fs::remove_file(store.home().join(name))?;
    }
    let told = refused(
        host,
        &store.home(),
        &store.settings(),
        "there is no keystore in",
    )?;
    if let Some(name) = COPIES.iter().find(|name| store.home().join(name).exists()) {
        return Err(format!("a new {name} was made").into());
    }
    copy_keystore(&kept, &store.home())?;
    unharmed(host, store)?;
    Ok(told)
}

/// By an operator who says that it is not needed, and then takes the keystore of before.
pub(super) fn retired(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    store.strongroom("keys rotate master-1")?;
    let kept = store.beside("kept");
    copy(&store.home(), &kept)?;
    store.strongroom("keys retire master-1 1 --not-needed")?;
    let told = refused(
        host,
        &store.home(),
        &store.settings(),
        "which was retired in this keystore",
    )?;
    copy_keystore(&kept, &store.home())?;
    unharmed(host, store)?;
    Ok(told)
}
