//! The test vectors of two crates, as far as targets and seeds need them: octets that open,
//! with the key that opens them.

/// Of `docs/formats/keystore.md`: one master, `uid-1`.
const KEYSTORE: &str = include_str!("../../crates/keystore/tests/vectors/one-master.txt");
/// Of `docs/formats/intent.md`.
const INTENT: &str = include_str!("../../crates/keystore/tests/vectors/intent.txt");
/// Of `docs/formats/unit.md`; the first vector is taken.
const UNITS: &str = include_str!("../../crates/cipher/tests/vectors/unit_v1.txt");

/// The octets behind the first line of `text` that begins with `field`.
fn octets(text: &str, field: &str) -> Vec<u8> {
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let digits: Vec<u32> = line
        .expect("the vector has this field")
        .chars()
        .map(|digit| digit.to_digit(16).expect("a hexadecimal digit"))
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits"))
        .collect()
}

/// A keystore file that opens with [`master`].
pub(crate) fn keystore() -> Vec<u8> {
    octets(KEYSTORE, "file: ")
}

/// The master key with the Unique Identifier `uid-1`.
pub(crate) fn master() -> Vec<u8> {
    octets(KEYSTORE, "master: uid-1 ")
}

/// An intent file.
pub(crate) fn intent() -> Vec<u8> {
    octets(INTENT, "file: ")
}

/// One field of a sealed unit.
pub(crate) fn unit(field: &str) -> Vec<u8> {
    octets(UNITS, &format!("{field} = "))
}
