//! PSMDB's start-up table S1 to S14, its key states K1 to K7 and its unit cases, each row on the wire.
//! The rows are `table/rows.rs`; `cargo xtask interop` plays them on PyKMIP too.

mod rows;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use strongroom::Error;
use strongroom::kmip::CryptographicUsageMask;
use strongroom::kmip::attribute::{AttributeValue, Name};
use strongroom::kmip::enumeration::{
    self, CryptographicAlgorithm, Operation, RevocationReasonCode,
};
use strongroom::kmip::object::{KeyBlock, ManagedObject};
use strongroom::kmip::operation::RegisterRequest;
use strongroom::kmip::tag;
use strongroom_secret::SecretBytes;
use strongroom_server::{FaultAction, Profile};

use self::rows::Action::{Rotate, Unlock};
use self::rows::Before::{Empty, Named, PreActive, Unnamed};
use self::rows::Ends::{Opens, Refused};
use self::rows::{Before, Fate, File, Given, KEY, Mode, OTHER_KEY, Row, SAME_OCTETS, State};
use crate::forged::first_master;
use crate::harness::{Harness, files};

impl From<State> for enumeration::State {
    fn from(state: State) -> Self {
        match state {
            State::PreActive => Self::PRE_ACTIVE,
            State::Active => Self::ACTIVE,
            State::Deactivated => Self::DEACTIVATED,
            State::Compromised => Self::COMPROMISED,
        }
    }
}

/// One row at work.
struct Trial {
    harness: Harness,
    dbpath: PathBuf,
}

