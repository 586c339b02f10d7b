//! The rows of the start-up decision table, as data: what stands before, what is done, how it ends.
//! Touches nothing.
//!
//! Two play them: `table.rs` beside this file on the bundled server in its process, and `cargo xtask
//! interop` (`xtask/src/interop/table.rs`) with the binary on PyKMIP. So nothing here is of either.
//!
//! Comments say what PSMDB does where we do something else, and why.

/// The base64 of 32 octets of 7, and of 8: what the key files hold.
pub(crate) const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
pub(crate) const OTHER_KEY: &str = "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";
/// What `Given::SameOctets` has on the server.
pub(crate) const SAME_OCTETS: [u8; 32] = [7; 32];

/// The state of a key that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    PreActive,
    Active,
    Deactivated,
    Compromised,
}

/// What stands before the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
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
pub(crate) enum Fate {
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
pub(crate) enum Mode {
    Off,
    On,
    Absent,
}

const MODES: [Mode; 3] = [Mode::Off, Mode::On, Mode::Absent];

/// What the configuration names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given {
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
pub(crate) enum File {
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
pub(crate) enum Action {
    Unlock,
    Rotate,
}

/// How the row ends: the store opens and this many master keys were made, or it is refused with this
/// exit code (`docs/operate/exit-codes.md`) and nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Opens(usize),
    Refused(u8),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) before: Before,
    pub(crate) fate: Fate,
    pub(crate) action: Action,
    pub(crate) mode: Mode,
    pub(crate) given: Given,
    pub(crate) file: File,
    pub(crate) ends: Ends,
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
    /// What tells it from every other row.
    pub(crate) fn label(&self) -> String {
        let mut label = self.name.to_owned();
        match self.mode {
            Mode::Absent => {}
            Mode::Off => label.push_str(", activateKeys false"),
            Mode::On => label.push_str(", activateKeys true"),
        }
        if self.action == Rotate && self.fate == Fate::Deactivated {
            label.push_str(", recorded key Deactivated");
        }
        label
    }

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

const ACTIVE: State = State::Active;
const CONFIGURATION: Ends = Refused(2);
const NOT_FOUND: Ends = Refused(6);
const KEY_STATE: Ends = Refused(7);
const WRONG_MASTER_KEY: Ends = Refused(8);
const RETIRED: Ends = Refused(20);

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
        WRONG_MASTER_KEY,
    )
    .fate(Fate::OtherOctets),
    row(
        "S14 the same with rotation",
        (Named, Rotate),
        Given::SameName,
        WRONG_MASTER_KEY,
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
        WRONG_MASTER_KEY,
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
                    Given::Key(State::PreActive),
                    pre,
                ),
                // PSMDB takes these with activateKeys false. A retired key is known to others.
                row(
                    "K4 Deactivated",
                    (Empty, Unlock),
                    Given::Key(State::Deactivated),
                    KEY_STATE,
                ),
                row(
                    "K4 Compromised",
                    (Empty, Unlock),
                    Given::Key(State::Compromised),
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
                        Given::Key(State::PreActive),
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
                        Given::Key(State::Deactivated),
                        ends(KEY_STATE),
                    ),
                ]
                .map(|row| row.mode(mode).fate(fate)),
            );
        }
    }
    rows
}

/// Every row of the table.
pub(crate) fn all() -> Vec<Row> {
    let mut rows = [STARTS, SOURCES].concat();
    rows.extend(states());
    rows.extend(rotations());
    rows
}
