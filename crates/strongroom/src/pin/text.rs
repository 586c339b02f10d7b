//! The pin as text, both ways (`docs/formats/pin.md`). Pure.

use strongroom_cipher::StoreId;
use strongroom_cipher::envelope::sha256;

use super::{Pin, PinnedMaster};
use crate::hex::hex;

const MAGIC: &str = "strongroom-pin 1";
const MASTERS_MAX: usize = 2;

/// The file's content.
pub(super) fn write(pin: &Pin) -> String {
    let mut text = format!(
        "{MAGIC}\nstore {}\nrotation {}\ngeneration {}\n",
        pin.store_id, pin.rotation_number, pin.generation
    );
    for master in &pin.masters {
        push(&mut text, "master", &master.unique_identifier);
        if let Some(name) = &master.name {
            push(&mut text, "name", name);
        }
    }
    let digest = hex(&sha256(&[text.as_bytes()]));
    text.push_str("sha256 ");
    text.push_str(&digest);
    text.push('\n');
    text
}

/// Reads a file's content; else the rule that it breaks.
pub(super) fn read(octets: &[u8]) -> Result<Pin, &'static str> {
    let text = std::str::from_utf8(octets).map_err(|_| "it is not UTF-8")?;
    let lines = text.strip_suffix('\n').ok_or("it does not end a line")?;
    let (body, last) = lines.rsplit_once('\n').ok_or("it has one line")?;
    let digest = value(Some(last), "sha256")?;
    let signed = text.get(..body.len().saturating_add(1)).unwrap_or_default();
    if digest != hex(&sha256(&[signed.as_bytes()])) {
        return Err("its digest does not fit");
    }
    let mut lines = body.split('\n');
    if lines.next() != Some(MAGIC) {
        return Err("it is of another version");
    }
    let store_id = store_id(value(lines.next(), "store")?)?;
    let rotation_number = number(value(lines.next(), "rotation")?)?;
    let generation = number(value(lines.next(), "generation")?)?;
    let mut masters: Vec<PinnedMaster> = Vec::new();
    for line in lines {
        let count = masters.len();
        match (line.split_once(' '), masters.last_mut()) {
            (Some(("master", id)), _) if count < MASTERS_MAX => masters.push(PinnedMaster {
                unique_identifier: unescape(id)?,
                name: None,
            }),
            (Some(("name", name)), Some(master)) if master.name.is_none() => {
                master.name = Some(unescape(name)?);
            }
            _ => return Err("it has a line too many"),
        }
    }
    if masters.is_empty() {
        return Err("it names no master key");
    }
    Ok(Pin {
        store_id,
        rotation_number,
        generation,
        masters,
    })
}

fn value<'a>(line: Option<&'a str>, word: &str) -> Result<&'a str, &'static str> {
    let split = line.and_then(|line| line.split_once(' '));
    match split {
        Some((found, value)) if found == word => Ok(value),
        _ => Err("a line is missing"),
    }
}

fn number(text: &str) -> Result<u64, &'static str> {
    let number: u64 = text.parse().map_err(|_| "a number is none")?;
    match number.to_string() == text {
        true => Ok(number),
        false => Err("a number is none"),
    }
}

fn store_id(text: &str) -> Result<StoreId, &'static str> {
    let wrong = "the store id is none";
    let mut octets = [0; 16];
    let mut digits = text.as_bytes().chunks_exact(2);
    for (octet, pair) in octets.iter_mut().zip(digits.by_ref()) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong)?;
        *octet = u8::from_str_radix(pair, 16).map_err(|_| wrong)?;
    }
    let id = StoreId::new(octets);
    match id.to_string() == text {
        true => Ok(id),
        false => Err(wrong),
    }
}

fn push(text: &mut String, word: &str, value: &str) {
    text.push_str(word);
    text.push(' ');
    for octet in value.bytes() {
        match octet {
            b'!'..=b'~' if octet != b'%' => text.push(char::from(octet)),
            _ => text.push_str(&format!("%{octet:02X}")),
        }
    }
    text.push('\n');
}

fn unescape(text: &str) -> Result<String, &'static str> {
    let wrong = "an escaped text is none";
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => {
                let high = digit(rest.next()).ok_or(wrong)?;
                let low = digit(rest.next()).ok_or(wrong)?;
                high << 4 | low
            }
            b'!'..=b'~' => octet,
            _ => return Err(wrong),
        });
    }
    let value = String::from_utf8(octets).map_err(|_| wrong)?;
    if value.is_empty() {
        return Err(wrong);
    }
    Ok(value)
}

fn digit(octet: Option<u8>) -> Option<u8> {
    match octet? {
        digit @ b'0'..=b'9' => digit.checked_sub(b'0'),
        digit @ b'A'..=b'F' => digit.checked_sub(b'A')?.checked_add(10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin() -> Pin {
        Pin {
            store_id: StoreId::new([0xab; 16]),
            rotation_number: 3,
            generation: u64::MAX,
            masters: vec![
                PinnedMaster {
                    unique_identifier: "7".into(),
                    name: Some("a name, 100% \u{fc}".into()),
                },
                PinnedMaster {
                    unique_identifier: "uuid/with space".into(),
                    name: None,
                },
            ],
        }
    }

    #[test]
    fn the_text_is_that_of_the_document() {
        let mut one = pin();
        one.masters.pop();
        let text = write(&one);
        // The digest from Python: hashlib.sha256(text up to the last line).hexdigest().
        let want = "strongroom-pin 1\nstore abababababababababababababababab\nrotation 3\n\
                    generation 18446744073709551615\nmaster 7\nname a%20name,%20100%25%20%C3%BC\n\
                    sha256 df881ea69d0481aee90aed62fd1dd1ed5545a8a57fa99f23cf5e51c1788c7d5a\n";
        assert_eq!(text, want);
        assert_eq!(read(text.as_bytes()), Ok(one));
        assert_eq!(read(write(&pin()).as_bytes()), Ok(pin()));
    }

    #[test]
    fn every_cut_and_every_changed_octet_is_damage() {
        let text = write(&pin()).into_bytes();
        for len in 0..text.len() {
            assert!(read(&text[..len]).is_err(), "cut at {len}");
        }
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            assert!(read(&changed).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn a_rule_broken_under_a_fitting_digest_is_damage() {
        let signed = |body: &str| {
            let digest = hex(&sha256(&[body.as_bytes()]));
            read(format!("{body}sha256 {digest}\n").as_bytes())
        };
        let head = "strongroom-pin 1\nstore abababababababababababababababab\n";
        let good = format!("{head}rotation 0\ngeneration 1\nmaster a\n");
        assert!(signed(&good).is_ok());
        for bad in [
            good.replace("pin 1", "pin 2"),
            good.replace("store ab", "store AB"),
            good.replace("store ab", "store abab"),
            good.replace("rotation 0", "rotation 00"),
            good.replace("rotation 0", "rotation +0"),
            good.replace("generation 1\n", ""),
            good.replace("master a\n", ""),
            good.replace("master a", "master "),
            good.replace("master a", "master a b"),
            good.replace("master a", "master %4"),
            good.replace("master a", "master %ff"),
            good.replace("master a\n", "name b\nmaster a\n"),
            format!("{good}name b\nname c\n"),
            format!("{good}master b\nmaster c\n"),
            format!("{good}\n"),
        ] {
            assert!(signed(&bad).is_err(), "{bad}");
        }
    }
}