impl Trial {
    async fn prepare(row: &Row) -> Self {
        let profile = match row.fate {
            Fate::Absent => Profile::PYKMIP,
            _ => Profile::STRONGROOM,
        };
        let harness = Harness::start_as(profile).await;
        let dbpath = harness.dbpath("db");
        let trial = Self { harness, dbpath };
        for (name, text, mode) in [
            ("key", KEY, 0o600),
            ("elsewhere", KEY, 0o400),
            ("other", OTHER_KEY, 0o600),
            ("open", KEY, 0o640),
        ] {
            let path = trial.harness.file(name);
            fs::write(&path, format!("{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        match row.before {
            Empty => {}
            Named => trial.first(&["keyIdentifier: key_name"]).await,
            Unnamed => trial.first(&[]).await,
            PreActive => {
                let harness = &trial.harness;
                harness.key("key_name", State::PreActive.into(), None).await;
                trial
                    .first(&["keyIdentifier: key_name", "activateKeys: false"])
                    .await;
            }
            Before::File => {
                let config = trial.harness.key_file_config(&trial.harness.file("key"));
                let options = strongroom::Options::default();
                drop(
                    strongroom::unlock(&config, &trial.dbpath, &options)
                        .await
                        .unwrap(),
                );
            }
        }
        trial.strike(row.fate).await;
        trial
    }

    async fn first(&self, lines: &[&str]) {
        drop(self.harness.unlock(lines, &self.dbpath).await.unwrap());
    }

    async fn strike(&self, fate: Fate) {
        if matches!(fate, Fate::Stays | Fate::OtherOctets) {
            return;
        }
        let id = first_master(&self.dbpath);
        let code = match fate {
            Fate::Compromised => RevocationReasonCode::KEY_COMPROMISE,
            _ => RevocationReasonCode::CESSATION_OF_OPERATION,
        };
        self.harness.revoke(&id, code).await;
        if matches!(fate, Fate::Destroyed | Fate::Absent) {
            self.harness.destroy(&id).await;
        }
    }

    /// The lines of `security.kmip` for what is given.
    async fn lines(&self, row: &Row) -> Vec<String> {
        let mut lines = match row.mode {
            Mode::Off => vec!["activateKeys: false".to_owned()],
            Mode::On => vec!["activateKeys: true".to_owned()],
            Mode::Absent => Vec::new(),
        };
        let (identifier, kind) = self.identifier(row.given).await;
        lines.extend(identifier.map(|identifier| format!("keyIdentifier: {identifier}")));
        lines.extend(kind.map(|kind| format!("keyIdentifierKind: {kind}")));
        lines
    }

    async fn identifier(&self, given: Given) -> (Option<String>, Option<&'static str>) {
        let harness = &self.harness;
        let (identifier, kind) = match given {
            Given::Nothing => return (None, None),
            Given::NewName => ("new_name".to_owned(), None),
            Given::Key(state) => {
                harness.key("given", state.into(), None).await;
                ("given".to_owned(), None)
            }
            Given::KeyById(state) => (harness.key("given", state.into(), None).await, None),
            Given::AbsentId => ("nowhere".to_owned(), Some("uid")),
            Given::NameAsId => {
                harness.key("given", State::Active.into(), None).await;
                ("given".to_owned(), Some("uid"))
            }
            Given::IdAsName => (
                harness.key("given", State::Active.into(), None).await,
                Some("name"),
            ),
            Given::SameName => ("key_name".to_owned(), None),
            Given::SameId => (first_master(&self.dbpath), None),
            Given::RecordedName => {
                let id = first_master(&self.dbpath);
                let mut keys = harness.keys().await.into_iter();
                (keys.find(|key| key.id == id).unwrap().name, None)
            }
            Given::SameOctets => {
                self.register("given", &SAME_OCTETS).await;
                ("given".to_owned(), None)
            }
        };
        (Some(identifier), kind)
    }

    /// Puts an Active key with these octets on the server.
    async fn register(&self, name: &str, octets: &[u8]) {
        let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
        let block = KeyBlock::raw(CryptographicAlgorithm::AES, SecretBytes::copy_from(octets));
        let attributes = vec![
            AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
            AttributeValue::CryptographicLength(256).into(),
            AttributeValue::CryptographicUsageMask(mask).into(),
            Name::text(name).into(),
        ];
        let request = RegisterRequest::new(ManagedObject::SymmetricKey(block), attributes);
        let mut session = self.harness.session().await;
        let id = session.register(request).await.unwrap().unique_identifier;
        session.activate(&id.to_string()).await.unwrap();
    }

    async fn act(&self, row: &Row, lines: &[String]) -> Result<(), Error> {
        let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let key = |name: &str| self.harness.file(name);
        let beside = format!("\n  encryptionKeyFile: {}", key("key").display());
        let config = match row.file {
            File::None => self.harness.config(&lines),
            File::Beside => {
                lines.push(&beside);
                self.harness.config(&lines)
            }
            File::Alone => self.harness.key_file_config(&key("key")),
            File::Elsewhere => self.harness.key_file_config(&key("elsewhere")),
            File::Other => self.harness.key_file_config(&key("other")),
            File::Open => self.harness.key_file_config(&key("open")),
        };
        if row.fate == Fate::OtherOctets {
            let changed = FaultAction::WrongField(tag::KEY_MATERIAL);
            self.harness.faults().on(Operation::GET, 1, changed);
        }
        let options = strongroom::Options::default();
        match row.action {
            Unlock => strongroom::unlock(&config, &self.dbpath, &options)
                .await
                .map(drop),
            Rotate => strongroom::rotate(&config, &self.dbpath, &options)
                .await
                .map(drop),
        }
    }

    /// The master keys on the server; throw-away keys are none.
    async fn count(&self) -> usize {
        let keys = self.harness.keys().await;
        keys.iter()
            .filter(|key| !key.name.contains("/trial-"))
            .count()
    }
}

fn octets(dbpath: &Path) -> Vec<(String, Vec<u8>)> {
    let names = files(dbpath)
        .into_iter()
        .filter(|name| name.starts_with("keystore"));
    names
        .map(|name| (name.clone(), fs::read(dbpath.join(name)).unwrap()))
        .collect()
}

async fn check(row: &Row) {
    let what = row.label();
    let trial = Trial::prepare(row).await;
    // Keys that the row itself needs are there before they are counted.
    let lines = trial.lines(row).await;
    let (keys, before) = (trial.count().await, octets(&trial.dbpath));
    match (trial.act(row, &lines).await, row.ends) {
        (Ok(()), Opens(made)) => {
            assert_eq!(trial.count().await.checked_sub(keys), Some(made), "{what}");
            assert_eq!(octets(&trial.dbpath).len(), 2, "{what}");
        }
        (Err(error), Refused(code)) => {
            assert_eq!(error.class().exit_code(), code, "{what}: {error}");
            assert!(!error.help().is_empty(), "{what}");
            assert_eq!(trial.count().await, keys, "{what}: {error}");
            assert_eq!(octets(&trial.dbpath), before, "{what}: {error}");
        }
        (Ok(()), Refused(_)) => panic!("{what}: opened"),
        (Err(error), Opens(_)) => panic!("{what}: {error}"),
    }
}

/// Every fourth row from `first` on: the tests of one table run at the same time.
async fn quarter(first: usize) {
    for row in rows::all().iter().skip(first).step_by(4) {
        check(row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_and_rotations_follow_the_table() {
    quarter(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_and_rotations_follow_the_table_second_quarter() {
    quarter(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_and_rotations_follow_the_table_third_quarter() {
    quarter(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_and_rotations_follow_the_table_fourth_quarter() {
    quarter(3).await;
}

#[test]
fn no_two_rows_have_one_label() {
    let labels: Vec<String> = rows::all().iter().map(Row::label).collect();
    let distinct: std::collections::BTreeSet<&String> = labels.iter().collect();
    assert_eq!(distinct.len(), labels.len());
    assert_eq!(labels.len(), 102);
}
