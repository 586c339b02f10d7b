//! One payload alone as TTLV, without the message around it: for stores, and for answers that wait
//! to be polled.
//!
//! May touch: what the payloads touch.

use strongroom_ttlv::{Fields, Limits};
use zeroize::Zeroizing;

use super::{Request, Response};
use crate::enumeration::Operation;
use crate::error::{EncodeError, MessageError};
use crate::reader::{Mode, Reader};
use crate::{ProtocolVersion, tag};

impl Request {
    /// The item `Request Payload` of `version`, in a wiped buffer.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] names what `version` does not have; else when something does
    /// not fit the wire.
    pub fn to_ttlv(&self, version: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        self.check(version)?;
        Ok(strongroom_ttlv::encode(|out| {
            out.structure(tag::REQUEST_PAYLOAD, |out| self.encode(out, version));
        })?)
    }

    /// Reads what [`Self::to_ttlv`] wrote: every field known, in its place, and nothing else.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when the bytes are not one payload of `operation` in `version`.
    pub fn from_ttlv(
        operation: Operation,
        version: ProtocolVersion,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, MessageError> {
        let fields = Fields::message(tag::REQUEST_PAYLOAD, bytes, limits)?;
        let fields = Reader::new(fields, Mode::Strict).of_version(version);
        Self::decode(operation, fields)
    }
}

impl Response {
    /// The item `Response Payload`, without what `version` does not have (I10), in a wiped buffer.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] names the required field whose value `version` does not have;
    /// else when something does not fit the wire.
    pub fn to_ttlv(&self, version: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        self.check(version)?;
        Ok(strongroom_ttlv::encode(|out| {
            out.structure(tag::RESPONSE_PAYLOAD, |out| self.encode(out, version));
        })?)
    }

    /// Reads what [`Self::to_ttlv`] wrote: every field known, in its place, and nothing else.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when the bytes are not one payload of `operation` in `version`.
    pub fn from_ttlv(
        operation: Operation,
        version: ProtocolVersion,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, MessageError> {
        let fields = Fields::message(tag::RESPONSE_PAYLOAD, bytes, limits)?;
        let fields = Reader::new(fields, Mode::Strict).of_version(version);
        Self::decode(operation, fields)
    }
}
