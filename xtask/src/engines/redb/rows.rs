//! The rows of the program that keeps records in redb.

use std::fs;

use super::super::Row;
use super::super::host::{Site, Store, copy, plaintext};
use super::super::rows::expect;
use super::worker::{How, Worker, count, data_file};
use crate::Outcome;

type Play = fn(&Site, &Store) -> Outcome<String>;

const NAME: &str = "redb 4.6.0";
const SEALED: How<'_> = How::Sealed("data");
const KEYSTORES: [&str; 2] = ["keystore.a", "keystore.b"];
/// Kills of one row.
const KILLS: usize = 8;

const ROWS: [(&str, Play); 10] = [
    ("control: a plain run shows the plaintext", control),
    ("no plaintext open, in a copy, closed; reopen", sealed),
    ("killed in mid-commit: every commit is there", killed),
    ("a rotated key: old and new units, re-sealed", rotated),
    ("killed in a re-seal; it goes on; retired", killed_in_reseal),
    ("a key that is still needed, retired", retired),
    ("another store's file is named", other_store),
    ("another key id is named", other_key),
    ("key server down at start", server_down),
    ("a second process is refused", two_processes),
];

pub(super) fn play(site: &Site) -> Vec<Row> {
    let rows = ROWS.iter().map(|&(row, act)| {
        let result = site.store().and_then(|store| act(site, &store));
        let result = result.map_err(|error| error.to_string());
        let verdict = if result.is_ok() { "passed" } else { "FAILED" };
        eprintln!("{NAME}: {row}: {verdict}");
        Row {
            host: NAME,
            name: row,
            result,
        }
    });
    rows.collect()
}

/// A store with so many records, closed.
fn filled(store: &Store, records: usize) -> Outcome {
    let mut worker = Worker::start(store, SEALED)?;
    worker.put(0, records)?;
    expect("records", worker.count, records)?;
    worker.close()
}

/// The start has to fail with `word` in what it says, and leave the data file as it was.
fn refused(store: &Store, how: How<'_>, word: &str) -> Outcome<String> {
    let before = fs::read(data_file(&store.home()))?;
    let said = match Worker::start(store, how) {
        Ok(worker) => return Err(format!("it opened and read {} records", worker.count).into()),
        Err(error) => error.to_string(),
    };
    if !said.contains(word) {
        return Err(format!("it does not say {word:?}: {said}").into());
    }
    if fs::read(data_file(&store.home()))? != before {
        return Err("the data file was changed".into());
    }
    Ok(format!("it says {word:?}; the file is as it was"))
}

fn control(_: &Site, store: &Store) -> Outcome<String> {
    let mut worker = Worker::start(store, How::Plain)?;
    worker.put(0, 4000)?;
    worker.close()?;
    match plaintext(&store.home())? {
        0 => Err("a plain database shows no plaintext: the search is blind".into()),
        found => Ok(format!("found {found} times")),
    }
}

fn sealed(_: &Site, store: &Store) -> Outcome<String> {
    let mut worker = Worker::start(store, SEALED)?;
    worker.put(0, 4000)?;
    expect("plaintext while open", plaintext(&store.home())?, 0)?;
    let snapshot = store.beside("snapshot");
    copy(&store.home(), &snapshot)?;
    expect("plaintext in a copy", plaintext(&snapshot)?, 0)?;
    worker.kill()?;
    expect("plaintext after a kill", plaintext(&store.home())?, 0)?;
    expect("records after the kill", count(store)?, 4000)?;
    expect("plaintext when closed", plaintext(&store.home())?, 0)?;
    expect("records after reopening", count(store)?, 4000)?;
    Ok("0 in all files; 4000 records".to_owned())
}

/// Kills at other moments each time; the last transaction may be there or not, and never in part.
fn killed(_: &Site, store: &Store) -> Outcome<String> {
    let mut from = 0_usize;
    for kill in 0..KILLS {
        let worker = Worker::start(store, SEALED)?;
        let enough = from.saturating_add(kill.saturating_mul(100));
        let committed = worker.killed_in_put((from, from.saturating_add(4000)), enough)?;
        let found = count(store)?;
        let next = committed.saturating_add(100);
        if found != committed && found != next {
            return Err(format!("kill {kill}: {found} records, {committed} committed").into());
        }
        from = found;
    }
    store
        .strongroom("keystore verify")
        .map_err(|error| format!("keystore verify: {error}"))?;
    Ok(format!("{KILLS} kills, {from} records, sound"))
}

