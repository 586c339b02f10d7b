//! Names and labels of master keys on the key server. Pure text, no I/O.

/// Name space of the label that says which store a key was made for.
///
/// The labels are instances of Application Specific Information (KMIP 1.0, 3.30):
/// hints for people, clean-up and one guard against a mistake.
pub const LABEL_STORE: &str = "strongroom-store";
/// Name space of the label with the random id of the attempt that made the key.
pub const LABEL_INTENT: &str = "strongroom-intent";
/// Name space of the label with the Unique Identifier of the key that this one replaces.
pub const LABEL_REPLACES: &str = "strongroom-replaces";

/// The Name of a store's first master key when the operator gives none.
pub(crate) fn first(label: &str, number: u32) -> String {
    later(None, label, number)
}

/// The Name of master key `number` (2 and up).
pub(crate) fn later(key_identifier: Option<&str>, label: &str, number: u32) -> String {
    let base = key_identifier.unwrap_or("strongroom");
    format!("{base}/{label}/v{number}")
}

/// The number in a Name that [`first`] or [`later`] made for `label`, if it is one.
pub(crate) fn number_of(name: &str, label: &str) -> Option<u32> {
    let (rest, number) = name.rsplit_once("/v")?;
    let (_, found_label) = rest.rsplit_once('/')?;
    if found_label != label || number.starts_with('+') {
        return None;
    }
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_design_and_their_numbers_are_found_again() {
        assert_eq!(first("00aa", 1), "strongroom/00aa/v1");
        assert_eq!(later(Some("key_name"), "00aa", 2), "key_name/00aa/v2");
        assert_eq!(later(None, "00aa", 7), "strongroom/00aa/v7");
        assert_eq!(number_of("key_name/00aa/v2", "00aa"), Some(2));
        assert_eq!(number_of("a/b/00aa/v12", "00aa"), Some(12));
        for other in [
            "key_name",
            "key_name/00ab/v2",
            "x00aa/v2",
            "k/00aa/v",
            "k/00aa/v+2",
            "k/00aa/vx",
            "/v1",
        ] {
            assert_eq!(number_of(other, "00aa"), None, "{other}");
        }
    }
}
