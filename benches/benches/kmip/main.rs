//! KMIP: a typed answer beside an untyped walk over the same octets.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

use std::hint::black_box;
use std::io;

use strongroom_benches::{Allocations, Goal, Row, Session, Work};
use strongroom_kmip::message::{ResponseHeader, ResponseItem};
use strongroom_kmip::operation::GetResponse;
use strongroom_kmip::{
    CryptographicAlgorithm, KeyBlock, ManagedObject, ProtocolVersion, ResponseMessage, tag,
};
use strongroom_secret::SecretBytes;
use strongroom_secret::count::{Counting, allocations};
use strongroom_ttlv::{DecodeError, Fields, Limits, Value};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const LIMITS: Limits = Limits::DEFAULT;

/// The answer to one Get of an AES key of 256 bits, KMIP 1.2: as long as the one of the group
/// `ttlv`.
const LEN: usize = 312;

fn main() -> io::Result<()> {
    let octets = answer();
    assert_eq!(octets.len(), LEN, "another message");
    assert_eq!(walk_all(&octets).expect("sound"), 20, "items");
    assert_eq!(keys(&decode(&octets)), 1, "keys");

    let mut session = Session::new();
    let row = |work, goal, count| Row {
        group: "kmip",
        work,
        message: "get",
        bytes: LEN,
        against: "fields",
        goal,
        allocations: Some(Allocations {
            count,
            at_most: None,
        }),
    };
    let fields = || {
        Work::new(|| {
            black_box(walk_all(black_box(&octets)).expect("sound"));
        })
    };
    let count = allocations(|| drop(decode(&octets)));
    let typed = Work::new(|| drop(black_box(decode(black_box(&octets)))));
    session.row(row("decode", Goal::TimeAtMost(2.0), count), typed, fields());
    let slot = || drop(black_box(SecretBytes::copy_from(black_box(&[7; 32]))));
    let count = allocations(slot);
    session.row(row("key", Goal::Time, count), Work::new(slot), fields());
    session.run()
}

fn answer() -> Vec<u8> {
    let key = SecretBytes::copy_from(&[7; 32]);
    let block = KeyBlock::raw(CryptographicAlgorithm::AES, key);
    let id = "8e9d0a1f-3b5c-4d7e-9f10-213243546576";
    let get = GetResponse::new(id, ManagedObject::SymmetricKey(block));
    let item = ResponseItem::success(get.into());
    let header = ResponseHeader::new(ProtocolVersion::V1_2, 1_700_000_000);
    let message = ResponseMessage::new(header, vec![item]);
    message.encode().expect("a sound message").to_vec()
}

fn decode(octets: &[u8]) -> ResponseMessage {
    ResponseMessage::decode(octets, &LIMITS).expect("an answer")
}

fn keys(message: &ResponseMessage) -> usize {
    let answers = message.batch.iter();
    answers.filter(|item| item.response.is_some()).count()
}

/// All checks, then every item, without a typed value; gives their number.
fn walk_all(octets: &[u8]) -> Result<usize, DecodeError> {
    let fields = Fields::message(tag::RESPONSE_MESSAGE, octets, &LIMITS)?;
    Ok(items(fields)?.saturating_add(1))
}

fn items(mut fields: Fields<'_>) -> Result<usize, DecodeError> {
    let mut count = 0_usize;
    while let Some(item) = fields.next_item()? {
        let inner = match item.value {
            Value::Structure(inner) => items(inner)?,
            value => {
                black_box(value);
                0
            }
        };
        count = count.saturating_add(inner).saturating_add(1);
    }
    Ok(count)
}