fn rotated(_: &Site, store: &Store) -> Outcome<String> {
    let mut worker = Worker::start(store, SEALED)?;
    worker.put(0, 3000)?;
    store.strongroom("keys rotate data")?;
    worker.put(3000, 4000)?;
    expect("records under both keys", worker.count, 4000)?;
    let needed = !worker.may_retire()?;
    worker.reseal()?;
    if !(needed && worker.may_retire()?) {
        return Err("the re-seal does not say what it did".into());
    }
    store.strongroom("keys retire data 1 --not-needed")?;
    worker.put(4000, 4100)?;
    expect("records under the new key", worker.count, 4100)?;
    worker.close()?;
    expect("records after reopening", count(store)?, 4100)?;
    store.strongroom("keystore verify")?;
    Ok("4100 records, generation 1 retired, every octet sound".to_owned())
}

fn killed_in_reseal(_: &Site, store: &Store) -> Outcome<String> {
    filled(store, 8000)?;
    store.strongroom("keys rotate data")?;
    let mut turns = 0_usize;
    loop {
        let mut worker = Worker::start(store, SEALED)?;
        expect("records", worker.count, 8000)?;
        turns = turns.saturating_add(1);
        if worker.is_killed_in_reseal()? {
            continue;
        }
        if !worker.may_retire()? {
            return Err("it is through, and the old generation is still needed".into());
        }
        worker.close()?;
        break;
    }
    store.strongroom("keys retire data 1 --not-needed")?;
    expect("records under the new key alone", count(store)?, 8000)?;
    store.strongroom("keystore verify")?;
    Ok(format!("{turns} turns, 8000 records"))
}

/// Refused by the generation's number; the keystore of before opens everything again.
fn retired(_: &Site, store: &Store) -> Outcome<String> {
    filled(store, 2000)?;
    store.strongroom("keys rotate data")?;
    let before = store.beside("before");
    copy(&store.home(), &before)?;
    store.strongroom("keys retire data 1 --not-needed")?;
    let told = refused(store, SEALED, "generation 1")?;
    for name in KEYSTORES {
        fs::copy(before.join(name), store.home().join(name))?;
    }
    expect("records with the keystore of before", count(store)?, 2000)?;
    Ok(told)
}

fn other_store(site: &Site, store: &Store) -> Outcome<String> {
    filled(store, 2000)?;
    let other = site.store()?;
    filled(&other, 200)?;
    let (own, foreign) = (data_file(&store.home()), data_file(&other.home()));
    let kept = store.beside("kept.redb");
    fs::rename(&own, &kept)?;
    fs::copy(&foreign, &own)?;
    let told = refused(store, SEALED, "belongs to another store")?;
    fs::rename(&kept, &own)?;
    expect("records of the own file", count(store)?, 2000)?;
    Ok(told)
}

fn other_key(_: &Site, store: &Store) -> Outcome<String> {
    filled(store, 2000)?;
    let told = refused(store, How::Sealed("other"), "sealed under key id \"data\"")?;
    expect("records under the right key", count(store)?, 2000)?;
    Ok(told)
}

fn server_down(site: &Site, store: &Store) -> Outcome<String> {
    filled(store, 200)?;
    // Bound and never accepting TLS: nobody else can take the port meanwhile.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = closed.local_addr()?.port().to_string();
    drop(closed);
    store.configure(&port)?;
    let told = refused(store, SEALED, "127.0.0.1")?;
    store.configure(site.port())?;
    expect("records when it is back", count(store)?, 200)?;
    Ok(told)
}

fn two_processes(_: &Site, store: &Store) -> Outcome<String> {
    let mut first = Worker::start(store, SEALED)?;
    first.put(0, 200)?;
    let told = refused(store, SEALED, "is locked by")?;
    first.put(200, 300)?;
    expect("records of the first", first.count, 300)?;
    first.close()?;
    Ok(told)
}
