//! `Request Header` (KMIP 1.0, 7.2).
//!
//! May touch: passwords, through `Authentication`.

use strongroom_ttlv::{Fields, Writer};

use super::{Authentication, protocol_version};
use crate::ProtocolVersion;
use crate::enumeration::{AsynchronousIndicator, AttestationType, BatchErrorContinuationOption};
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;
use crate::tag;
use crate::write::opt;

/// The header of a request (KMIP 1.0, 7.2). `Batch Count` is counted, not kept.
///
/// ```text
/// Request Header 0x420077 Structure
///   Protocol Version                0x420069 Structure     required
///   Maximum Response Size           0x420050 Integer       octets
///   Client Correlation Value        0x420105 Text String   KMIP 1.4 on
///   Server Correlation Value        0x420106 Text String   KMIP 1.4 on
///   Asynchronous Indicator          0x420007 Boolean, from 2.0 on an Enumeration
///   Attestation Capable Indicator   0x4200D3 Boolean       KMIP 1.2 on
///   Attestation Type                0x4200C7 Enumeration   any number, KMIP 1.2 on
///   Authentication                  0x42000C Structure
///   Batch Error Continuation Option 0x42000E Enumeration   absent: Stop
///   Batch Order Option              0x420010 Boolean
///   Time Stamp                      0x420092 Date-Time
///   Batch Count                     0x42000D Integer       required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RequestHeader {
    /// The version of the message.
    pub protocol_version: ProtocolVersion,
    /// The longest answer the client takes, in octets.
    pub maximum_response_size: Option<i32>,
    /// The client's name for this request, for logs (1.4 on). PyKMIP refuses it.
    pub client_correlation_value: Option<String>,
    /// A value that the server gave before (1.4 on).
    pub server_correlation_value: Option<String>,
    /// Whether the client takes an answer later.
    pub asynchronous_indicator: Option<AsynchronousIndicator>,
    /// Whether the client can prove its state (1.2 on).
    pub attestation_capable_indicator: Option<bool>,
    /// The ways in which it can (1.2 on).
    pub attestation_types: Vec<AttestationType>,
    /// Who the client says it is.
    pub authentication: Option<Authentication>,
    /// What to do after a failed item; absent: Stop.
    pub batch_error_continuation_option: Option<BatchErrorContinuationOption>,
    /// Whether the items must be done in order.
    pub batch_order_option: Option<bool>,
    /// The client's clock, in seconds since 1970. Servers refuse one that is off by little.
    pub time_stamp: Option<i64>,
}

impl RequestHeader {
    /// A header with the version and nothing else, as servers like it best.
    #[must_use]
    pub const fn new(protocol_version: ProtocolVersion) -> Self {
        Self {
            protocol_version,
            maximum_response_size: None,
            client_correlation_value: None,
            server_correlation_value: None,
            asynchronous_indicator: None,
            attestation_capable_indicator: None,
            attestation_types: Vec::new(),
            authentication: None,
            batch_error_continuation_option: None,
            batch_order_option: None,
            time_stamp: None,
        }
    }

    /// Reads a header and the Batch Count in it, by the rules of the version that it names or of
    /// `rules`.
    pub(super) fn decode(
        mut fields: Reader<'_>,
        rules: Option<ProtocolVersion>,
    ) -> Result<(Self, i32), MessageError> {
        let named = protocol_version::decode(fields.structure(tag::PROTOCOL_VERSION)?)?;
        let version = rules.unwrap_or(named);
        // The rest of a header of another version may be of another shape.
        if !version.is_supported() {
            return Err(MessageError::UnsupportedVersion { found: version });
        }
        let mut fields = fields.of_version(version);
        fields.admit_tags()?;
        let f = &mut fields;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let header = Self {
            protocol_version: named,
            maximum_response_size: f.opt(tag::MAXIMUM_RESPONSE_SIZE, Fields::integer)?,
            client_correlation_value: owned(f.opt(tag::CLIENT_CORRELATION_VALUE, Fields::text)?),
            server_correlation_value: owned(f.opt(tag::SERVER_CORRELATION_VALUE, Fields::text)?),
            asynchronous_indicator: decode_asynchronous(f, version)?,
            attestation_capable_indicator: f
                .opt(tag::ATTESTATION_CAPABLE_INDICATOR, Fields::boolean)?,
            attestation_types: AttestationType::read_list(f, tag::ATTESTATION_TYPE)?,
            authentication: decode_authentication(f)?,
            batch_error_continuation_option: f
                .opt(tag::BATCH_ERROR_CONTINUATION_OPTION, Fields::enumeration)?,
            batch_order_option: f.opt(tag::BATCH_ORDER_OPTION, Fields::boolean)?,
            time_stamp: f.opt(tag::TIME_STAMP, Fields::date_time)?,
        };
        let batch_count = f.need(tag::BATCH_COUNT, Fields::integer)?;
        fields.finish()?;
        Ok((header, batch_count))
    }

