//! The yardstick: the fastest walk over a message that we could write by hand in safe Rust. It
//! checks what a reader must check (type codes, lengths, bounds, zero padding, UTF-8, Booleans,
//! depth, one item and no more) and says good or bad, nothing else. It knows no limit but the
//! depth, no place of a fault, no tolerance.
//!
//! What made it fast, each measured: the message as words of 8 octets, so that an item's end
//! cannot lie inside a word; one table look-up for the item's type; the items that are half of
//! every message (4 octets in 16) before all others and in a loop of their own; the end of a
//! structure kept as the number of words after it, so that leaving one needs no new slice; the end of the
//! message seen first, where all structures end that are left.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::host_endian_bytes,
    reason = "each is bounded where it stands; which octet is high does not matter"
)]

/// Structures inside one another.
const DEPTH: usize = 32;

type Word = [u8; 8];

/// Whether `message` is one sound item.
#[inline(never)]
pub(crate) fn walk(message: &[u8]) -> bool {
    let (words, []) = message.as_chunks() else {
        return false;
    };
    if !is_one_item(words) {
        return false;
    }
    let mut outer = [0_u32; DEPTH];
    let mut depth = 0_usize;
    // Words after the structure that is being read.
    let mut stop = 0_usize;
    let mut rest = words;
    'item: loop {
        if rest.len() <= stop {
            at_the_end_of_a_structure();
            if rest.is_empty() {
                // No structure reaches behind the message: all of them end here.
                return true;
            }
            let Some(&up) = outer.get(depth.wrapping_sub(1)) else {
                return false;
            };
            depth = depth.wrapping_sub(1);
            stop = up as usize;
            continue;
        }
        let Some((mut head, mut body)) = rest.split_first() else {
            return false;
        };
        while kind_of(head) == FOUR {
            let Some(([_, _, _, _, padding @ ..], after)) = body.split_first() else {
                return false;
            };
            let [_, _, _, _, length @ ..] = *head;
            if length != [0, 0, 0, 4] || *padding != [0; 4] {
                return false;
            }
            rest = after;
            if after.len() <= stop {
                if after.len() < stop {
                    return false;
                }
                continue 'item;
            }
            let Some(next) = after.split_first() else {
                return false;
            };
            (head, body) = next;
        }
        let [_, _, _, code, length @ ..] = *head;
        let kind = kind_of(head);
        let length = u32::from_be_bytes(length) as usize;
        if kind == STRUCTURE {
            let Some(inner) = body.len().checked_sub(length / 8) else {
                return false;
            };
            if inner < stop || !length.is_multiple_of(8) {
                return false;
            }
            let Some(slot) = outer.get_mut(depth) else {
                return false;
            };
            *slot = stop as u32;
            depth = depth.wrapping_add(1);
            stop = inner;
            rest = body;
            continue;
        }
        let Some((field, after)) = body.split_at_checked(length.div_ceil(8)) else {
            return false;
        };
        if after.len() < stop {
            return false;
        }
        rest = after;
        if !length.is_multiple_of(8) {
            let Some(last) = field.last() else {
                return false;
            };
            if u64::from_be_bytes(*last) << (8 * (length % 8)) as u32 != 0 {
                return false;
            }
        }
        if kind == BYTES || kind == TEXT && is_utf8(length, field) {
            continue;
        }
        if !is_rarer(code, length, field) {
            return false;
        }
    }
}

/// Tells the compiler to keep the common items together, not that this were rare.
#[cold]
fn at_the_end_of_a_structure() {}

fn is_one_item(words: &[Word]) -> bool {
    let Some(([_, _, _, _, length @ ..], body)) = words.split_first() else {
        return false;
    };
    let length = u32::from_be_bytes(*length) as usize;
    length.div_ceil(8) == body.len()
}

/// The types that few items have.
#[inline(always)]
fn is_rarer(code: u8, length: usize, field: &[Word]) -> bool {
    match code {
        3 | 9 | 11 => length == 8,
        4 => length != 0 && length.is_multiple_of(8),
        6 => length == 8 && matches!(field, [[0, 0, 0, 0, 0, 0, 0, 0 | 1]]),
        _ => false,
    }
}

/// Nearly all text is ASCII, and its padding is.
#[inline(always)]
fn is_utf8(length: usize, field: &[Word]) -> bool {
    let all = field
        .iter()
        .fold(0, |all, word| all | u64::from_ne_bytes(*word));
    let is_text = |text| std::str::from_utf8(text).is_ok();
    all & 0x8080_8080_8080_8080 == 0 || field.as_flattened().get(..length).is_some_and(is_text)
}

const STRUCTURE: u8 = 1;
/// 4 octets and 4 of padding: Integer, Enumeration, Interval.
const FOUR: u8 = 2;
const TEXT: u8 = 7;
const BYTES: u8 = 8;

#[inline(always)]
fn kind_of([_, _, _, code, ..]: &Word) -> u8 {
    KINDS.get(usize::from(*code)).copied().unwrap_or_default()
}

/// What most items are, by type code (KMIP 1.0, 9.1.1.2); 0 is for the rest.
const KINDS: [u8; 256] = {
    let known = [0, STRUCTURE, FOUR, 0, 0, FOUR, 0, TEXT, BYTES, 0, FOUR];
    let mut kinds = [0; 256];
    let (front, _) = kinds.split_at_mut(known.len());
    front.copy_from_slice(&known);
    kinds
};
