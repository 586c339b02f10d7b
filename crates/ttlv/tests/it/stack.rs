//! A million levels on a stack of 64 KiB: nothing here recurses.

use std::thread::Builder;

use strongroom_ttlv::{
    DecodeErrorKind as Kind, Fields, FrameReader, Limits, dump, dump_hex, validate,
};

use crate::corpus;

/// Runs `work` on a stack of 64 KiB. An overflow ends the whole test process.
fn on_a_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = Builder::new().stack_size(64 << 10);
        let thread = thread.spawn_scoped(scope, work).unwrap();
        thread.join().unwrap()
    })
}

const BOMBS: [&str; 4] = [
    "bad-deep1M-attrvalue",
    "bad-deep1M-top",
    "bad-deep1M-unknown-in-payload",
    "bad-deep1M-vendorext",
];

#[test]
fn a_million_levels_are_refused_on_a_stack_of_64_kib() {
    for bomb in BOMBS {
        let octets = &corpus::input(bomb).octets;
        for (limits, limit) in [
            (Limits::DEFAULT.with_message_len(usize::MAX), 32),
            (Limits::FORMAT, 64),
        ] {
            let error = on_a_small_stack(|| validate(octets, &limits).unwrap_err());
            assert_eq!(error.kind, Kind::TooDeep { limit });
            let shown = on_a_small_stack(|| Fields::item(octets, &limits).unwrap_err().to_string());
            assert_eq!(shown, error.to_string());
        }
    }
}

#[test]
fn a_million_levels_are_framed_and_dumped_on_a_stack_of_64_kib() {
    for bomb in BOMBS {
        let octets = &corpus::input(bomb).octets;
        let framed = on_a_small_stack(|| {
            let mut reader = FrameReader::new(Limits::FORMAT);
            reader.feed(&mut octets.as_slice()).unwrap().unwrap()
        });
        assert_eq!(*framed, *octets);
        let hex = on_a_small_stack(|| dump_hex(octets));
        assert!(hex.contains("error: structures nest"));
        let text = on_a_small_stack(|| dump(octets));
        assert!(text.contains("error: structures nest"));
    }
}
