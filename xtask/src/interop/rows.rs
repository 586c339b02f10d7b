//! The rows that need no broken connection but one: starts, rotations, keys and certificates that
//! must be refused. Each plays in an empty store of its own.

use std::fs;

use super::cuts;
use super::pki::Pair;
use super::pykmip::free_port;
use super::site::{Site, Stage, Store};
use super::trial::Trial;
use crate::Outcome;

const MADE: &str = "a master key was made on the key server";
const TAKEN: &str = "the named master key was taken";
const OPENED: &str = "opened with the recorded master key";
const ROTATED: &str = "rotated: master key from";

type Act = fn(&Site, &mut Trial) -> Outcome;

const ROWS: &[(&str, Act)] = &[
    ("first start with a Name", first_start),
    ("another key under the recorded identifier", wrong_key),
    ("restart", restart),
    ("first start with a Unique Identifier", by_identifier),
    ("no identifier", no_identifier),
    ("register mode", register),
    ("rotation without a new identifier", rotation),
    ("rotation to a Name that no key bears", rotation_to_name),
    ("rotation to an Active key by identifier", rotation_to_key),
    ("unlock --kmipRotateMasterKey", rotation_by_option),
    ("absent key", absent),
    ("recorded key destroyed", destroyed),
    ("second store with the same Name", second_store),
    ("Pre-Active key", pre_active),
    ("Deactivated key", deactivated),
    ("Compromised key", compromised),
    ("recorded key Deactivated", recorded_deactivated),
    ("recorded key Compromised", recorded_compromised),
    ("wrong CA", wrong_ca),
    ("client certificate without usage", no_usage),
    ("client certificate for servers only", for_servers),
    ("another client asks for the key", other_client),
    ("server down", server_down),
    (
        "old keystore put back after rotation, then cloned",
        old_keystore,
    ),
    ("old keystore restored after rotation", restored),
    ("keystore lost", keystore_lost),
    ("server dies within first start", cuts::death_at_start),
    ("server dies within rotation", cuts::death_at_rotation),
];

pub(super) fn play(stage: &Stage<'_>) -> Outcome<Vec<Trial>> {
    let site = Site::start(stage, "rows", 2)?;
    let rows = ROWS
        .iter()
        .map(|(name, act)| Trial::play(*name, &site, act));
    Ok(rows.collect())
}

/// A store after its first start with a Name.
pub(super) fn started(site: &Site, name: &str) -> Outcome<Store> {
    let store = site.store(name)?;
    let answer = site.run(&store, "unlock")?;
    if answer.code == 0 {
        Ok(store)
    } else {
        Err(format!("first start: exit {}: {}", answer.code, answer.line()).into())
    }
}

fn first_start(site: &Site, row: &mut Trial) -> Outcome {
    let store = site.store("key_name")?;
    row.exits("unlock", &site.run(&store, "unlock")?, 0, MADE);
    let key = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    let state = site.state(site.port, &key)?;
    row.holds("key Active", state == "Active", format!("key {state}"));
    Ok(())
}

fn restart(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "restarted")?;
    row.exits("unlock", &site.run(&store, "unlock")?, 0, OPENED);
    Ok(())
}

fn by_identifier(site: &Site, row: &mut Trial) -> Outcome {
    let key = site.active_key("made-by-hand")?;
    let store = site.store(&key)?;
    row.exits("unlock", &site.run(&store, "unlock")?, 0, TAKEN);
    row.exits("again", &site.run(&store, "unlock")?, 0, OPENED);
    Ok(())
}

fn no_identifier(site: &Site, row: &mut Trial) -> Outcome {
    let store = site.unnamed()?;
    row.exits("unlock", &site.run(&store, "unlock")?, 0, MADE);
    row.exits("again", &site.run(&store, "unlock")?, 0, OPENED);
    Ok(())
}

