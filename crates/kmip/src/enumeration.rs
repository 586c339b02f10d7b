//! Enumerations, open: a number that a later version or a vendor brings survives a round trip.
//!
//! One enumeration per file, each with its values of KMIP 1.0-2.1, their names as the
//! specification spells them and the version that brought them. May touch: numbers and names only.

/// A value that some version brought. For helpers over all enumerations.
pub(crate) trait Since: Copy + Into<u32> {
    /// The first version that has the value; `None` where no version names it.
    fn first_version(self) -> Option<crate::ProtocolVersion>;
}

/// Defines one enumeration: `NAME = number, "name", first version;`.
///
/// `Debug` and `Display` print the specification's name, or the number in hex.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident {
        $($value:ident = $number:literal, $text:literal, $since:ident;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            $(
                #[doc = concat!("`", $text, "`.")]
                pub const $value: Self = Self($number);
            )*

            /// The values that KMIP names, in the order of the specification.
            pub const KNOWN: &'static [Self] = &[$(Self::$value),*];

            /// The value with this number, known or not.
            #[must_use]
            pub const fn new(number: u32) -> Self {
                Self(number)
            }

            /// The number on the wire.
            #[must_use]
            pub const fn value(self) -> u32 {
                self.0
            }

            /// The name in the specification; `None` for a number that it does not name.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$value => Some($text),)*
                    _ => None,
                }
            }

            /// The first version that has this value; `None` for a number without a name.
            #[must_use]
            pub const fn since(self) -> Option<$crate::ProtocolVersion> {
                match self {
                    $(Self::$value => Some($crate::ProtocolVersion::$since),)*
                    _ => None,
                }
            }

            /// The value of this name, spelled as in the specification; case does not matter.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::KNOWN
                    .iter()
                    .copied()
                    .find(|value| value.name().is_some_and(|known| known.eq_ignore_ascii_case(name)))
            }
        }

        impl $crate::enumeration::Since for $name {
            fn first_version(self) -> Option<$crate::ProtocolVersion> {
                self.since()
            }
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                Self(number)
            }
        }

        impl From<$name> for u32 {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($name), "({:#010x})"), self.0),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{:#010x}", self.0),
                }
            }
        }
    };
}

mod attestation_type;
mod batch_error_continuation_option;
mod block_cipher_mode;
mod certificate_type;
mod credential_type;
mod cryptographic_algorithm;
mod digital_signature_algorithm;
mod encoding_option;
mod hashing_algorithm;
mod key_compression_type;
mod key_format_type;
mod key_role_type;
mod key_wrap_type;
mod mask_generator;
mod name_type;
mod object_group_member;
mod object_type;
mod operation;
mod padding_method;
mod query_function;
mod result_reason;
mod result_status;
mod revocation_reason_code;
mod secret_data_type;
mod state;
mod wrapping_method;

pub use attestation_type::AttestationType;
pub use batch_error_continuation_option::BatchErrorContinuationOption;
pub use block_cipher_mode::BlockCipherMode;
pub use certificate_type::CertificateType;
pub use credential_type::CredentialType;
pub use cryptographic_algorithm::CryptographicAlgorithm;
pub use digital_signature_algorithm::DigitalSignatureAlgorithm;
pub use encoding_option::EncodingOption;
pub use hashing_algorithm::HashingAlgorithm;
pub use key_compression_type::KeyCompressionType;
pub use key_format_type::KeyFormatType;
pub use key_role_type::KeyRoleType;
pub use key_wrap_type::KeyWrapType;
pub use mask_generator::MaskGenerator;
pub use name_type::NameType;
pub use object_group_member::ObjectGroupMember;
pub use object_type::ObjectType;
pub use operation::Operation;
pub use padding_method::PaddingMethod;
pub use query_function::QueryFunction;
pub use result_reason::ResultReason;
pub use result_status::ResultStatus;
pub use revocation_reason_code::RevocationReasonCode;
pub use secret_data_type::SecretDataType;
pub use state::State;
pub use wrapping_method::WrappingMethod;
