//! `Response Header` (KMIP 1.0, 7.2).
//!
//! May touch: the hash of a password, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, Writer};

use super::{Nonce, protocol_version};
use crate::ProtocolVersion;
use crate::enumeration::AttestationType;
use crate::error::MessageError;
use crate::field::{Place, Slot};
use crate::reader::Reader;
use crate::tag;
use crate::write::opt;

/// The header of a response (KMIP 1.0, 7.2). `Batch Count` is counted, not kept.
///
/// ```text
/// Response Header 0x42007A Structure
///   Protocol Version         0x420069 Structure     required
///   Time Stamp               0x420092 Date-Time     required; its lack is tolerated
///   Nonce                    0x4200C8 Structure     KMIP 1.2 on
///   Server Hashed Password   0x420155 Byte String   KMIP 2.0 on
///   Attestation Type         0x4200C7 Enumeration   any number, KMIP 1.2 on
///   Client Correlation Value 0x420105 Text String   KMIP 1.4 on
///   Server Correlation Value 0x420106 Text String   KMIP 1.4 on
///   Batch Count              0x42000D Integer       required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ResponseHeader {
    /// The version of the message: the request's, or the server's own in some errors.
    pub protocol_version: ProtocolVersion,
    /// The server's clock, in seconds since 1970.
    pub time_stamp: Option<i64>,
    /// What the server wants an attestation to be made over (1.2 on).
    pub nonce: Option<Nonce>,
    /// The server's hash of the password, against the client's Hashed Password (2.0 on).
    pub server_hashed_password: Option<SecretBytes>,
    /// The ways in which the client may attest (1.2 on).
    pub attestation_types: Vec<AttestationType>,
    /// The client's name for the request, sent back (1.4 on).
    pub client_correlation_value: Option<String>,
    /// The server's name for the answer, for logs (1.4 on).
    pub server_correlation_value: Option<String>,
}

const NONCE: Place = Place::of(tag::NONCE);
const SERVER_HASHED_PASSWORD: Place = Place::of(tag::SERVER_HASHED_PASSWORD);
const ATTESTATION_TYPE: Place = Place::of(tag::ATTESTATION_TYPE);

impl ResponseHeader {
    /// A header with version and time.
    #[must_use]
    pub const fn new(protocol_version: ProtocolVersion, time_stamp: i64) -> Self {
        Self {
            protocol_version,
            time_stamp: Some(time_stamp),
            nonce: None,
            server_hashed_password: None,
            attestation_types: Vec::new(),
            client_correlation_value: None,
            server_correlation_value: None,
        }
    }

    /// Reads a header and the Batch Count in it.
    pub(super) fn decode(mut fields: Reader<'_>) -> Result<(Self, i32), MessageError> {
        let f = &mut fields;
        let header = Self {
            protocol_version: protocol_version::decode(f.structure(tag::PROTOCOL_VERSION)?)?,
            time_stamp: f.opt(tag::TIME_STAMP, Fields::date_time)?,
            nonce: Slot::take(f, NONCE)?,
            server_hashed_password: Slot::take(f, SERVER_HASHED_PASSWORD)?,
            attestation_types: Slot::take(f, ATTESTATION_TYPE)?,
            client_correlation_value: f
                .opt(tag::CLIENT_CORRELATION_VALUE, Fields::text)?
                .map(str::to_owned),
            server_correlation_value: f
                .opt(tag::SERVER_CORRELATION_VALUE, Fields::text)?
                .map(str::to_owned),
        };
        let batch_count = f.need(tag::BATCH_COUNT, Fields::integer)?;
        fields.finish()?;
        Ok((header, batch_count))
    }

    /// Writes the header by the rules of `version`.
    pub(super) fn encode(&self, batch_count: i32, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::RESPONSE_HEADER, |out| {
            protocol_version::encode(self.protocol_version, out);
            opt(out, tag::TIME_STAMP, self.time_stamp, Writer::date_time);
            self.nonce.put(out, NONCE, version);
            let hashed = &self.server_hashed_password;
            hashed.put(out, SERVER_HASHED_PASSWORD, version);
            self.attestation_types.put(out, ATTESTATION_TYPE, version);
            if version >= ProtocolVersion::V1_4 {
                let client = self.client_correlation_value.as_deref();
                opt(out, tag::CLIENT_CORRELATION_VALUE, client, Writer::text);
                let server = self.server_correlation_value.as_deref();
                opt(out, tag::SERVER_CORRELATION_VALUE, server, Writer::text);
            }
            out.integer(tag::BATCH_COUNT, batch_count);
        });
    }
}
