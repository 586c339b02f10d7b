//! Answers made by hand from the item level up, so that they are not the typed encoder's own.

use strongroom_kmip::{Operation, ProtocolVersion, ResultReason, tag};
use strongroom_ttlv::Writer;

/// A response message with one batch item.
pub(crate) fn message(version: ProtocolVersion, item: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    items(version, 1, |w| {
        w.structure(tag::BATCH_ITEM, |w| item(w));
    })
}

/// A response message that says it has `count` batch items.
pub(crate) fn items(
    version: ProtocolVersion,
    count: i32,
    items: impl Fn(&mut Writer<'_>),
) -> Vec<u8> {
    strongroom_ttlv::encode(|w| {
        w.structure(tag::RESPONSE_MESSAGE, |w| {
            w.structure(tag::RESPONSE_HEADER, |w| {
                version_item(w, version);
                w.date_time(tag::TIME_STAMP, 1_700_000_000);
                w.integer(tag::BATCH_COUNT, count);
            });
            items(w);
        });
    })
    .unwrap()
    .to_vec()
}

/// A batch item of an answer, without its id.
pub(crate) struct Item(Box<WriteItem>);

type WriteItem = dyn Fn(&mut Writer<'_>, Id<'_>);
type Id<'a> = Option<&'a [u8]>;

impl Item {
    fn new(operation: Operation, status: u32, rest: impl Fn(&mut Writer<'_>) + 'static) -> Self {
        Self(Box::new(move |w, id| {
            w.enumeration(tag::OPERATION, operation);
            if let Some(id) = id {
                w.bytes(tag::UNIQUE_BATCH_ITEM_ID, id);
            }
            w.enumeration(tag::RESULT_STATUS, status);
            rest(w);
        }))
    }

    pub(crate) fn done(operation: Operation, payload: impl Fn(&mut Writer<'_>) + 'static) -> Self {
        Self::new(operation, 0, move |w| {
            w.structure(tag::RESPONSE_PAYLOAD, |w| payload(w));
        })
    }

    pub(crate) fn failed(operation: Operation, reason: ResultReason) -> Self {
        Self::new(operation, 1, move |w| {
            w.enumeration(tag::RESULT_REASON, reason)
        })
    }

    pub(crate) fn pending(operation: Operation, handle: &'static [u8]) -> Self {
        Self::new(operation, 2, move |w| {
            w.bytes(tag::ASYNCHRONOUS_CORRELATION_VALUE, handle);
        })
    }

    pub(crate) fn undone(operation: Operation) -> Self {
        Self::new(operation, 3, |_| {})
    }
}

/// An answer of one item.
pub(crate) fn one(version: ProtocolVersion, item: &Item) -> Vec<u8> {
    message(version, |w| (item.0)(w, None))
}

/// An answer to a batch: the position of the request, and its item.
pub(crate) fn batch(version: ProtocolVersion, answers: &[(u64, Item)]) -> Vec<u8> {
    let count = i32::try_from(answers.len()).unwrap();
    items(version, count, |w| {
        for (index, item) in answers {
            let id = index.to_be_bytes();
            w.structure(tag::BATCH_ITEM, |w| (item.0)(w, Some(&id)));
        }
    })
}

fn version_item(w: &mut Writer<'_>, version: ProtocolVersion) {
    w.structure(tag::PROTOCOL_VERSION, |w| {
        w.integer(tag::PROTOCOL_VERSION_MAJOR, version.major);
        w.integer(tag::PROTOCOL_VERSION_MINOR, version.minor);
    });
}

pub(crate) fn success(
    version: ProtocolVersion,
    operation: Operation,
    payload: impl Fn(&mut Writer<'_>),
) -> Vec<u8> {
    message(version, |w| {
        w.enumeration(tag::OPERATION, operation);
        w.enumeration(tag::RESULT_STATUS, 0_u32);
        w.structure(tag::RESPONSE_PAYLOAD, |w| payload(w));
    })
}

/// `Operation Failed`; PyKMIP leaves out the operation where it could not read the request.
pub(crate) fn failure(
    version: ProtocolVersion,
    operation: Option<Operation>,
    reason: ResultReason,
    text: &str,
) -> Vec<u8> {
    message(version, |w| {
        if let Some(operation) = operation {
            w.enumeration(tag::OPERATION, operation);
        }
        w.enumeration(tag::RESULT_STATUS, 1_u32);
        w.enumeration(tag::RESULT_REASON, reason);
        w.text(tag::RESULT_MESSAGE, text);
    })
}

/// What Discover Versions at 1.1 answers.
pub(crate) fn versions(versions: &[ProtocolVersion]) -> Vec<u8> {
    success(ProtocolVersion::V1_1, Operation::DISCOVER_VERSIONS, |w| {
        for version in versions {
            version_item(w, *version);
        }
    })
}

/// The answer to a request that names one object and gets it named back.
pub(crate) fn identifier(version: ProtocolVersion, operation: Operation, id: &str) -> Vec<u8> {
    success(version, operation, |w| w.text(tag::UNIQUE_IDENTIFIER, id))
}

/// A Get answer with a raw AES-256 key.
pub(crate) fn key(version: ProtocolVersion, id: &str, octets: &[u8]) -> Vec<u8> {
    success(version, Operation::GET, |w| {
        w.enumeration(tag::OBJECT_TYPE, 2_u32);
        w.text(tag::UNIQUE_IDENTIFIER, id);
        w.structure(tag::SYMMETRIC_KEY, |w| {
            w.structure(tag::KEY_BLOCK, |w| {
                w.enumeration(tag::KEY_FORMAT_TYPE, 1_u32);
                w.structure(tag::KEY_VALUE, |w| w.bytes(tag::KEY_MATERIAL, octets));
                w.enumeration(tag::CRYPTOGRAPHIC_ALGORITHM, 3_u32);
                w.integer(tag::CRYPTOGRAPHIC_LENGTH, 256);
            });
        });
    })
}
