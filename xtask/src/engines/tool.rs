//! Rows of Debian's tool `wt`, WiredTiger 3.2.1: another layout, a shared library.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Row;
use super::host::{Site, Store, plaintext, settings_of};
use crate::Outcome;

const NAME: &str = "Debian's wt 3.2.1";
/// Lines of the input, key and value in turn.
const RECORDS: usize = 2000;

type Play = fn(&Path, &Store) -> Outcome<String>;

pub(super) fn play(site: &Site, root: &Path) -> Vec<Row> {
    let rows: [(&'static str, Play); 4] = [
        ("control: a plain run shows the plaintext", control),
        ("no plaintext; dump gives the records back", sealed),
        ("a missing extension is refused", no_extension),
        ("a setting that does not exist is named", unknown_setting),
    ];
    rows.map(|(name, act)| Row {
        host: NAME,
        name,
        result: site
            .store()
            .and_then(|store| act(root, &store))
            .map_err(|error| error.to_string()),
    })
    .into()
}

fn wt(root: &Path, store: &Store, settings: &str, words: &[&str]) -> Outcome<String> {
    let mut command = Command::new(root.join("usr/bin/wt"));
    command
        .env("LD_LIBRARY_PATH", root.join("usr/lib/x86_64-linux-gnu"))
        .env("WIREDTIGER_CONFIG", settings)
        .args(["-C", "create,log=(enabled)", "-h"])
        .arg(store.home())
        .args(words);
    let output = command.output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

fn load(root: &Path, store: &Store, settings: &str) -> Outcome {
    let records = fs::read_to_string(Site::records())?;
    let lines = records.lines().skip(1).take(RECORDS).enumerate();
    let text: String = lines
        .map(|(at, line)| format!("key {at}\n{line}\n"))
        .collect();
    let input = store.beside("input.txt");
    fs::write(&input, text)?;
    let create = ["create", "-c", "key_format=S,value_format=S", "table:t"];
    wt(root, store, settings, &create)?;
    let input = input.display().to_string();
    wt(
        root,
        store,
        settings,
        &["loadtext", "-f", &input, "table:t"],
    )
    .map(drop)
}

fn control(root: &Path, store: &Store) -> Outcome<String> {
    load(root, store, "")?;
    match plaintext(&store.home())? {
        0 => Err("a plain database shows no plaintext: the search is blind".into()),
        found => Ok(format!("found {found} times")),
    }
}

fn sealed(root: &Path, store: &Store) -> Outcome<String> {
    let settings = store.settings();
    load(root, store, &settings)?;
    let found = plaintext(&store.home())?;
    if found != 0 {
        return Err(format!("the plaintext stands there {found} times").into());
    }
    let dump = wt(root, store, &settings, &["dump", "table:t"])?;
    let keys = dump.lines().filter(|line| line.starts_with("key ")).count();
    if keys != RECORDS {
        return Err(format!("{keys} of {RECORDS} records came back").into());
    }
    Ok(format!("{RECORDS} records"))
}

fn no_extension(root: &Path, store: &Store) -> Outcome<String> {
    load(root, store, &store.settings())?;
    refused(root, store, "extensions=[]", "unknown encryptor")
}

fn unknown_setting(root: &Path, store: &Store) -> Outcome<String> {
    load(root, store, &store.settings())?;
    let extension = format!("config=({},kmipServer=localhost)", store.config_file());
    let settings = settings_of(&extension, "master-1");
    let told = refused(
        root,
        store,
        &settings,
        "has \"kmipServer\", which is no setting",
    )?;
    wt(root, store, &store.settings(), &["list"])?;
    Ok(told)
}

fn refused(root: &Path, store: &Store, settings: &str, words: &str) -> Outcome<String> {
    match wt(root, store, settings, &["list"]) {
        Ok(_) => Err("it opened".into()),
        Err(error) if error.to_string().contains(words) => Ok(format!("the log says {words:?}")),
        Err(error) => Err(error),
    }
}
