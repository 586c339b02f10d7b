//! One octet of a golden message changed: refused with a typed error, or read and written back
//! the same.

use bytes::BytesMut;
use strongroom_ttlv::{Fields, Limits, Value, encode_into};

use crate::golden::golden;
use crate::writing::write;

/// Messages up to this length get every value at every octet; longer ones each bit, 00 and FF.
const EVERY_VALUE: usize = 400;

#[test]
fn every_change_of_one_octet_is_refused_or_reads_and_writes_back_the_same() {
    // A panic in any of the threads is one of the scope.
    std::thread::scope(|scope| {
        for message in golden() {
            scope.spawn(move || change_each_octet(message));
        }
    });
}

fn change_each_octet(mut message: Vec<u8>) {
    let mut again = BytesMut::new();
    let every_value = message.len() <= EVERY_VALUE;
    for at in 0..message.len() {
        let octet = message[at];
        let few = (0..8).map(|bit| octet ^ (1 << bit)).chain([0, 0xFF]);
        let values: Vec<u8> = if every_value {
            (0..=255).collect()
        } else {
            few.collect()
        };
        for value in values {
            message[at] = value;
            read_all(&message, &mut again);
        }
        message[at] = octet;
    }
}

/// Reads everything that can be read; what was accepted must write back the same, into `again`.
pub(crate) fn read_all(message: &[u8], again: &mut BytesMut) {
    match Fields::item(message, &Limits::DEFAULT) {
        Ok(item) => {
            if let Value::Structure(fields) = &item.value {
                assert_eq!(fields.offset(), 8);
            }
            again.clear();
            encode_into(again, |w| write(w, &item)).unwrap();
            assert_eq!(*again, *message);
        }
        Err(error) => {
            assert!(error.offset <= message.len());
            assert!(error.path.tags().len() <= Limits::DEFAULT.depth + 1);
        }
    }
}
