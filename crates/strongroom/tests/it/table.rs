//! PSMDB's start-up table S1 to S14, its key states K1 to K7 and its unit cases, each row on the wire.
//!
//! Comments say what PSMDB does where we do something else, and why.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use strongroom::kmip::CryptographicUsageMask;
use strongroom::kmip::attribute::{AttributeValue, Name};
use strongroom::kmip::enumeration::{
    CryptographicAlgorithm, Operation, RevocationReasonCode, State,
};
use strongroom::kmip::object::{KeyBlock, ManagedObject};
use strongroom::kmip::operation::RegisterRequest;
use strongroom::kmip::tag;
use strongroom::{Class, Error};
use strongroom_secret::SecretBytes;
use strongroom_server::{FaultAction, Profile};

use crate::forged::first_master;
use crate::harness::{Harness, files};

/// The base64 of 32 octets of 7, and of 8.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const OTHER_KEY: &str = "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";

/// What stands before the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Empty,
    /// A store whose first start named `key_name`.
    Named,
    /// A store whose first start named nothing.
    Unnamed,
    /// A store whose first start took a Pre-Active key, with `activateKeys: false`.
    PreActive,
    /// A store under a key file.
    File,
}

/// What becomes of the recorded key on the server before the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    Deactivated,
    Compromised,
    Destroyed,
    /// Destroyed on a server that forgets such keys.
    Absent,
    /// The server returns other octets.
    OtherOctets,
}

/// `activateKeys`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Off,
    On,
    Absent,
}

const MODES: [Mode; 3] = [Mode::Off, Mode::On, Mode::Absent];

/// What the configuration names.
#[derive(Clone, Copy, Debug)]
enum Given {
    Nothing,
    /// A Name that no key has.
    NewName,
    /// A Name, and a key in this state that has it.
    Key(State),
    /// As `Key`, by its Unique Identifier.
    KeyById(State),
    /// A Unique Identifier that no key has, with `keyIdentifierKind: uid`.
    AbsentId,
    /// The Name of an Active key, with `keyIdentifierKind: uid`.
    NameAsId,
    /// The Unique Identifier of an Active key, with `keyIdentifierKind: name`.
    IdAsName,
    /// What the store's first start named.
    SameName,
    /// The Unique Identifier of the recorded key.
    SameId,
    /// The Name of the recorded key.
    RecordedName,
    /// An Active key with the octets of the key file.
    SameOctets,
}

/// The key file beside it, or in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    None,
    /// The key file alone, without `security.kmip`.
    Alone,
    /// The same key in another file, alone.
    Elsewhere,
    /// Another key, alone.
    Other,
    /// One that others can read, alone.
    Open,
    /// Both.
    Beside,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Unlock,
    Rotate,
}

/// How the row ends: the store opens and this many master keys were made, or it is refused and
/// nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Opens(usize),
    Refused(Class),
}

#[derive(Clone, Copy, Debug)]
struct Row {
    name: &'static str,
    before: Before,
    fate: Fate,
    action: Action,
    mode: Mode,
    given: Given,
    file: File,
    ends: Ends,
}

/// The usual row: the recorded key stays, `activateKeys` is absent, there is no key file.
const fn row(
    name: &'static str,
    (before, action): (Before, Action),
    given: Given,
    ends: Ends,
) -> Row {
    Row {
        name,
        before,
        fate: Fate::Stays,
        action,
        mode: Mode::Absent,
        given,
        file: File::None,
        ends,
    }
}

impl Row {
    const fn fate(mut self, fate: Fate) -> Self {
        self.fate = fate;
        self
    }

    const fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    const fn file(mut self, file: File) -> Self {
        self.file = file;
        self
    }
}

use Action::{Rotate, Unlock};
use Before::{Empty, Named, PreActive, Unnamed};
use Ends::{Opens, Refused};

const ACTIVE: State = State::ACTIVE;
const CONFIGURATION: Ends = Refused(Class::Configuration);
const KEY_STATE: Ends = Refused(Class::KeyState);
const RETIRED: Ends = Refused(Class::RetiredMaster);
const NOT_FOUND: Ends = Refused(Class::KeyNotFound);

