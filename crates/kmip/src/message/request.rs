//! `Request Message` and its batch items (KMIP 1.0, 7.1 and 7.2).
//!
//! May touch: what the payloads touch.

use std::collections::BTreeSet;

use strongroom_ttlv::{Fields, Writer};
use zeroize::Zeroizing;

use super::{MessageExtension, RequestHeader};
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::operation::Request;
use crate::reader::{Mode, Reader};
use crate::write::opt;
use crate::{Limits, ProtocolVersion, tag};

/// A request (KMIP 1.0, 7.1).
///
/// ```text
/// Request Message 0x420078 Structure
///   Request Header 0x420077 Structure   required
///   Batch Item     0x42000F Structure   one or more
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RequestMessage {
    /// The header.
    pub header: RequestHeader,
    /// The batch items.
    pub batch: Vec<RequestItem>,
}

/// One batch item of a request (KMIP 1.0, 7.2).
///
/// ```text
/// Batch Item 0x42000F Structure
///   Operation            0x42005C Enumeration   required
///   Ephemeral            0x420154 Boolean       KMIP 2.0 on
///   Unique Batch Item ID 0x420093 Byte String   required in a batch of several
///   Request Payload      0x420079 Structure     required
///   Message Extension    0x420051 Structure     any number
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RequestItem {
    /// Whether the answer may leave out the payload (2.0 on).
    pub ephemeral: Option<bool>,
    /// The client's mark on the item, sent back with the answer.
    pub unique_batch_item_id: Option<Vec<u8>>,
    /// What is asked for.
    pub request: Request,
    /// What vendors add. [`dispatch`](crate::exchange::dispatch) refuses a message with a critical
    /// one: it knows none.
    pub message_extensions: Vec<MessageExtension>,
}

impl RequestItem {
    /// An item without an id, for a message of one.
    #[must_use]
    pub const fn new(request: Request) -> Self {
        Self {
            ephemeral: None,
            unique_batch_item_id: None,
            request,
            message_extensions: Vec::new(),
        }
    }

    /// An item of a batch of several.
    #[must_use]
    pub fn with_id(request: Request, unique_batch_item_id: Vec<u8>) -> Self {
        Self {
            unique_batch_item_id: Some(unique_batch_item_id),
            ..Self::new(request)
        }
    }

    /// The first extension that must be understood, if there is one.
    #[must_use]
    pub fn critical_extension(&self) -> Option<&MessageExtension> {
        self.message_extensions
            .iter()
            .find(|extension| extension.criticality_indicator)
    }

    fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        fields.admit_tags()?;
        let operation = fields.need(tag::OPERATION, Fields::enumeration)?;
        let ephemeral = fields.opt(tag::EPHEMERAL, Fields::boolean)?;
        let id = fields.opt(tag::UNIQUE_BATCH_ITEM_ID, Fields::bytes)?;
        let payload = fields.structure(tag::REQUEST_PAYLOAD)?;
        let message_extensions = Field::read_list(&mut fields, tag::MESSAGE_EXTENSION)?;
        fields.finish()?;
        Ok(Self {
            ephemeral,
            unique_batch_item_id: id.map(<[u8]>::to_vec),
            request: Request::decode(operation, payload)?,
            message_extensions,
        })
    }
}

impl RequestMessage {
    /// A message of one item.
    #[must_use]
    pub fn single(header: RequestHeader, request: Request) -> Self {
        Self::new(header, vec![RequestItem::new(request)])
    }

    /// A message of these items.
    #[must_use]
    pub const fn new(header: RequestHeader, batch: Vec<RequestItem>) -> Self {
        Self { header, batch }
    }

