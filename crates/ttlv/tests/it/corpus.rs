//! 62 inputs that made other decoders crash, hang, or accept and refuse the wrong things.
//! Each has a name, its octets, and the verdict that the check of the bytes must give.

mod bombs;
mod damaged;
mod sound;

use std::sync::LazyLock;

use strongroom_ttlv::DecodeErrorKind as Kind;

/// An input.
pub(crate) struct Input {
    /// `ok-`: sound in every way. `bad-`: a fault of the octets or of their meaning.
    /// `big-`: refused by a limit alone.
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) want: Want,
}

/// What the check of the octets must say under default limits, but for the message's length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Want {
    /// Sound octets; what they mean is for a typed reader to judge.
    Accept,
    /// A fault.
    Refuse(Kind),
    /// Nesting: refused beyond 32 levels by default, beyond 64 whatever the limits.
    RefuseDeep,
    /// Refused by this limit, accepted where it is raised.
    Limit(Kind),
}

impl Input {
    fn new(name: &str, octets: Vec<u8>, want: Want) -> Self {
        let name = name.to_owned();
        Self { name, octets, want }
    }
}

/// All inputs in the order of their names.
pub(crate) fn inputs() -> &'static [Input] {
    static INPUTS: LazyLock<Vec<Input>> = LazyLock::new(|| {
        let mut all = sound::inputs();
        all.extend(damaged::inputs());
        all.extend(bombs::inputs());
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    });
    &INPUTS
}

/// The input of this name.
pub(crate) fn input(name: &str) -> &'static Input {
    let found = inputs().iter().find(|input| input.name == name);
    found.unwrap_or_else(|| panic!("no input {name}"))
}

/// The SHA-256 of `parts`, one after the other, in hexadecimal.
fn sha256<'a>(parts: impl Iterator<Item = &'a [u8]>) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    parts.for_each(|part| context.update(part));
    let digest = context.finish();
    digest.as_ref().iter().map(|o| format!("{o:02x}")).collect()
}

/// The sums of the files that a writer independent of this one made from the same description.
#[test]
fn the_inputs_are_those_of_another_writer_octet_for_octet() {
    assert_eq!(inputs().len(), 62);
    assert_eq!(
        sha256(std::iter::once(input("ok-get").octets.as_slice())),
        "a40ab472a76cd70381e8a7dfda74986a07b8c087dfd5786861bcf9280dde673c"
    );
    assert_eq!(
        sha256(inputs().iter().map(|input| input.octets.as_slice())),
        "ad404bde13df9975427f96377d1641d9339aa8c3dbb394e20021adefe871bbbd"
    );
}

#[test]
fn the_names_say_how_the_inputs_are_judged() {
    let count = |start: &str| {
        let named = inputs().iter().filter(|i| i.name.starts_with(start));
        named.count()
    };
    assert_eq!((count("ok-"), count("bad-"), count("big-")), (17, 43, 2));
    for input in inputs() {
        let fits = match input.want {
            Want::Accept => !input.name.starts_with("big-"),
            Want::Refuse(_) | Want::RefuseDeep => input.name.starts_with("bad-"),
            Want::Limit(_) => input.name.starts_with("big-"),
        };
        assert!(fits, "{}", input.name);
    }
}