fn register(site: &Site, row: &mut Trial) -> Outcome {
    let store = site.store("registered")?;
    let words = "unlock --kmipMasterKeyMode register";
    row.exits("unlock", &site.run(&store, words)?, 0, "first start");
    row.exits("again", &site.run(&store, "unlock")?, 0, OPENED);
    let answer = site.run(&store, "rotate --kmipMasterKeyMode register")?;
    row.exits("rotate", &answer, 0, ROTATED);
    Ok(())
}

fn rotation(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "rotated")?;
    let old = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    row.exits("rotate", &site.run(&store, "rotate")?, 0, ROTATED);
    let unlock = site.run(&store, "unlock")?;
    row.exits("unlock, same file", &unlock, 0, OPENED);
    let state = site.state(site.port, &old)?;
    let good = state == "Deactivated";
    row.holds("old key Deactivated", good, format!("old key {state}"));
    Ok(())
}

fn rotation_to_name(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "before-name")?.identifier("after-name");
    row.exits("rotate", &site.run(&store, "rotate")?, 0, ROTATED);
    row.exits("unlock", &site.run(&store, "unlock")?, 0, OPENED);
    let name = site.fact(&store, "/masterKey/name")?;
    row.holds("key bears the Name", name == "after-name", name);
    Ok(())
}

fn rotation_to_key(site: &Site, row: &mut Trial) -> Outcome {
    let key = site.active_key("waiting")?;
    let store = started(site, "before-key")?.identifier(&key);
    row.exits("rotate", &site.run(&store, "rotate")?, 0, ROTATED);
    row.exits("unlock", &site.run(&store, "unlock")?, 0, OPENED);
    let found = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    row.holds("the key given is in use", found == key, found);
    Ok(())
}

fn rotation_by_option(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "by-option")?;
    let answer = site.run(&store, "unlock --kmipRotateMasterKey")?;
    row.exits("unlock", &answer, 0, ROTATED);
    row.exits("unlock", &site.run(&store, "unlock")?, 0, OPENED);
    Ok(())
}

fn absent(site: &Site, row: &mut Trial) -> Outcome {
    let store = site.store("no-such-key")?;
    let before = site.objects(site.port)?;
    let answer = site.run(&store, "unlock --kmipKeyIdentifierKind uid")?;
    row.exits("unlock", &answer, 6, "key-not-found");
    let after = site.objects(site.port)?;
    row.holds(
        "no new key",
        before == after,
        "the key server's objects changed",
    );
    Ok(())
}

fn destroyed(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "destroyed")?;
    let key = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    site.kmip(site.port, &format!("revoke {key}"))?;
    site.kmip(site.port, &format!("destroy --not-checked {key}"))?;
    let before = site.objects(site.port)?;
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 6, "key-not-found");
    let after = site.objects(site.port)?;
    row.holds(
        "no new key",
        before == after,
        "the key server's objects changed",
    );
    Ok(())
}

fn second_store(site: &Site, row: &mut Trial) -> Outcome {
    started(site, "wanted-twice")?;
    let store = site.store("wanted-twice")?;
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 7, "belongs to another store");
    Ok(())
}

fn pre_active(site: &Site, row: &mut Trial) -> Outcome {
    let key = site.kmip(site.port, "create --name pre-active")?;
    let answer = site.run(&site.store(&key)?, "unlock")?;
    row.exits("unlock", &answer, 7, "Pre-Active");
    Ok(())
}

fn deactivated(site: &Site, row: &mut Trial) -> Outcome {
    let key = site.active_key("deactivated")?;
    site.kmip(site.port, &format!("revoke {key}"))?;
    let answer = site.run(&site.store(&key)?, "unlock")?;
    row.exits("unlock", &answer, 7, "Deactivated");
    Ok(())
}

fn compromised(site: &Site, row: &mut Trial) -> Outcome {
    let key = site.active_key("compromised")?;
    site.kmip(site.port, &format!("revoke --compromised {key}"))?;
    let answer = site.run(&site.store(&key)?, "unlock")?;
    row.exits("unlock", &answer, 7, "Compromised");
    Ok(())
}

fn recorded_deactivated(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "to-deactivate")?;
    let key = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    site.kmip(site.port, &format!("revoke {key}"))?;
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 20, "retired-master");
    Ok(())
}

