//! What each row does: real exchanges whose answers are checked for their meaning.
//!
//! May touch: the player's connection.

pub(super) mod ask;
pub(super) mod attributes;
pub(super) mod cipher;
pub(super) mod derive;
pub(super) mod keys;
pub(super) mod life;
pub(super) mod locate;
pub(super) mod objects;
pub(super) mod sign;

/// Octets of a hexadecimal text of the sources that the rows name; what is no digit is passed over.
pub(super) fn octets(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0_u8, |octet, digit| octet << 4 | digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::octets;

    #[test]
    fn hexadecimal_text_becomes_octets() {
        assert_eq!(octets("00 ff7E"), [0x00, 0xff, 0x7e]);
        assert_eq!(octets(""), [0_u8; 0]);
    }
}
