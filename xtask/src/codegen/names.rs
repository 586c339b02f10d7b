//! Names made from the specification's: for text forms (KMIP Additional Message Encodings 1.0), for
//! constants, for files.

/// The name in XML and JSON of what the specification calls `name`.
pub(super) fn text_name(name: &str) -> String {
    // Brackets part words.
    let name = name.replace(['(', ')'], " ");
    let parted = part_words(&name);
    let mut words = parted.split_whitespace();
    let first = words.next().map(digits_last);
    let words = words.map(str::to_owned);
    first
        .into_iter()
        .chain(words)
        .map(|word| capital(&word))
        .collect()
}

/// A sign that a letter and a small letter follow parts words; every other sign becomes `_`.
fn part_words(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let at = |position: usize| letters.get(position).copied().unwrap_or(' ');
    let mut parted = String::new();
    for (position, &letter) in letters.iter().enumerate() {
        let (next, after) = (
            at(position.saturating_add(1)),
            at(position.saturating_add(2)),
        );
        parted.push(match letter {
            ' ' | '_' => letter,
            _ if letter.is_ascii_alphanumeric() => letter,
            _ if next.is_ascii_alphabetic() && after.is_ascii_lowercase() => ' ',
            _ => '_',
        });
    }
    parted
}

/// `3DES` becomes `DES3`: a name does not begin with digits.
fn digits_last(word: &str) -> String {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.strip_suffix(rest).unwrap_or(word);
    format!("{rest}{digits}")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The constant of what the specification calls `name`: `PKCS#1` is `PKCS_1`, `3DES` is `DES3`.
pub(super) fn constant(name: &str) -> String {
    let mut words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let first = words.next().map(digits_last);
    let words: Vec<String> = first.into_iter().chain(words.map(str::to_owned)).collect();
    words.join("_").to_ascii_uppercase()
}

/// The module of a type: `KeyFormatType` is `key_format_type`.
pub(super) fn module(type_name: &str) -> String {
    let mut module = String::new();
    for letter in type_name.chars() {
        if letter.is_ascii_uppercase() && !module.is_empty() {
            module.push('_');
        }
        module.push(letter.to_ascii_lowercase());
    }
    module
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_names_are_those_of_the_profiles_own_examples() {
        let examples = [
            ("Template-Attribute", "TemplateAttribute"),
            ("Re-key Key Pair", "ReKeyKeyPair"),
            ("3DES", "DES3"),
            ("X.509 Certificate Issuer", "X_509CertificateIssuer"),
            ("PKCS#11", "PKCS_11"),
            ("IV/Counter/Nonce", "IVCounterNonce"),
            ("SHA-256 with RSA Encryption", "SHA_256WithRSAEncryption"),
            ("PKCS1 v1.5", "PKCS1V1_5"),
            ("SHA-512/224", "SHA_512_224"),
            ("P-256", "P_256"),
            ("ANSI X9.31", "ANSIX9_31"),
            ("RSASSA-PSS", "RSASSA_PSS"),
            ("DSA with SHA224", "DSAWithSHA224"),
            ("PKCS#12 Friendly Name", "PKCS_12FriendlyName"),
        ];
        for (name, expected) in examples {
            assert_eq!(text_name(name), expected);
        }
    }

    #[test]
    fn text_names_of_brackets_small_words_and_powers() {
        let cases = [
            ("Polynomial Sharing GF (2^16)", "PolynomialSharingGF2_16"),
            ("MAC/sign then encrypt", "MACSignThenEncrypt"),
            ("On-line storage", "OnLineStorage"),
            ("GP x-Change Notice", "GPXChangeNotice"),
            ("Suite B minLOS_128 Client", "SuiteBMinLOS_128Client"),
            ("CBC-MAC", "CBC_MAC"),
            ("C_Initialize", "C_Initialize"),
        ];
        for (name, expected) in cases {
            assert_eq!(text_name(name), expected);
        }
    }

    #[test]
    fn constants_and_modules_are_words_with_underscores() {
        assert_eq!(constant("3DES"), "DES3");
        assert_eq!(constant("IV/Counter/Nonce"), "IV_COUNTER_NONCE");
        assert_eq!(constant("X9.102 AESKW"), "X9_102_AESKW");
        assert_eq!(
            constant("Polynomial Sharing GF (2^8)"),
            "POLYNOMIAL_SHARING_GF_2_8"
        );
        assert_eq!(module("Pkcs11ReturnCode"), "pkcs11_return_code");
        assert_eq!(module("State"), "state");
    }
}
