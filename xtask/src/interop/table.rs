//! The start-up decision table on PyKMIP: the rows of `crates/strongroom/tests/it/table/rows.rs`, each
//! with the binary. What PyKMIP cannot produce is named with its reason.
//!
//! May touch: servers on loopback that it starts, folders below the run's.

#[path = "../../../crates/strongroom/tests/it/table/rows.rs"]
mod data;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use strongroom_kmip::RevocationReasonCode;

use self::data::{
    Action, Before, Ends, Fate, File, Given, KEY, Mode, OTHER_KEY, Row, SAME_OCTETS, State,
};
use super::hand::Hand;
use super::site::{Answer, Site, Stage, Store};
use super::trial::Trial;
use crate::Outcome;

/// The table is played in so many parts, each with servers of its own.
pub(super) const PARTS: usize = 4;

/// PyKMIP looks at each of its objects at every Locate: after so many rows a part begins anew.
const ROWS_PER_SERVER: usize = 9;
/// More keys than a server holds before a row that waits for a Unique Identifier.
const IDS_MAX: usize = 40;

/// Plays every fourth row from `part` on.
pub(super) fn play(stage: &Stage<'_>, part: usize) -> Outcome<Vec<Trial>> {
    let mut rows: Vec<Row> = data::all().into_iter().skip(part).step_by(PARTS).collect();
    // Needs a Unique Identifier that a second, new server gives out too.
    rows.sort_by_key(|row| row.fate != Fate::OtherOctets);
    let mut trials = Vec::new();
    for (place, rows) in rows.chunks(ROWS_PER_SERVER).enumerate() {
        let site = Site::start(stage, &format!("table-{part}-{place}"), 2)?;
        for row in rows {
            let name = format!("table: {}", row.label());
            trials.push(match not_here(row) {
                Some(why) => Trial::not_played(name, why),
                None => Trial::play(name, &site, |site, trial| check(site, trial, row)),
            });
        }
    }
    Ok(trials)
}

/// Why PyKMIP cannot produce the row.
fn not_here(row: &Row) -> Option<&'static str> {
    (row.fate == Fate::Destroyed).then_some(
        "PyKMIP forgets a key that is destroyed: the row \"S13 recorded key absent\" is that one here",
    )
}

/// One row at work.
struct Play<'a> {
    site: &'a Site,
    store: Store,
    /// Makes Names that no other row has.
    suffix: String,
}

fn check(site: &Site, trial: &mut Trial, row: &Row) -> Outcome {
    let store = site.unnamed()?;
    let suffix = store.dbpath.file_name().unwrap_or_default();
    let suffix = suffix.to_string_lossy().into_owned();
    let mut play = Play {
        site,
        store,
        suffix,
    };
    play.prepare(row)?;
    let words = play.words(row)?;
    // Keys that the row itself needs are there before they are counted.
    let (keys, before) = (play.masters()?, play.keystore());
    let answer = play.act(row, &words)?;
    let (now, after) = (play.masters()?, play.keystore());
    let made = now.checked_sub(keys);
    match row.ends {
        Ends::Opens(expected) => {
            trial.exits(row_words(row), &answer, 0, "");
            let good = made == Some(expected);
            trial.holds(
                &format!("{expected} master keys made"),
                good,
                format!("{keys} master keys before and {now} after"),
            );
            trial.holds("both copies there", after.len() == 2, "a copy is missing");
        }
        Ends::Refused(code) => {
            trial.exits(row_words(row), &answer, i32::from(code), "help:");
            trial.holds("no key made", made == Some(0), "a key was made or lost");
            trial.holds(
                "keystore unchanged",
                before == after,
                "the keystore changed",
            );
        }
    }
    Ok(())
}

fn row_words(row: &Row) -> &'static str {
    match row.action {
        Action::Unlock => "unlock",
        Action::Rotate => "rotate",
    }
}