/// S1 to S14.
const STARTS: &[Row] = &[
    row(
        "S1 rotation without a store",
        (Empty, Rotate),
        Given::Nothing,
        CONFIGURATION,
    ),
    row(
        "S1 the same with a key",
        (Empty, Rotate),
        Given::Key(ACTIVE),
        CONFIGURATION,
    ),
    row("S2 by Name", (Empty, Unlock), Given::Key(ACTIVE), Opens(0)),
    row(
        "S2 by Unique Identifier",
        (Empty, Unlock),
        Given::KeyById(ACTIVE),
        Opens(0),
    ),
    row("S2 absent", (Empty, Unlock), Given::AbsentId, NOT_FOUND),
    row(
        "S3 nothing given",
        (Empty, Unlock),
        Given::Nothing,
        Opens(1),
    ),
    row("S3 a new Name", (Empty, Unlock), Given::NewName, Opens(1)),
    row("S4 none", (Named, Unlock), Given::Nothing, Opens(0)),
    row("S4 same Name", (Named, Unlock), Given::SameName, Opens(0)),
    row(
        "S4 its Unique Identifier",
        (Named, Unlock),
        Given::SameId,
        Opens(0),
    ),
    row(
        "S5 another key",
        (Named, Unlock),
        Given::Key(ACTIVE),
        CONFIGURATION,
    ),
    row(
        "S5 another key by id",
        (Named, Unlock),
        Given::KeyById(ACTIVE),
        CONFIGURATION,
    ),
    row(
        "S5 another Name",
        (Named, Unlock),
        Given::NewName,
        CONFIGURATION,
    ),
    row(
        "S6 its Name later",
        (Unnamed, Unlock),
        Given::RecordedName,
        Opens(0),
    ),
    row(
        "S6 its id later",
        (Unnamed, Unlock),
        Given::SameId,
        Opens(0),
    ),
    // PSMDB adopts a key with the same octets. Octets prove nothing about who else has the key.
    row(
        "S6 key file, same octets on the server",
        (Before::File, Unlock),
        Given::SameOctets,
        CONFIGURATION,
    ),
    row(
        "S6 the same, with the file",
        (Before::File, Unlock),
        Given::SameOctets,
        CONFIGURATION,
    )
    .file(File::Beside),
    row(
        "S7 key file, none",
        (Before::File, Unlock),
        Given::Nothing,
        CONFIGURATION,
    ),
    // PSMDB refuses S8: here it is the way from a key file to a key server.
    row(
        "S8 key file to a new key",
        (Before::File, Rotate),
        Given::Nothing,
        Opens(1),
    )
    .file(File::Beside),
    row(
        "S8 key file to a new Name",
        (Before::File, Rotate),
        Given::NewName,
        Opens(1),
    )
    .file(File::Beside),
    row(
        "S8 key file to a given key",
        (Before::File, Rotate),
        Given::Key(ACTIVE),
        Opens(0),
    )
    .file(File::Beside),
    row(
        "S8 without the file",
        (Before::File, Rotate),
        Given::NewName,
        CONFIGURATION,
    ),
    row(
        "S9 same Unique Identifier",
        (Named, Rotate),
        Given::SameId,
        CONFIGURATION,
    ),
    // PSMDB's identifiers are no Names; the next version is made.
    row("S9 same Name", (Named, Rotate), Given::SameName, Opens(1)),
    row("S10 none", (Named, Rotate), Given::Nothing, Opens(1)),
    row(
        "S10 none, unnamed",
        (Unnamed, Rotate),
        Given::Nothing,
        Opens(1),
    ),
    row(
        "S11 another key",
        (Named, Rotate),
        Given::Key(ACTIVE),
        Opens(0),
    ),
    row(
        "S11 another key by id",
        (Named, Rotate),
        Given::KeyById(ACTIVE),
        Opens(0),
    ),
    row(
        "S11 another Name",
        (Named, Rotate),
        Given::NewName,
        Opens(1),
    ),
    row("S11 absent", (Named, Rotate), Given::AbsentId, NOT_FOUND),
    // PSMDB takes a key file with the same octets; a store does not leave the key server here.
    row(
        "S12 key file in place of the server",
        (Named, Unlock),
        Given::Nothing,
        CONFIGURATION,
    )
    .file(File::Alone),
    row(
        "S12 the same with rotation",
        (Named, Rotate),
        Given::Nothing,
        CONFIGURATION,
    )
    .file(File::Alone),
    row(
        "S12 both, the server's key",
        (Named, Unlock),
        Given::SameName,
        Opens(0),
    )
    .file(File::Beside),
    row(
        "S13 recorded key absent",
        (Named, Unlock),
        Given::SameName,
        NOT_FOUND,
    )
    .fate(Fate::Absent),
    row(
        "S13 the same with rotation",
        (Named, Rotate),
        Given::SameName,
        NOT_FOUND,
    )
    .fate(Fate::Absent),
    row(
        "S14 other octets",
        (Named, Unlock),
        Given::SameName,
        Refused(Class::WrongMasterKey),
    )
    .fate(Fate::OtherOctets),
    row(
        "S14 the same with rotation",
        (Named, Rotate),
        Given::SameName,
        Refused(Class::WrongMasterKey),
    )
    .fate(Fate::OtherOctets),
];

