//! The operation `PKCS#11` (KMIP 2.0, 6.1.35; KMIP 2.1, 6.1.37).
//!
//! May touch: parameters of PKCS#11 functions (PINs, keys, data), in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, ItemType, Tag, Writer};

use crate::ProtocolVersion;
use crate::enumeration::{Pkcs11Function, Pkcs11ReturnCode};
use crate::error::{EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;

structure! {
    /// Calls a function of PKCS#11 on the server (KMIP 2.0, 6.1.35; KMIP 2.1, 6.1.37).
    #[derive(Debug)]
    pub struct Pkcs11Request {
        /// The interface; absent: that of PKCS#11 3.0.
        pkcs_11_interface: Option<String> = PKCS_11_INTERFACE,
        /// The function.
        pkcs_11_function: Pkcs11FunctionCode = PKCS_11_FUNCTION,
        /// The server's mark from its last answer.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// The function's parameters, encoded as the PKCS#11 profile says.
        pkcs_11_input_parameters: Option<SecretBytes> = PKCS_11_INPUT_PARAMETERS,
    }
}

impl Pkcs11Request {
    /// Calls this function without parameters.
    #[must_use]
    pub fn new(function: impl Into<Pkcs11FunctionCode>) -> Self {
        Self {
            pkcs_11_interface: None,
            pkcs_11_function: function.into(),
            correlation_value: None,
            pkcs_11_input_parameters: None,
        }
    }
}

structure! {
    /// What the function gave (KMIP 2.0, 6.1.35; KMIP 2.1, 6.1.37). A return code that is an error
    /// is no failure of the operation: look at `pkcs_11_return_code`.
    #[derive(Debug)]
    pub struct Pkcs11Response {
        /// The interface; absent: that of PKCS#11 3.0.
        pkcs_11_interface: Option<String> = PKCS_11_INTERFACE,
        /// The function.
        pkcs_11_function: Pkcs11FunctionCode = PKCS_11_FUNCTION,
        /// The mark for the next call.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// What the function wrote, encoded as the PKCS#11 profile says.
        pkcs_11_output_parameters: Option<SecretBytes> = PKCS_11_OUTPUT_PARAMETERS,
        /// The function's return code.
        pkcs_11_return_code: Pkcs11ReturnCode = PKCS_11_RETURN_CODE,
    }
}

impl Pkcs11Response {
    /// The function returned this code and nothing else.
    #[must_use]
    pub fn new(
        function: impl Into<Pkcs11FunctionCode>,
        pkcs_11_return_code: Pkcs11ReturnCode,
    ) -> Self {
        Self {
            pkcs_11_interface: None,
            pkcs_11_function: function.into(),
            correlation_value: None,
            pkcs_11_output_parameters: None,
            pkcs_11_return_code,
        }
    }
}

/// A function of PKCS#11 (KMIP 2.1, 6.1.37).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pkcs11FunctionCode {
    /// One that PKCS#11 defines.
    Standard(Pkcs11Function),
    /// One of a vendor's interface; its number is the vendor's.
    Vendor(i32),
}

impl From<Pkcs11Function> for Pkcs11FunctionCode {
    fn from(function: Pkcs11Function) -> Self {
        Self::Standard(function)
    }
}

impl Field for Pkcs11FunctionCode {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(match fields.type_of(tag)? {
            Some(ItemType::Integer) => Self::Vendor(fields.need(tag, Fields::integer)?),
            _ => Self::Standard(Pkcs11Function::read(fields, tag)?),
        })
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        match self {
            Self::Standard(function) => function.write(out, tag, version),
            Self::Vendor(number) => out.integer(tag, *number),
        }
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        match self {
            Self::Standard(function) => function.check(version),
            Self::Vendor(_) => Ok(()),
        }
    }

    fn is_in(&self, version: ProtocolVersion) -> bool {
        match self {
            Self::Standard(function) => function.is_in(version),
            Self::Vendor(_) => true,
        }
    }
}