    /// Writes the header by the rules of `version`.
    pub(super) fn encode(&self, batch_count: i32, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::REQUEST_HEADER, |out| {
            protocol_version::encode(self.protocol_version, out);
            let size = self.maximum_response_size;
            opt(out, tag::MAXIMUM_RESPONSE_SIZE, size, Writer::integer);
            let client = self.client_correlation_value.as_deref();
            opt(out, tag::CLIENT_CORRELATION_VALUE, client, Writer::text);
            let server = self.server_correlation_value.as_deref();
            opt(out, tag::SERVER_CORRELATION_VALUE, server, Writer::text);
            if let Some(asynchronous) = self.asynchronous_indicator {
                encode_asynchronous(asynchronous, out, version);
            }
            let capable = self.attestation_capable_indicator;
            let tag = tag::ATTESTATION_CAPABLE_INDICATOR;
            opt(out, tag, capable, Writer::boolean);
            for attestation_type in &self.attestation_types {
                out.enumeration(tag::ATTESTATION_TYPE, *attestation_type);
            }
            if let Some(authentication) = &self.authentication {
                authentication.write(out, tag::AUTHENTICATION, version);
            }
            let option = self.batch_error_continuation_option;
            let tag = tag::BATCH_ERROR_CONTINUATION_OPTION;
            opt(out, tag, option, Writer::enumeration);
            let in_order = self.batch_order_option;
            opt(out, tag::BATCH_ORDER_OPTION, in_order, Writer::boolean);
            opt(out, tag::TIME_STAMP, self.time_stamp, Writer::date_time);
            out.integer(tag::BATCH_COUNT, batch_count);
        });
    }

    /// Refuses what `version` does not have.
    pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if !version.is_supported() {
            return Err(EncodeError::UnsupportedVersion { version });
        }
        if let Some(authentication) = &self.authentication {
            authentication.check_count(version)?;
            authentication.check(version)?;
        }
        let client = self.client_correlation_value.is_some();
        let server = self.server_correlation_value.is_some();
        let capable = self.attestation_capable_indicator.is_some();
        let fields = [
            (client, tag::CLIENT_CORRELATION_VALUE),
            (server, tag::SERVER_CORRELATION_VALUE),
            (capable, tag::ATTESTATION_CAPABLE_INDICATOR),
            (!self.attestation_types.is_empty(), tag::ATTESTATION_TYPE),
        ];
        for (_, tag) in fields.into_iter().filter(|(is_there, _)| *is_there) {
            let what = || Element::Tag(tag);
            EncodeError::require(version, tag::versions(tag), what)?;
        }
        Ok(())
    }
}

fn decode_authentication(fields: &mut Reader<'_>) -> Result<Option<Authentication>, MessageError> {
    if !fields.has(tag::AUTHENTICATION)? {
        return Ok(None);
    }
    let authentication = Authentication::read(fields, tag::AUTHENTICATION)?;
    authentication.admit(fields)?;
    Ok(Some(authentication))
}

/// Before 2.0 a Boolean says whether the client takes an answer later.
fn decode_asynchronous(
    fields: &mut Reader<'_>,
    version: ProtocolVersion,
) -> Result<Option<AsynchronousIndicator>, MessageError> {
    if version >= ProtocolVersion::V2_0 {
        return fields.opt(tag::ASYNCHRONOUS_INDICATOR, Fields::enumeration);
    }
    let flag = fields.opt(tag::ASYNCHRONOUS_INDICATOR, Fields::boolean)?;
    Ok(flag.map(|takes| {
        if takes {
            AsynchronousIndicator::OPTIONAL
        } else {
            AsynchronousIndicator::PROHIBITED
        }
    }))
}

fn encode_asynchronous(
    indicator: AsynchronousIndicator,
    out: &mut Writer<'_>,
    version: ProtocolVersion,
) {
    if version >= ProtocolVersion::V2_0 {
        out.enumeration(tag::ASYNCHRONOUS_INDICATOR, indicator);
    } else {
        let takes = indicator != AsynchronousIndicator::PROHIBITED;
        out.boolean(tag::ASYNCHRONOUS_INDICATOR, takes);
    }
}
