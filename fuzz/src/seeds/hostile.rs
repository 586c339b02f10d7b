//! The hostile inputs of strongroom-ttlv's own tests that are small: messages that made decoders crash, hang,
//! take nonsense or refuse what is right.

/// What is wrong with a message that is all but sound.
#[path = "../../../crates/ttlv/tests/it/corpus/damaged.rs"]
mod damaged;
/// Messages that some decoders refuse.
#[path = "../../../crates/ttlv/tests/it/corpus/sound.rs"]
mod sound;

use strongroom_ttlv::DecodeErrorKind;

/// An input.
pub struct Input {
    /// `ok-` is sound KMIP, `bad-` has a fault of its octets or of their meaning.
    pub name: &'static str,
    /// Up to 376 of them.
    pub octets: Vec<u8>,
    /// The verdict on the octets.
    pub want: Want,
}

/// What the check of the octets says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Want {
    /// They are sound.
    Accept,
    /// They have this fault.
    Refuse(DecodeErrorKind),
}

impl Input {
    const fn new(name: &'static str, octets: Vec<u8>, want: Want) -> Self {
        Self { name, octets, want }
    }
}

/// All of them.
#[must_use]
pub fn inputs() -> Vec<Input> {
    let mut inputs = sound::inputs();
    inputs.extend(damaged::inputs());
    inputs
}
