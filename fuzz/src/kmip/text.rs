//! The text forms.

use strongroom_kmip::Limits;
use strongroom_kmip::text::{TextError, from_json, from_xml, to_json, to_xml};
use strongroom_ttlv::validate;

/// A message as TTLV comes back from both text forms; a text is read or refused, and what was read
/// comes back too.
pub fn kmip_text(input: &[u8]) {
    if validate(input, &Limits::DEFAULT).is_ok() {
        return shown(both(input));
    }
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    for read in [from_xml, from_json] {
        match read(text, &Limits::DEFAULT) {
            Ok(octets) => {
                // The limits of a text are wider than those of its message.
                if validate(&octets, &Limits::DEFAULT).is_ok() {
                    shown(both(&octets));
                }
            }
            Err(error) => assert!(!format!("{error} {error:?}").is_empty()),
        }
    }
}

fn shown(result: Result<(), TextError>) {
    if let Err(error) = result {
        assert!(!format!("{error} {error:?}").is_empty());
    }
}

/// Writes both text forms, which are read as the same octets; but for blanks that are doubled in the
/// name of an attribute, which reading mends.
///
/// # Errors
///
/// [`TextError`] when the message has no such form.
pub(super) fn both(message: &[u8]) -> Result<(), TextError> {
    let limits = &Limits::DEFAULT;
    let xml = to_xml(message, limits)?;
    let of_xml = from_xml(&xml, limits).expect("written by us");
    let json = to_json(message, limits)?;
    let of_json = from_json(&json, limits).expect("written by us");
    assert_eq!(*of_xml, *of_json);
    if *of_xml != *message {
        assert!(message.windows(2).any(|pair| pair == b"  "));
        assert!(of_xml.len() < message.len());
        return both(&of_xml);
    }
    Ok(())
}
