//! TTLV: reading and writing beside a hand-written walk, a copy of the octets, and a peer.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

mod messages;
mod peer;
mod read;
mod walk;

use std::hint::black_box;
use std::io;

use bytes::BytesMut;
use strongroom_benches::{Allocations, Goal, Row, Session, Work};
use strongroom_secret::count::{Counting, allocations};
use strongroom_ttlv::{Limits, Writer, encode, encode_into, encode_over, validate};

use walk::walk;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A batch of 1,000 has 14,000 items: the one limit that is raised.
const LIMITS: Limits = Limits::DEFAULT.with_items(usize::MAX);

/// A message and how it is made.
struct Message {
    name: &'static str,
    write: fn(&mut Writer<'_>),
    octets: Vec<u8>,
    /// A walk that takes more than so many times as long as a copy is no yardstick.
    walk_at_most: Option<f64>,
}

impl Message {
    /// `len` is known from an independent writer.
    fn make(name: &'static str, len: usize, write: fn(&mut Writer<'_>)) -> Self {
        let octets = encode(write).expect("one sound message").to_vec();
        assert_eq!(octets.len(), len, "the message {name} is another one");
        assert!(walk(&octets), "the walk refuses {name}");
        Self {
            name,
            write,
            octets,
            walk_at_most: None,
        }
    }

    fn row(&self, work: &'static str, against: &'static str, goal: Goal) -> Row {
        Row {
            group: "ttlv",
            work,
            message: self.name,
            bytes: self.octets.len(),
            against,
            goal,
            allocations: None,
        }
    }

    fn copy(&self) -> Work<'_> {
        Work::copy(&self.octets)
    }

    fn by_hand(&self) -> Work<'_> {
        Work::new(|| assert!(walk(black_box(&self.octets)), "sound"))
    }
}

fn get(w: &mut Writer<'_>) {
    messages::get::<0>(w, &messages::key(messages::GET_KEY));
}

fn main() -> io::Result<()> {
    let get = Message {
        walk_at_most: Some(7.0),
        ..Message::make("get", 312, get)
    };
    let batch = Message {
        walk_at_most: Some(10.0),
        ..Message::make("batch", 240_088, messages::batch)
    };
    let attributes = Message::make("attrs", 2_456, messages::attributes);
    let without_dates = Message::make("attrs-nodate", 2_552, messages::attributes_without_dates);
    let create = Message::make("create", 296, messages::create);

    is_read_whole(&get);
    let mut session = Session::new();
    for message in [&get, &batch, &attributes] {
        decode(&mut session, message);
    }
    typed(&mut session, &get, &batch);
    let key = messages::key(messages::GET_KEY);
    write(
        &mut session,
        &get,
        (
            move |w: &mut Writer<'_>| messages::get::<1>(w, black_box(&key)),
            move |w: &mut Writer<'_>| messages::get::<2>(w, black_box(&key)),
            move |w: &mut Writer<'_>| messages::get::<3>(w, black_box(&key)),
        ),
    );
    for message in [&batch, &attributes, &create] {
        let write_it = message.write;
        write(&mut session, message, (write_it, write_it, write_it));
    }
    peers(&mut session, [&get, &batch, &without_dates]);
    peer_writes(&mut session, &create);
    session.run()
}

/// What is timed reads what was written, all of it.
fn is_read_whole(get: &Message) {
    let (header, got) = read::get(&get.octets, &LIMITS).expect("an answer");
    assert_eq!((header.version, header.count), ((1, 2), 1));
    assert_eq!(header.time, 1_700_000_000);
    assert_eq!((got.operation, got.status, got.batch_item), (10, 0, None));
    assert_eq!((got.object_type, got.id), (2, messages::UID));
    assert_eq!(got.material, messages::key(messages::GET_KEY));
    assert_eq!((got.format, got.algorithm, got.bits), (1, 3, 256));
}

/// Adds a row against the walk, which must itself be near a copy.
fn against_walk<'w>(
    session: &mut Session<'w>,
    message: &'w Message,
    row: Row,
    work: impl FnMut() + 'w,
) {
    let work = Work::new(work);
    match message.walk_at_most {
        Some(at_most) => {
            session.row_above(row, (at_most, message.copy()), work, message.by_hand());
        }
        None => session.row(row, work, message.by_hand()),
    }
}

/// All checks, nothing read.
fn decode<'w>(session: &mut Session<'w>, message: &'w Message) {
    let octets = message.octets.as_slice();
    let (floor, decode) = match message.walk_at_most {
        Some(at_most) => (Goal::TimeAtMost(at_most), Goal::TimeAtMost(1.3)),
        None => (Goal::Time, Goal::Time),
    };
    session.row(
        message.row("walk", "memcpy", floor),
        message.by_hand(),
        message.copy(),
    );
    let check = || validate(black_box(octets), black_box(&LIMITS)).expect("sound");
    against_walk(
        session,
        message,
        message.row("validate", "walk", decode),
        check,
    );
    let view = || {
        black_box(read::view(black_box(octets), black_box(&LIMITS)).expect("sound"));
    };
    against_walk(session, message, message.row("view", "walk", decode), view);
    assert!(
        read::item_walk(octets),
        "the nom walk refuses {}",
        message.name
    );
    let nom = || assert!(read::item_walk(black_box(octets)), "sound");
    against_walk(
        session,
        message,
        message.row("nom item", "walk", Goal::Time),
        nom,
    );
}