fn recorded_compromised(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "to-compromise")?;
    let key = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    site.kmip(site.port, &format!("revoke --compromised {key}"))?;
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 20, "retired-master");
    Ok(())
}

fn wrong_ca(site: &Site, row: &mut Trial) -> Outcome {
    let mut store = site.store("wrong-ca")?;
    store.ca = site.pki.other_ca.clone();
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 4, "tls-or-authentication");
    Ok(())
}

fn refused_client(site: &Site, row: &mut Trial, client: &Pair) -> Outcome {
    let store = site.store("no-rights")?.client(client);
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 4, "tls-or-authentication");
    let left = store.keystore_files().iter().any(|file| file.exists());
    row.holds("no keystore written", !left, "a keystore was written");
    Ok(())
}

fn no_usage(site: &Site, row: &mut Trial) -> Outcome {
    refused_client(site, row, &site.pki.client_without_usage)
}

fn for_servers(site: &Site, row: &mut Trial) -> Outcome {
    refused_client(site, row, &site.pki.client_for_servers)
}

/// PyKMIP shows another owner's key to nobody: it answers Permission Denied.
fn other_client(site: &Site, row: &mut Trial) -> Outcome {
    let key = site.active_key("owned")?;
    let store = site.store(&key)?.client(&site.pki.other_client);
    let answer = site.run(&store, "unlock --kmipKeyIdentifierKind uid")?;
    row.exits_one_of("unlock", &answer, &[5, 6], "");
    Ok(())
}

fn server_down(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "server-down")?.port(free_port()?);
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 3, "key-server-unreachable");
    Ok(())
}

fn old_keystore(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "put-back")?;
    let old = store.keystore_files().map(fs::read);
    row.exits("rotate", &site.run(&store, "rotate")?, 0, ROTATED);
    for (path, bytes) in store.keystore_files().iter().zip(old) {
        fs::write(path, bytes?)?;
    }
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 20, "retired-master");
    let cloned = site.run(&store, "unlock --clone")?;
    row.exits("unlock --clone", &cloned, 0, "");
    row.exits("unlock", &site.run(&store, "unlock")?, 0, OPENED);
    Ok(())
}

fn restored(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "restored")?;
    let old = store.keystore_files().map(fs::read);
    let first = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    row.exits("rotate", &site.run(&store, "rotate")?, 0, ROTATED);
    for (path, bytes) in store.keystore_files().iter().zip(old) {
        fs::write(path, bytes?)?;
    }
    let answer = site.run(&store, "unlock --restore")?;
    row.exits("unlock --restore", &answer, 0, "");
    row.exits("unlock", &site.run(&store, "unlock")?, 0, OPENED);
    let now = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    row.holds("a fresh master key", now != first, now);
    Ok(())
}

fn keystore_lost(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "lost")?;
    fs::write(store.dbpath.join("data.redb"), "data")?;
    for path in store.keystore_files() {
        fs::remove_file(path)?;
    }
    let answer = site.run(&store, "unlock")?;
    row.exits("unlock", &answer, 14, "keystore-lost");
    Ok(())
}

/// Another server knows another key under the Unique Identifier that the keystore recorded.
fn wrong_key(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "replaced")?;
    let recorded = site.fact(&store, "/masterKey/uniqueIdentifier")?;
    let label = site.fact(&store, "/storeLabel")?;
    let port = site.second(|second| Ok(second.port))?;
    let create = format!("create --name replaced --label strongroom-store={label}");
    // PyKMIP counts: a new database gives "1" first, and this row is among the first.
    for _ in 0..20 {
        let made = site.kmip(port, &create)?;
        if made == recorded {
            site.kmip(port, &format!("activate {made}"))?;
            let answer = site.run(&store.port(port), "unlock")?;
            row.exits("unlock", &answer, 8, "wrong-master-key");
            return Ok(());
        }
    }
    Err(format!("the second server never gave out the identifier {recorded}").into())
}
