//! The rows of one Python-driven host.

mod bad_input;

use std::fs;
use std::path::Path;

use super::Row;
use super::host::{Host, Kind, Site, Store, copy, plaintext};
use crate::Outcome;

type Play = fn(&Host<'_>, &Store) -> Outcome<String>;

/// For every host.
const ROWS: [(&str, Play); 14] = [
    ("control: a plain run shows the plaintext", control),
    ("no plaintext open, crashed, closed; reopen", sealed),
    ("a crash is recovered from the encrypted log", crashed),
    ("another store's keystore is named", other_keystore),
    ("a missing extension is refused", no_extension),
    ("a rotated data key: old and new blocks", rotated),
    ("both keys rotated under the live host", live),
    ("key server down at start", server_down),
    ("a second process is refused", two_processes),
    ("status shows what is protected", status),
    ("settings that cannot work are named", bad_input::settings),
    ("key ids that cannot be are named", bad_input::key_ids),
    ("a lost keystore is named", bad_input::no_keystore),
    ("a retired data key is named", bad_input::retired),
];

/// For the binding alone, which can name tables and take backups.
const BINDING_ROWS: [(&str, Play); 2] = [
    ("a key id for one table", table_key),
    ("a backup opens with an earlier keystore", backup),
];

pub(super) fn play(site: &Site, name: &'static str, kind: Kind, python: &Path) -> Vec<Row> {
    let host = Host { kind, python, site };
    let own: &[(&str, Play)] = match kind {
        Kind::Binding => &BINDING_ROWS,
        Kind::Mongo => &[],
    };
    let rows = ROWS.iter().chain(own);
    rows.map(|&(row, act)| {
        let result = site.store().and_then(|store| act(&host, &store));
        let result = result.map_err(|error| error.to_string());
        eprintln!(
            "{name}: {row}: {}",
            if result.is_ok() { "passed" } else { "FAILED" }
        );
        Row {
            host: name,
            name: row,
            result,
        }
    })
    .collect()
}

pub(super) fn expect(what: &str, found: usize, expected: usize) -> Outcome {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: {found}, expected {expected}").into())
    }
}

/// The start has to fail, with `word` in the log and without a word of damage.
fn refused(host: &Host<'_>, home: &Path, settings: &str, word: &str) -> Outcome<String> {
    match host.count(home, Some(settings)) {
        Ok(count) => Err(format!("it opened and read {count} records").into()),
        Err(error) => {
            let log = error.to_string();
            let advice = ["WT_TRY_SALVAGE", "corruption detected", "WT_PANIC"];
            match advice.iter().find(|advice| log.contains(**advice)) {
                None if log.contains(word) => Ok(format!("the log says {word:?}")),
                None => Err(format!("the log does not say {word:?}: {log}").into()),
                Some(advice) => Err(format!("the log says {advice}: {log}").into()),
            }
        }
    }
}

fn fill(host: &Host<'_>, store: &Store, range: [&str; 2]) -> Outcome<super::host::Running> {
    let [first, last] = range;
    host.start(
        &store.home(),
        Some(&store.settings()),
        &["fill", first, last],
    )
}

/// Both copies of a keystore.
const COPIES: [&str; 2] = ["keystore.a", "keystore.b"];

fn copy_keystore(from: &Path, to: &Path) -> Outcome {
    for name in COPIES {
        fs::copy(from.join(name), to.join(name))?;
    }
    Ok(())
}

fn control(host: &Host<'_>, store: &Store) -> Outcome<String> {
    let running = host.start(&store.home(), None, &["fill", "0", "4000"])?;
    running.end("close")?;
    match plaintext(&store.home())? {
        0 => Err("a plain database shows no plaintext: the search is blind".into()),
        found => Ok(format!("found {found} times")),
    }
}

fn sealed(host: &Host<'_>, store: &Store) -> Outcome<String> {
    let running = fill(host, store, ["0", "4000"])?;
    expect("records", running.count, 4000)?;
    expect("plaintext while open", plaintext(&store.home())?, 0)?;
    let snapshot = store.beside("snapshot");
    copy(&store.home(), &snapshot)?;
    expect("plaintext in a copy", plaintext(&snapshot)?, 0)?;
    running.end("close")?;
    expect("plaintext when closed", plaintext(&store.home())?, 0)?;
    let count = host.count(&store.home(), Some(&store.settings()))?;
    expect("records after reopening", count, 4000)?;
    Ok("0 in all files; 4000 records".to_owned())
}

fn crashed(host: &Host<'_>, store: &Store) -> Outcome<String> {
    let running = fill(host, store, ["0", "4000"])?;
    running.end("crash")?;
    expect("plaintext after the crash", plaintext(&store.home())?, 0)?;
    let count = host.count(&store.home(), Some(&store.settings()))?;
    expect("records after recovery", count, 4000)?;
    Ok("4000 records".to_owned())
}

fn other_keystore(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    let other = host.site.store()?;
    fill(host, &other, ["0", "200"])?.end("close")?;
    let own = store.beside("own");
    copy(&store.home(), &own)?;
    copy_keystore(&other.home(), &store.home())?;
    let told = refused(
        host,
        &store.home(),
        &other.settings(),
        "sealed under another key",
    )?;
    copy_keystore(&own, &store.home())?;
    let count = host.count(&store.home(), Some(&store.settings()))?;
    expect("records with the right keystore", count, 200)?;
    Ok(told)
}

