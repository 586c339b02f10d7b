//! Requests and answers from the generators that strongroom-kmip's own tests use, with the fuzzer's
//! octets as the seed of chance.

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use strongroom_kmip::{Limits, ProtocolVersion, Request, RequestMessage, Response};
use strongroom_kmip::{ResponseMessage, tag};
use strongroom_ttlv::{Fields, Writer, encode};

use super::alone::Payload;
use super::text;
use crate::strategies::{self, Table, VERSIONS};
use crate::{See, mutate};

/// Damaged messages of each plan.
const DAMAGED: u32 = 8;
/// Octets that a damaged message may have more than the sound one.
const ROOM: usize = 256;

/// By version; of each the operations that it has.
type Generators<T> = Vec<(ProtocolVersion, Table<T>)>;

fn generators<T>(of: fn(ProtocolVersion) -> Table<T>) -> Generators<T> {
    VERSIONS.into_iter().map(|v| (v, of(v))).collect()
}

thread_local! {
    static REQUESTS: Generators<Request> = generators(strategies::requests);
    static ANSWERS: Generators<Response> = generators(strategies::responses);
}

/// The first octet is the version, the second the operation; the next 16 begin what takes the place
/// of chance. (Octets that stand for each choice themselves would be used up, and what a generator
/// then gets are zeros, of which some never make a choice.)
fn make<T: Debug>(generators: &Generators<T>, plan: &[u8]) -> Option<(ProtocolVersion, T)> {
    let (head, choices) = plan.split_first_chunk::<2>()?;
    let [version, operation] = head.map(usize::from);
    let (version, table) = generators.get(version % generators.len())?;
    let (_, payloads) = table.get(operation % table.len())?;
    let mut seed = *b"no zeros in here";
    seed.iter_mut()
        .zip(choices)
        .for_each(|(octet, choice)| *octet ^= choice);
    if seed == [0; 16] {
        return None;
    }
    let rng = TestRng::from_seed(RngAlgorithm::XorShift, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tree = payloads.new_tree(&mut runner).ok()?;
    Some((*version, tree.current()))
}

pub(super) fn request(plan: &[u8], see: See<'_>) {
    let Some((version, request)) = REQUESTS.with(|all| make(all, plan)) else {
        return;
    };
    let octets = comes_back(version, &request);
    let message = message(|w| {
        w.structure(tag::REQUEST_MESSAGE, |w| {
            w.structure(tag::REQUEST_HEADER, |w| {
                protocol_version(w, version);
                w.integer(tag::BATCH_COUNT, 1);
            });
            w.structure(tag::BATCH_ITEM, |w| {
                w.enumeration(tag::OPERATION, request.operation());
                payload(w, &octets);
            });
        });
    });
    let read = RequestMessage::decode(&message, &Limits::DEFAULT);
    if version.is_supported() {
        let written = read.expect("a sound message").encode();
        assert_eq!(*written.expect("of its version"), message);
    }
    text::both(&message).expect("a sound message");
    damaged(&message, plan, &mut |octets| super::request(octets, see));
}

pub(super) fn response(plan: &[u8], see: See<'_>) {
    let Some((version, response)) = ANSWERS.with(|all| make(all, plan)) else {
        return;
    };
    let octets = comes_back(version, &response);
    let message = message(|w| {
        w.structure(tag::RESPONSE_MESSAGE, |w| {
            w.structure(tag::RESPONSE_HEADER, |w| {
                protocol_version(w, version);
                w.date_time(tag::TIME_STAMP, 0);
                w.integer(tag::BATCH_COUNT, 1);
            });
            w.structure(tag::BATCH_ITEM, |w| {
                w.enumeration(tag::OPERATION, response.operation());
                w.enumeration(tag::RESULT_STATUS, 0_u32);
                payload(w, &octets);
            });
        });
    });
    let read = ResponseMessage::decode(&message, &Limits::DEFAULT);
    if version.is_supported() {
        let written = read.expect("a sound message").encode();
        assert_eq!(*written.expect("of its version"), message);
    }
    text::both(&message).expect("a sound message");
    damaged(&message, plan, &mut |octets| super::response(octets, see));
}

/// Writes the payload, which is read as the same; its octets.
fn comes_back<P: Payload>(version: ProtocolVersion, payload: &P) -> Vec<u8> {
    let octets = payload.write(version).expect("made for this version");
    let again = P::read(payload.operation(), version, &octets).expect("written by us");
    assert_eq!(format!("{again:?}"), format!("{payload:?}"));
    assert_eq!(again.write(version).expect("written before"), octets);
    octets
}

fn message(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    encode(write).expect("one sound item").to_vec()
}

fn protocol_version(w: &mut Writer<'_>, version: ProtocolVersion) {
    w.structure(tag::PROTOCOL_VERSION, |w| {
        w.integer(tag::PROTOCOL_VERSION_MAJOR, version.major);
        w.integer(tag::PROTOCOL_VERSION_MINOR, version.minor);
    });
}

fn payload(w: &mut Writer<'_>, octets: &[u8]) {
    let item = Fields::item(octets, &Limits::DEFAULT).expect("written by us");
    w.item(&item);
}

/// Tries the message, then some that a few changes make of it.
fn damaged(message: &[u8], plan: &[u8], try_out: &mut dyn FnMut(&[u8])) {
    try_out(message);
    let last = plan.iter().rev().take(2);
    let seed = last.fold(0_u32, |seed, octet| seed << 8 | u32::from(*octet));
    let mut room = message.to_vec();
    let most = message.len() + ROOM;
    room.resize(most, 0);
    let mut size = message.len();
    for change in 0..DAMAGED {
        let seed = seed << 3 | change;
        size = mutate(&mut room, size, most, seed, |data, size, _| {
            if let Some(octet) = data[..size].get_mut(seed as usize % size.max(1)) {
                *octet ^= 1 << (change % 8);
            }
            size
        });
        try_out(&room[..size]);
    }
}
