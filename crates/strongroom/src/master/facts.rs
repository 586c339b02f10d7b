//! What a key server says of a key. Pure values, no I/O.

use std::fmt;

use strongroom_kmip::CryptographicUsageMask;
use strongroom_kmip::attribute::{Attribute, AttributeValue};
use strongroom_kmip::enumeration::{CryptographicAlgorithm, ObjectType, State};

use super::names::{LABEL_INTENT, LABEL_STORE};

/// Bits of a master key.
pub(crate) const LENGTH_BITS: i32 = 256;
/// Bits of a key that old PSMDB registered as the base64 of its octets.
pub(crate) const BASE64_BITS: i32 = 352;

/// A key's attributes, as far as they decide whether it can be a master key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyFacts {
    /// Unique Identifier (KMIP 1.0, 3.1).
    pub unique_identifier: String,
    /// Every Name (KMIP 1.0, 3.2).
    pub names: Vec<String>,
    /// State (KMIP 1.0, 3.17); `None` when the server does not tell.
    pub state: Option<State>,
    /// Object Type (KMIP 1.0, 3.3).
    pub object_type: Option<ObjectType>,
    /// Cryptographic Algorithm (KMIP 1.0, 3.4).
    pub algorithm: Option<CryptographicAlgorithm>,
    /// Cryptographic Length in bits (KMIP 1.0, 3.5).
    pub length_bits: Option<i32>,
    /// Cryptographic Usage Mask (KMIP 1.0, 3.14).
    pub usage_mask: Option<CryptographicUsageMask>,
    /// The stores whose label it bears.
    pub store_labels: Vec<String>,
    /// The attempts whose label it bears.
    pub attempt_labels: Vec<String>,
}

/// Why a key cannot be a master key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// Not a symmetric key.
    ObjectType(ObjectType),
    /// Not AES.
    Algorithm(CryptographicAlgorithm),
    /// Not 256 bits.
    Length(i32),
    /// Neither Encrypt and Decrypt nor Wrap Key and Unwrap Key.
    UsageMask,
    /// The key octets are not there in the clear and in format Raw.
    Format,
    /// As many octets as the key has.
    Octets(usize),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ObjectType(found) => write!(f, "it is a {found}, not a Symmetric Key"),
            Self::Algorithm(found) => write!(f, "its algorithm is {found}, not AES"),
            Self::Length(found) => write!(f, "it has {found} bits, not {LENGTH_BITS}"),
            Self::UsageMask => {
                f.write_str("its usage mask allows neither Encrypt and Decrypt nor wrapping")
            }
            Self::Format => f.write_str("the server does not give its octets in format Raw"),
            Self::Octets(found) => write!(f, "it has {found} octets, not 32"),
        }
    }
}

impl KeyFacts {
    /// Collects what `attributes` say of the key `unique_identifier`.
    pub(crate) fn of(unique_identifier: String, attributes: Vec<Attribute>) -> Self {
        let mut facts = Self {
            unique_identifier,
            names: Vec::new(),
            state: None,
            object_type: None,
            algorithm: None,
            length_bits: None,
            usage_mask: None,
            store_labels: Vec::new(),
            attempt_labels: Vec::new(),
        };
        for attribute in attributes {
            facts.note(attribute.value);
        }
        facts
    }

    fn note(&mut self, value: AttributeValue) {
        match value {
            AttributeValue::Name(name) => self.names.push(name.value),
            AttributeValue::State(state) => self.state = Some(state),
            AttributeValue::ObjectType(kind) => self.object_type = Some(kind),
            AttributeValue::CryptographicAlgorithm(algorithm) => self.algorithm = Some(algorithm),
            AttributeValue::CryptographicLength(bits) => self.length_bits = Some(bits),
            AttributeValue::CryptographicUsageMask(mask) => self.usage_mask = Some(mask),
            AttributeValue::ApplicationSpecificInformation(label)
                if label.namespace == LABEL_STORE =>
            {
                self.store_labels.extend(label.data);
            }
            AttributeValue::ApplicationSpecificInformation(label)
                if label.namespace == LABEL_INTENT =>
            {
                self.attempt_labels.extend(label.data);
            }
            _ => {}
        }
    }

    /// The Name to show people.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.names.first().map(String::as_str)
    }

    /// Whether it bears another store's label and not this one's.
    pub(crate) fn other_store(&self, label: &str) -> Option<&str> {
        if self.store_labels.iter().any(|found| found == label) {
            return None;
        }
        self.store_labels.first().map(String::as_str)
    }

    /// Whether it bears the label of this store.
    pub(crate) fn bears(&self, label: &str) -> bool {
        self.store_labels.iter().any(|found| found == label)
    }

    /// Checks kind, algorithm, length and usage; what the server does not tell is not held against it.
    pub(crate) fn fitness(&self) -> Result<(), Unfit> {
        if let Some(kind) = self
            .object_type
            .filter(|kind| *kind != ObjectType::SYMMETRIC_KEY)
        {
            return Err(Unfit::ObjectType(kind));
        }
        let aes = CryptographicAlgorithm::AES;
        if let Some(algorithm) = self.algorithm.filter(|algorithm| *algorithm != aes) {
            return Err(Unfit::Algorithm(algorithm));
        }
        let known = [LENGTH_BITS, BASE64_BITS];
        if let Some(bits) = self.length_bits.filter(|bits| !known.contains(bits)) {
            return Err(Unfit::Length(bits));
        }
        match self.usage_mask {
            Some(mask) if !usable(mask) => Err(Unfit::UsageMask),
            _ => Ok(()),
        }
    }
}

/// A mask of 0 says nothing (some clients register keys with it).
fn usable(mask: CryptographicUsageMask) -> bool {
    let seal = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    let wrap = CryptographicUsageMask::WRAP_KEY | CryptographicUsageMask::UNWRAP_KEY;
    mask == CryptographicUsageMask::default() || mask.contains(seal) || mask.contains(wrap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_kmip::attribute::{ApplicationSpecificInformation, Name};

    fn facts(values: Vec<AttributeValue>) -> KeyFacts {
        KeyFacts::of(
            "id".into(),
            values.into_iter().map(Attribute::new).collect(),
        )
    }

    #[test]
    fn unfit_keys_are_told_apart() {
        let cases = [
            (
                AttributeValue::ObjectType(ObjectType::SECRET_DATA),
                Unfit::ObjectType(ObjectType::SECRET_DATA),
            ),
            (
                AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::DES3),
                Unfit::Algorithm(CryptographicAlgorithm::DES3),
            ),
            (AttributeValue::CryptographicLength(128), Unfit::Length(128)),
            (
                AttributeValue::CryptographicUsageMask(CryptographicUsageMask::SIGN),
                Unfit::UsageMask,
            ),
        ];
        for (value, unfit) in cases {
            assert_eq!(facts(vec![value]).fitness(), Err(unfit));
        }
        assert_eq!(facts(Vec::new()).fitness(), Ok(()));
    }

    #[test]
    fn a_label_of_another_store_is_seen_unless_ours_stands_beside_it() {
        let label = |data: &str| {
            AttributeValue::ApplicationSpecificInformation(ApplicationSpecificInformation::new(
                LABEL_STORE,
                data,
            ))
        };
        let theirs = facts(vec![AttributeValue::Name(Name::text("k")), label("aa")]);
        assert_eq!(theirs.other_store("bb"), Some("aa"));
        assert_eq!(theirs.other_store("aa"), None);
        assert_eq!(
            facts(vec![label("aa"), label("bb")]).other_store("bb"),
            None
        );
        assert_eq!(theirs.name(), Some("k"));
    }
}