impl Play<'_> {
    fn name(&self, stem: &str) -> String {
        format!("{stem}-{}", self.suffix)
    }

    fn masters(&self) -> Outcome<usize> {
        self.site.hand(self.store.port, Hand::masters)
    }

    fn keystore(&self) -> Vec<Vec<u8>> {
        let files = self.store.keystore_files().into_iter();
        files.filter_map(|file| fs::read(file).ok()).collect()
    }

    /// Brings the store and its key to where the row begins.
    fn prepare(&mut self, row: &Row) -> Outcome {
        let first = match row.before {
            Before::Empty => return Ok(()),
            Before::Named => self.first(&self.name("key_name"), ""),
            Before::Unnamed => self.site.run(&self.store, "unlock"),
            Before::PreActive => {
                let name = self.name("key_name");
                self.site.hand(self.store.port, |hand| hand.create(&name))?;
                self.first(&name, " --kmipActivateKeys false")
            }
            Before::File => {
                let alone = self.with_file(File::Alone)?;
                self.site.run(&alone, "unlock")
            }
        }?;
        if first.code != 0 {
            return Err(format!("first start: exit {}: {}", first.code, first.line()).into());
        }
        self.strike(row.fate)
    }

    fn first(&self, name: &str, more: &str) -> Outcome<Answer> {
        let named = self.store.clone().identifier(name);
        self.site.run(&named, &format!("unlock{more}"))
    }

    fn recorded(&self) -> Outcome<String> {
        self.site.fact(&self.store, "/masterKey/uniqueIdentifier")
    }

    /// What becomes of the recorded key.
    fn strike(&mut self, fate: Fate) -> Outcome {
        if fate == Fate::Stays {
            return Ok(());
        }
        let id = self.recorded()?;
        if fate == Fate::OtherOctets {
            return self.elsewhere(&id);
        }
        self.site.hand(self.store.port, |hand| {
            hand.revoke(&id, reason(fate))?;
            match fate {
                Fate::Absent => hand.destroy(&id),
                _ => Ok(()),
            }
        })
    }

    /// Goes on with another server, which has another key under that Unique Identifier: PyKMIP counts.
    fn elsewhere(&mut self, id: &str) -> Outcome {
        let port = self.site.second(|second| Ok(second.port))?;
        self.store.port = port;
        for _ in 0..IDS_MAX {
            let name = self.name("stranger");
            let made = self.site.hand(port, |hand| hand.create(&name))?;
            if made == id {
                return self.site.hand(port, |hand| hand.activate(&made));
            }
        }
        Err(format!("the second server never gave out the identifier {id}").into())
    }

    /// The store with the row's key file beside its key server or in its place.
    fn with_file(&self, file: File) -> Outcome<Store> {
        let (stem, text, mode) = match file {
            File::None => return Ok(self.store.clone()),
            File::Alone | File::Beside => ("key", KEY, 0o600),
            File::Elsewhere => ("elsewhere", KEY, 0o400),
            File::Other => ("other", OTHER_KEY, 0o600),
            File::Open => ("open", KEY, 0o640),
        };
        let path: PathBuf = self.site.folder.join(self.name(stem));
        if !path.exists() {
            fs::write(&path, format!("{text}\n"))?;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        }
        let mut store = self.store.clone();
        store.key_file = Some(path);
        store.on_server = file == File::Beside;
        Ok(store)
    }

    /// Makes what the row gives; the command line that names it.
    fn words(&mut self, row: &Row) -> Outcome<String> {
        let mut words = row_words(row).to_owned();
        match row.mode {
            Mode::Absent => {}
            Mode::Off => words.push_str(" --kmipActivateKeys false"),
            Mode::On => words.push_str(" --kmipActivateKeys true"),
        }
        let given = self.name("given");
        let (identifier, kind) = match row.given {
            Given::Nothing => return Ok(words),
            Given::NewName => (self.name("new_name"), None),
            Given::Key(state) => {
                self.given(state)?;
                (given, None)
            }
            Given::KeyById(state) => (self.given(state)?, None),
            Given::AbsentId => (self.name("nowhere"), Some("uid")),
            Given::NameAsId => {
                self.given(State::Active)?;
                (given, Some("uid"))
            }
            Given::IdAsName => (self.given(State::Active)?, Some("name")),
            Given::SameName => (self.name("key_name"), None),
            Given::SameId => (self.recorded()?, None),
            Given::RecordedName => (self.site.fact(&self.store, "/masterKey/name")?, None),
            Given::SameOctets => {
                self.site.hand(self.store.port, |hand| {
                    let id = hand.register(&given, &SAME_OCTETS)?;
                    hand.activate(&id)
                })?;
                (given, None)
            }
        };
        self.store.identifier = Some(identifier);
        if let Some(kind) = kind {
            words.push_str(&format!(" --kmipKeyIdentifierKind {kind}"));
        }
        Ok(words)
    }

    /// A key in this state whose Name begins with `given-`; its Unique Identifier.
    fn given(&self, state: State) -> Outcome<String> {
        let name = self.name("given");
        self.site.hand(self.store.port, |hand| {
            let id = hand.create(&name)?;
            if state != State::PreActive {
                hand.activate(&id)?;
            }
            match state {
                State::PreActive | State::Active => {}
                State::Deactivated => hand.revoke(&id, reason(Fate::Deactivated))?,
                State::Compromised => hand.revoke(&id, reason(Fate::Compromised))?,
            }
            Ok(id)
        })
    }

    fn act(&self, row: &Row, words: &str) -> Outcome<Answer> {
        self.site.run(&self.with_file(row.file)?, words)
    }
}

fn reason(fate: Fate) -> RevocationReasonCode {
    match fate {
        Fate::Compromised => RevocationReasonCode::KEY_COMPROMISE,
        _ => RevocationReasonCode::CESSATION_OF_OPERATION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_about_destroyed_keys_are_left_out() {
        let rows = data::all();
        let left_out = rows.iter().filter(|row| not_here(row).is_some());
        assert!(left_out.clone().all(|row| row.fate == Fate::Destroyed));
        assert_eq!((rows.len(), left_out.count()), (102, 3));
    }
}