/// All checks, then every field by the generic readers.
fn typed<'w>(session: &mut Session<'w>, get: &'w Message, batch: &'w Message) {
    let count = allocations(|| {
        black_box(read::get(&get.octets, &LIMITS).expect("an answer"));
    });
    let row = Row {
        allocations: Some(Allocations {
            count,
            at_most: Some(1),
        }),
        ..get.row("typed", "walk", Goal::TimeAtMost(2.5))
    };
    against_walk(session, get, row, || {
        black_box(read::get(black_box(&get.octets), black_box(&LIMITS)).expect("an answer"));
    });
    let row = batch.row("typed", "walk", Goal::Time);
    against_walk(session, batch, row, || {
        black_box(read::batch(black_box(&batch.octets), black_box(&LIMITS)).expect("an answer"));
    });
}

/// Into a buffer that is used again, in two ways, and into a new one that is wiped.
fn write<'w>(
    session: &mut Session<'w>,
    message: &'w Message,
    (over, append, wiped): (
        impl Fn(&mut Writer<'_>) + 'w,
        impl Fn(&mut Writer<'_>) + 'w,
        impl Fn(&mut Writer<'_>) + 'w,
    ),
) {
    let goal = match message.name {
        "get" => Goal::TimeAtMost(3.5),
        _ => Goal::Time,
    };
    let counted = |work, goal, count, at_most| Row {
        allocations: Some(Allocations {
            count,
            at_most: Some(at_most),
        }),
        ..message.row(work, "memcpy", goal)
    };
    let mut frame = BytesMut::new();
    let mut over = move || {
        encode_over(&mut frame, &over).expect("a sound message");
        black_box(&frame);
    };
    over();
    let row = counted("encode", goal, allocations(&mut over), 0);
    session.row(row, Work::new(over), message.copy());
    let mut frame = BytesMut::new();
    let mut append = move || {
        frame.clear();
        encode_into(&mut frame, &append).expect("a sound message");
        black_box(&frame);
    };
    append();
    let row = counted("encode cleared", Goal::Time, allocations(&mut append), 0);
    session.row(row, Work::new(append), message.copy());
    let mut wiped = move || {
        drop(black_box(encode(&wiped).expect("a sound message")));
    };
    let row = counted("encode wiped", Goal::Time, allocations(&mut wiped), 1);
    session.row(row, Work::new(wiped), message.copy());
}

/// The peer reads what we read; ours is the yardstick.
fn peers<'w>(session: &mut Session<'w>, [get, batch, attributes]: [&'w Message; 3]) {
    let goal = Goal::TimeAtLeast(30.0);
    peer_reads(session, get, (goal, 1), || {
        black_box(read::get(black_box(&get.octets), black_box(&LIMITS)).expect("an answer"));
    });
    peer_reads(session, batch, (Goal::Time, messages::BATCH.into()), || {
        black_box(read::batch(black_box(&batch.octets), black_box(&LIMITS)).expect("an answer"));
    });
    assert_eq!(
        read::attributes(&attributes.octets, &LIMITS).expect("an answer"),
        40
    );
    peer_reads(session, attributes, (Goal::Time, 1), || {
        let octets = black_box(attributes.octets.as_slice());
        black_box(read::attributes(octets, black_box(&LIMITS)).expect("an answer"));
    });
}

fn peer_reads<'w>(
    session: &mut Session<'w>,
    message: &'w Message,
    (goal, items): (Goal, usize),
    ours: impl FnMut() + 'w,
) {
    let answer = peer::read(&message.octets).expect("the peer reads it");
    assert_eq!(peer::understood(&answer), items, "{}", message.name);
    let theirs = || drop(black_box(peer::read(black_box(&message.octets))));
    let row = Row {
        allocations: Some(Allocations {
            count: allocations(theirs),
            at_most: None,
        }),
        ..message.row("kmip-protocol reads", "typed", goal)
    };
    session.row(row, Work::new(theirs), Work::new(ours));
}

/// The peer makes a new buffer each time, so ours does too: one that is wiped, even.
fn peer_writes<'w>(session: &mut Session<'w>, create: &'w Message) {
    let request = peer::create();
    let written = peer::write(&request).expect("the peer writes it");
    assert_eq!(written, create.octets, "the peer writes something else");
    let count = allocations(|| drop(peer::write(&request)));
    let row = Row {
        allocations: Some(Allocations {
            count,
            at_most: None,
        }),
        ..create.row("kmip-protocol writes", "encode wiped", Goal::Time)
    };
    let theirs = move || drop(black_box(peer::write(black_box(&request))));
    let ours = || {
        drop(black_box(
            encode(black_box(create.write)).expect("a sound message"),
        ));
    };
    session.row(row, Work::new(theirs), Work::new(ours));
}