/// PSMDB's unit cases "new engine" and "from key file", and both meanings of `keyIdentifier`.
const SOURCES: &[Row] = &[
    row(
        "new store, key file",
        (Empty, Unlock),
        Given::Nothing,
        Opens(0),
    )
    .file(File::Alone),
    row(
        "new store, key file others can read",
        (Empty, Unlock),
        Given::Nothing,
        CONFIGURATION,
    )
    .file(File::Open),
    row(
        "new store, key file and server",
        (Empty, Unlock),
        Given::NewName,
        CONFIGURATION,
    )
    .file(File::Beside),
    row(
        "new store, rotation of a key file",
        (Empty, Rotate),
        Given::Nothing,
        CONFIGURATION,
    )
    .file(File::Alone),
    row(
        "key file, same file",
        (Before::File, Unlock),
        Given::Nothing,
        Opens(0),
    )
    .file(File::Alone),
    row(
        "key file, same key elsewhere",
        (Before::File, Unlock),
        Given::Nothing,
        Opens(0),
    )
    .file(File::Elsewhere),
    row(
        "key file, another key",
        (Before::File, Unlock),
        Given::Nothing,
        Refused(Class::WrongMasterKey),
    )
    .file(File::Other),
    row(
        "key file, rotation without a server",
        (Before::File, Rotate),
        Given::Nothing,
        CONFIGURATION,
    )
    .file(File::Alone),
    row(
        "key file, both, no rotation",
        (Before::File, Unlock),
        Given::Nothing,
        Opens(0),
    )
    .file(File::Beside),
    row(
        "kind uid, a Name",
        (Empty, Unlock),
        Given::NameAsId,
        NOT_FOUND,
    ),
    row(
        "kind name, a Unique Identifier",
        (Empty, Unlock),
        Given::IdAsName,
        Opens(1),
    ),
];

/// K1 to K4: states at a start.
fn states() -> Vec<Row> {
    let mut rows = Vec::new();
    for mode in MODES {
        let strict = mode != Mode::Off;
        let pre = if strict { KEY_STATE } else { Opens(0) };
        rows.extend(
            [
                row("K1 new", (Empty, Unlock), Given::NewName, Opens(1)),
                row("K2 Active", (Empty, Unlock), Given::Key(ACTIVE), Opens(0)),
                row(
                    "K3 Pre-Active",
                    (Empty, Unlock),
                    Given::Key(State::PRE_ACTIVE),
                    pre,
                ),
                // PSMDB takes these with activateKeys false. A retired key is known to others.
                row(
                    "K4 Deactivated",
                    (Empty, Unlock),
                    Given::Key(State::DEACTIVATED),
                    KEY_STATE,
                ),
                row(
                    "K4 Compromised",
                    (Empty, Unlock),
                    Given::Key(State::COMPROMISED),
                    KEY_STATE,
                ),
                row(
                    "K2 recorded, Active",
                    (Named, Unlock),
                    Given::SameName,
                    Opens(0),
                ),
                row(
                    "K3 recorded, given Pre-Active",
                    (PreActive, Unlock),
                    Given::SameName,
                    pre,
                ),
                row(
                    "K4 recorded, Deactivated",
                    (Named, Unlock),
                    Given::SameName,
                    RETIRED,
                )
                .fate(Fate::Deactivated),
                row(
                    "K4 recorded, Compromised",
                    (Named, Unlock),
                    Given::SameName,
                    RETIRED,
                )
                .fate(Fate::Compromised),
                row(
                    "K4 recorded, Destroyed",
                    (Named, Unlock),
                    Given::SameName,
                    RETIRED,
                )
                .fate(Fate::Destroyed),
            ]
            .map(|row| row.mode(mode)),
        );
    }
    rows
}