    /// Reads a request, strictly: every field known, in its place, and nothing else.
    ///
    /// # Errors
    ///
    /// [`MessageError`]: the bytes are not such a message, are of a version that is not
    /// supported, or break a rule of batches.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, MessageError> {
        Self::decode_under(None, bytes, limits)
    }

    /// Reads a request as strictly, by the rules of the version `rules` whatever version its
    /// header names. For tools that look at what others wrote: PyKMIP's client sends Offset Items
    /// (1.3) in messages of 1.0, and the Template-Attribute of 1.x in messages of 2.0.
    ///
    /// # Errors
    ///
    /// [`MessageError`], as [`Self::decode`] gives it; `rules` must be supported.
    pub fn decode_by(
        rules: ProtocolVersion,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, MessageError> {
        Self::decode_under(Some(rules), bytes, limits)
    }

    fn decode_under(
        rules: Option<ProtocolVersion>,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, MessageError> {
        let fields = Fields::message(tag::REQUEST_MESSAGE, bytes, limits)?;
        let mut fields = Reader::new(fields, Mode::Strict);
        let header = fields.structure(tag::REQUEST_HEADER)?;
        let (header, count) = RequestHeader::decode(header, rules)?;
        let mut fields = fields.of_version(rules.unwrap_or(header.protocol_version));
        let items = fields.structures(tag::BATCH_ITEM, Ok)?;
        fields.finish()?;
        if usize::try_from(count) != Ok(items.len()) || items.is_empty() {
            return Err(MessageError::BatchCount {
                claimed: count,
                found: items.len(),
            });
        }
        let batch = items
            .into_iter()
            .map(RequestItem::decode)
            .collect::<Result<Vec<_>, _>>()?;
        check_ids(&batch)?;
        Ok(Self { header, batch })
    }

    /// Writes the message into a wiped buffer of its exact size.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] when the message asks for what its version does not have;
    /// else when something does not fit the wire.
    pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        self.encode_by(self.header.protocol_version)
    }

    /// Writes the message by the rules of the version `rules`, whatever version its header names:
    /// what [`Self::decode_by`] read comes back.
    ///
    /// # Errors
    ///
    /// [`EncodeError`], as [`Self::encode`] gives it, of `rules`.
    pub fn encode_by(&self, rules: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        let items: Vec<_> = self
            .batch
            .iter()
            .map(|item| Borrowed {
                ephemeral: item.ephemeral,
                id: item.unique_batch_item_id.as_deref(),
                request: &item.request,
                extensions: &item.message_extensions,
            })
            .collect();
        encode_items(&self.header, &items, rules)
    }
}

/// Writes a message whose items are borrowed, so that a request with a key need not move.
pub(crate) fn encode(
    header: &RequestHeader,
    items: &[(Option<&[u8]>, &Request)],
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let items: Vec<_> = items
        .iter()
        .map(|(id, request)| Borrowed {
            ephemeral: None,
            id: *id,
            request,
            extensions: &[],
        })
        .collect();
    encode_items(header, &items, header.protocol_version)
}

/// One item, borrowed.
struct Borrowed<'a> {
    ephemeral: Option<bool>,
    id: Option<&'a [u8]>,
    request: &'a Request,
    extensions: &'a [MessageExtension],
}

fn encode_items(
    header: &RequestHeader,
    items: &[Borrowed<'_>],
    version: ProtocolVersion,
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    header.check(version)?;
    for item in items {
        if item.ephemeral.is_some() {
            let what = || Element::Tag(tag::EPHEMERAL);
            EncodeError::require(version, tag::versions(tag::EPHEMERAL), what)?;
        }
        item.request.check(version)?;
    }
    let count = i32::try_from(items.len()).map_err(|_| EncodeError::BatchTooLong)?;
    Ok(strongroom_ttlv::encode(|out| {
        out.structure(tag::REQUEST_MESSAGE, |out| {
            header.encode(count, out, version);
            for item in items {
                item.encode(out, version);
            }
        });
    })?)
}

impl Borrowed<'_> {
    fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::BATCH_ITEM, |out| {
            out.enumeration(tag::OPERATION, self.request.operation());
            opt(out, tag::EPHEMERAL, self.ephemeral, Writer::boolean);
            opt(out, tag::UNIQUE_BATCH_ITEM_ID, self.id, Writer::bytes);
            let payload = tag::REQUEST_PAYLOAD;
            out.structure(payload, |out| self.request.encode(out, version));
            Field::write_list(self.extensions, out, tag::MESSAGE_EXTENSION, version);
        });
    }
}

/// In a batch of several each item has an id of its own (KMIP 1.0, 6.4).
fn check_ids(batch: &[RequestItem]) -> Result<(), MessageError> {
    let mut seen = BTreeSet::new();
    for (index, item) in batch.iter().enumerate() {
        match &item.unique_batch_item_id {
            Some(id) if !seen.insert(id.as_slice()) => {
                return Err(MessageError::DuplicateBatchItemId { index });
            }
            None if batch.len() > 1 => return Err(MessageError::MissingBatchItemId { index }),
            Some(_) | None => {}
        }
    }
    Ok(())
}
