//! Octets as lowercase hexadecimal digits, in files of the facade. Pure values.

/// Two digits for each octet.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The sixteen octets that 32 digits are; none of another count, nor with a capital.
pub(crate) fn sixteen(text: &str) -> Option<[u8; 16]> {
    let lowercase = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 32 || !text.bytes().all(lowercase) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}