fn no_extension(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    let settings = "extensions=[],encryption=(name=strongroom,keyid=\"master-1\")";
    refused(host, &store.home(), settings, "unknown encryptor")
}

fn rotated(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "2000"])?.end("close")?;
    store.strongroom("keys rotate master-1")?;
    let running = fill(host, store, ["2000", "4000"])?;
    expect("records under both keys", running.count, 4000)?;
    running.end("close")?;
    let keys = store.strongroom("status --json")?;
    if !keys.contains("\"generation\": 2") {
        return Err(format!("no second generation in {keys}").into());
    }
    let count = host.count(&store.home(), Some(&store.settings()))?;
    expect("records after reopening", count, 4000)?;
    Ok("4000 records under generations 1 and 2".to_owned())
}

/// Data key and master key are rotated under the running host, which is then killed.
fn live(host: &Host<'_>, store: &Store) -> Outcome<String> {
    let mut running = fill(host, store, ["0", "1000"])?;
    let has = |text: &str, words: &[&str]| match words.iter().find(|word| !text.contains(**word)) {
        None => Ok(()),
        Some(word) => Err(format!("no {word:?} in {text}")),
    };
    let before = store.strongroom("status")?;
    has(&before, &["running: process", "master-1 generation 1"])?;
    store.strongroom("keys rotate master-1")?;
    running.put(["1000", "2000"])?;
    expect("records after keys rotate", running.count, 2000)?;
    let refused = store.strongroom("keys retire master-1 1");
    if refused.is_ok() {
        return Err("a generation that is in use was retired without a word".into());
    }
    store.strongroom("rotate")?;
    running.put(["2000", "3000"])?;
    expect("records after rotate", running.count, 3000)?;
    let after = store.strongroom("status")?;
    has(
        &after,
        &["running: process", "master-1 generation 2", "retired:"],
    )?;
    expect("plaintext while open", plaintext(&store.home())?, 0)?;
    let log = running.log()?;
    if log.contains("does not open") {
        return Err(log.into());
    }
    running.end("crash")?;
    // The killed host has left its socket: the store is not live, and the next start replaces it.
    has(
        &store.strongroom("status")?,
        &["master-1 generation 2: active"],
    )?;
    let again = host.start(&store.home(), Some(&store.settings()), &["count"])?;
    expect("records after recovery", again.count, 3000)?;
    has(&store.strongroom("status")?, &["running: process"])?;
    again.end("close")?;
    if store.home().join("strongroom.socket").exists() {
        return Err("the socket is still there".into());
    }
    Ok("3000 records; generation 2; a new master key; crash and recovery".to_owned())
}

fn server_down(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    // Bound and never accepting TLS: nobody else can take the port meanwhile.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = closed.local_addr()?.port().to_string();
    drop(closed);
    store.configure(&port)?;
    let told = refused(host, &store.home(), &store.settings(), "127.0.0.1")?;
    store.configure(host.site.port())?;
    let count = host.count(&store.home(), Some(&store.settings()))?;
    expect("records when it is back", count, 200)?;
    Ok(told)
}

fn two_processes(host: &Host<'_>, store: &Store) -> Outcome<String> {
    let first = fill(host, store, ["0", "200"])?;
    let told = refused(host, &store.home(), &store.settings(), "busy")?;
    first.end("close")?;
    Ok(told)
}

/// Under the open host, and when it is closed.
fn status(host: &Host<'_>, store: &Store) -> Outcome<String> {
    let running = fill(host, store, ["0", "200"])?;
    let keys: &[&str] = match host.kind {
        Kind::Binding => &["master-1", "tenant-b"],
        Kind::Mongo => &["master-1"],
    };
    let open = store.strongroom("status")?;
    let json = store.strongroom("status --json")?;
    running.end("close")?;
    let closed = store.strongroom("status")?;
    let seals: Vec<_> = keys.iter().map(|id| format!("{id} generation 1")).collect();
    let seals = format!("; seals with {}\n", seals.join(", "));
    let active: Vec<_> = keys
        .iter()
        .map(|id| format!("data key {id} generation 1: active"))
        .collect();
    let whole = (open.contains("running: process ") && open.contains(&seals))
        && (active.iter()).all(|line| open.contains(line) && closed.contains(line))
        && json.contains("\"authenticated\": true")
        && !closed.contains("running: process ");
    match whole {
        true => Ok(keys.join(" and ")),
        false => Err(format!("{open}\n{json}\n{closed}").into()),
    }
}

fn table_key(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "200"])?.end("close")?;
    let keys = store.strongroom("status --json")?;
    for id in ["master-1", "tenant-b"] {
        if !keys.contains(id) {
            return Err(format!("no key {id:?} in {keys}").into());
        }
    }
    Ok("master-1 and tenant-b".to_owned())
}

/// The keystore is taken after the last new key and before the epochs of the later writes.
fn backup(host: &Host<'_>, store: &Store) -> Outcome<String> {
    fill(host, store, ["0", "1000"])?.end("close")?;
    let (early, dest) = (store.beside("early"), store.beside("backup"));
    copy(&store.home(), &early)?;
    fill(host, store, ["1000", "2000"])?.end("close")?;
    fs::create_dir_all(&dest)?;
    let to = dest.display().to_string();
    let settings = store.settings();
    let running = host.start(&store.home(), Some(&settings), &["backup", &to])?;
    running.end("close")?;
    copy_keystore(&early, &dest)?;
    expect(
        "records of the backup",
        host.count(&dest, Some(&settings))?,
        2000,
    )?;
    Ok("2000 records".to_owned())
}