/// K5 to K7: states in a rotation. PSMDB ignores the state of the old key (K5): here a keystore under
/// a retired key is refused, and `unlock --restore` goes on from it on purpose.
fn rotations() -> Vec<Row> {
    let mut rows = Vec::new();
    for mode in MODES {
        for fate in [Fate::Stays, Fate::Deactivated] {
            let ends = |ends| if fate == Fate::Stays { ends } else { RETIRED };
            let pre = if mode == Mode::Off {
                Opens(0)
            } else {
                KEY_STATE
            };
            rows.extend(
                [
                    row(
                        "K5 generated",
                        (Named, Rotate),
                        Given::SameName,
                        ends(Opens(1)),
                    ),
                    row(
                        "K6 given Pre-Active",
                        (Named, Rotate),
                        Given::Key(State::PRE_ACTIVE),
                        ends(pre),
                    ),
                    row(
                        "K5 given Active",
                        (Named, Rotate),
                        Given::Key(ACTIVE),
                        ends(Opens(0)),
                    ),
                    row(
                        "K7 given Deactivated",
                        (Named, Rotate),
                        Given::Key(State::DEACTIVATED),
                        ends(KEY_STATE),
                    ),
                ]
                .map(|row| row.mode(mode).fate(fate)),
            );
        }
    }
    rows
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
                trial.harness.key("key_name", State::PRE_ACTIVE, None).await;
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
                harness.key("given", state, None).await;
                ("given".to_owned(), None)
            }
            Given::KeyById(state) => (harness.key("given", state, None).await, None),
            Given::AbsentId => ("nowhere".to_owned(), Some("uid")),
            Given::NameAsId => {
                harness.key("given", ACTIVE, None).await;
                ("given".to_owned(), Some("uid"))
            }
            Given::IdAsName => (harness.key("given", ACTIVE, None).await, Some("name")),
            Given::SameName => ("key_name".to_owned(), None),
            Given::SameId => (first_master(&self.dbpath), None),
            Given::RecordedName => {
                let id = first_master(&self.dbpath);
                let mut keys = harness.keys().await.into_iter();
                (keys.find(|key| key.id == id).unwrap().name, None)
            }
            Given::SameOctets => {
                self.register("given", &[7; 32]).await;
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
    let what = format!("{} {:?} {:?} {:?}", row.name, row.mode, row.fate, row.file);
    let trial = Trial::prepare(row).await;
    // Keys that the row itself needs are there before they are counted.
    let lines = trial.lines(row).await;
    let (keys, before) = (trial.count().await, octets(&trial.dbpath));
    match (trial.act(row, &lines).await, row.ends) {
        (Ok(()), Opens(made)) => {
            assert_eq!(trial.count().await.checked_sub(keys), Some(made), "{what}");
            assert_eq!(octets(&trial.dbpath).len(), 2, "{what}");
        }
        (Err(error), Refused(class)) => {
            assert_eq!(error.class(), class, "{what}: {error}");
            assert!(!error.help().is_empty(), "{what}");
            assert_eq!(trial.count().await, keys, "{what}: {error}");
            assert_eq!(octets(&trial.dbpath), before, "{what}: {error}");
        }
        (Ok(()), Refused(_)) => panic!("{what}: opened"),
        (Err(error), Opens(_)) => panic!("{what}: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_and_rotations_follow_the_table() {
    for row in STARTS {
        check(row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn key_files_identifiers_and_old_keys_follow_the_table() {
    for row in SOURCES {
        check(row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn states_at_a_start_follow_the_table() {
    for row in states() {
        check(&row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn states_in_a_rotation_follow_the_table() {
    for row in rotations() {
        check(&row).await;
    }
}
