//! What inputs reach of TTLV: item types and kinds of errors, counted by name.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use strongroom_ttlv::{DecodeErrorKind, EncodeErrorKind, FrameError, ItemType};

/// What a target came upon.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    /// An item of a message that was accepted.
    Item(ItemType),
    /// A refusal by the decoder.
    Decode(DecodeErrorKind),
    /// A refusal by the writer.
    Encode(EncodeErrorKind),
    /// A refusal of a stream.
    Frame(FrameError),
}

/// An enumeration of strongroom-ttlv whose variants are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// `ItemType`.
    ItemType,
    /// `DecodeErrorKind`.
    DecodeErrorKind,
    /// `EncodeErrorKind`.
    EncodeErrorKind,
    /// `FrameError`.
    FrameError,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ItemType,
        Self::DecodeErrorKind,
        Self::EncodeErrorKind,
        Self::FrameError,
    ];

    /// The name of the enumeration.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// The names of its variants, read from the sources: a variant that is added there is missed here
    /// until an input reaches it.
    #[must_use]
    pub fn variants(self) -> Vec<String> {
        let head = format!("pub enum {} {{", self.name());
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/ttlv/src");
        let mut folders = vec![sources];
        while let Some(folder) = folders.pop() {
            for path in paths_in(&folder) {
                if path.is_dir() {
                    folders.push(path);
                } else if let Some((_, body)) = read(&path).split_once(&head) {
                    return variants(body);
                }
            }
        }
        panic!("no `{head}` in the sources of strongroom-ttlv");
    }
}

fn paths_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the sources are there");
    let path = |entry: std::io::Result<fs::DirEntry>| entry.expect("readable").path();
    entries.map(path).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a source is text")
}

/// The identifiers that begin at the fourth column, up to the brace that closes the enumeration.
fn variants(body: &str) -> Vec<String> {
    body.lines()
        .take_while(|line| *line != "}")
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(first_word)
        .collect()
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect()
}

/// How often each variant was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<(Group, String), u64>);

impl Tally {
    /// Counts one.
    pub fn add(&mut self, seen: Seen) {
        let variant = |group, kind: &dyn Debug| (group, first_word(&format!("{kind:?}")));
        let key = match &seen {
            Seen::Item(kind) => variant(Group::ItemType, kind),
            Seen::Decode(kind) => variant(Group::DecodeErrorKind, kind),
            Seen::Encode(kind) => variant(Group::EncodeErrorKind, kind),
            Seen::Frame(kind) => variant(Group::FrameError, kind),
        };
        *self.0.entry(key).or_default() += 1;
    }

    /// Each variant of `group` in the order of the sources, with its count.
    #[must_use]
    pub fn of(&self, group: Group) -> Vec<(String, u64)> {
        let count = |name: &String| self.0.get(&(group, name.clone())).copied();
        let variants = group.variants().into_iter();
        variants
            .map(|name| (name.clone(), count(&name).unwrap_or_default()))
            .collect()
    }
}
