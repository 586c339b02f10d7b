//! The rotation record: where a master key rotation stands, as the file says it.
//!
//! May touch: memory only. The transitions are methods of [`Keystore`](crate::Keystore).

use std::fmt;

use crate::id::AttemptId;

/// How far a rotation has come (`docs/formats/keystore.md`, 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RotationPhase {
    /// Begun, and its last attempt is burnt: the next step is a new attempt.
    Planned,
    /// A key for `attempt` may or may not exist on the server.
    Creating,
    /// Sealed under the old and the new master.
    Both,
    /// Sealed under the new master alone; the old one may still have to be deactivated.
    Done,
}

impl fmt::Display for RotationPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Planned => "planned",
            Self::Creating => "creating",
            Self::Both => "both",
            Self::Done => "done",
        })
    }
}

/// What a rotation is about to do: the record that stands before any key is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationPlan {
    /// N of the new key; at least [`Metadata::next_number`](crate::Metadata::next_number).
    pub number: u32,
    /// Names this attempt, here and in the label on the key server.
    pub attempt: AttemptId,
    /// The logical key identifier that the keystore records from the step on that drops the
    /// old master (what the configuration will say then); at most 1024 octets.
    pub logical_identifier: Option<String>,
}

/// An unfinished rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotation {
    /// How far it has come.
    pub phase: RotationPhase,
    /// What it does; in phase `Planned` the number and attempt are the burnt ones.
    pub plan: RotationPlan,
}

/// An attempt whose outcome is unknown for ever: its number is never used again, and a key
/// it may have left on the server is a stray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BurntAttempt {
    /// Its N.
    pub number: u32,
    /// Its id.
    pub attempt: AttemptId,
}
