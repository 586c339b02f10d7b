//! The walk over the messages that everybody sends: sound, within the limits, not deep. It says
//! neither what is wrong nor where, so it can be quick.
//!
//! What makes it quick, each measured: the message as words of 8 octets, in which every item
//! begins and ends; the items of 4 octets in 16, half of every message, in a loop of their own;
//! where a structure ends kept as the number of words behind it, so that leaving one makes no
//! slice; items not counted in a message that is too short to have too many.

use crate::item::{ALIGN, ItemType};
use crate::limits::Limits;

/// Structures inside one another that are followed; published messages have at most 9. A small
/// stack is cheap to make.
const DEPTH: usize = 16;

type Word = [u8; ALIGN];

/// Whether `message` is one sound structure within `limits`. `false` says nothing yet.
#[inline(never)]
pub(super) fn is_sound(message: &[u8], limits: &Limits) -> bool {
    let (words, []) = message.as_chunks() else {
        return false;
    };
    let is_one = matches!(words.split_first(), Some((head, body))
        if code_of(head) == STRUCTURE && length_of(head) == body.len().saturating_mul(ALIGN));
    if !is_one || message.len() > limits.message_len {
        return false;
    }
    // No item has less than a word.
    if words.len() > limits.items {
        walk::<true>(words, limits).is_some()
    } else {
        walk::<false>(words, limits).is_some()
    }
}

/// The walk. If it does not `COUNT`, there are too few words for too many items.
#[inline(always)]
fn walk<const COUNT: bool>(words: &[Word], limits: &Limits) -> Option<()> {
    let mut items = Countdown(limits.items);
    let mut outer = [0_usize; DEPTH];
    // Structures that may still be entered; the slots of `outer` are used from the last on.
    let mut levels = limits.depth.min(DEPTH);
    // Words behind the structure that is being read.
    let mut stop = 0_usize;
    let mut rest = words;
    'item: loop {
        if rest.len() <= stop {
            is_at_an_end();
            if rest.is_empty() {
                // No structure reaches behind the message: all of them end here.
                return Some(());
            }
            let &up = outer.get(levels)?;
            levels = levels.wrapping_add(1);
            stop = up;
            continue;
        }
        let (mut head, mut body) = rest.split_first()?;
        let mut kind = kind_of(head);
        while kind == HALF_WORD {
            let ([_, _, _, _, padding @ ..], after) = body.split_first()?;
            let [_, _, _, _, length @ ..] = *head;
            let is_sound = length == [0, 0, 0, 4] && *padding == [0; 4];
            if !is_sound || COUNT && !items.next() {
                return None;
            }
            rest = after;
            if after.len() <= stop {
                if after.len() < stop {
                    return None;
                }
                continue 'item;
            }
            let next = after.split_first()?;
            (head, body) = next;
            kind = kind_of(head);
        }
        if COUNT && !items.next() {
            return None;
        }
        let length = length_of(head);
        if kind == STRUCTURE {
            // At 0 this wraps, and there is no such slot.
            levels = levels.wrapping_sub(1);
            let slot = outer.get_mut(levels)?;
            let inner = end_inside(stop, body, length)?;
            *slot = stop;
            stop = inner;
            rest = body;
            continue;
        }
        let after = behind_value((kind, head, length), body, limits)?;
        if after.len() < stop {
            return None;
        }
        rest = after;
    }
}

/// Words behind the structure whose items are at the front of `body`, if it ends where a word
/// does and not behind what it is in, which `stop` words follow.
#[inline(always)]
fn end_inside(stop: usize, body: &[Word], length: usize) -> Option<usize> {
    let inner = body.len().checked_sub(length / ALIGN)?;
    (inner >= stop && length.is_multiple_of(ALIGN)).then_some(inner)
}

/// What follows the value at the front of `body`, if the value is sound. Not of a structure.
#[inline(always)]
fn behind_value<'a>(
    (kind, head, length): (u8, &Word, usize),
    body: &'a [Word],
    limits: &Limits,
) -> Option<&'a [Word]> {
    let (field, after) = body.split_at_checked(length.div_ceil(ALIGN))?;
    let is_sound = is_padded(field, length)
        && if kind == BYTES {
            length <= limits.bytes_len
        } else if kind == TEXT {
            is_text(field, length) && length <= limits.text_len
        } else {
            is_rarer(code_of(head), field, length) && length <= limits.bytes_len
        };
    is_sound.then_some(after)
}

/// How many more items there may be.
struct Countdown(usize);

impl Countdown {
    /// Whether there may be one more.
    #[inline(always)]
    fn next(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }
}

/// Keeps the items that are common together in the code; it is not rare.
#[cold]
fn is_at_an_end() {}

#[inline(always)]
const fn code_of([_, _, _, code, ..]: &Word) -> u8 {
    *code
}

#[inline(always)]
fn length_of([_, _, _, _, length @ ..]: &Word) -> usize {
    // Where a `usize` has 16 bits, no such message is in memory.
    usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX)
}

/// What most items are, told apart first. Of the rest, the code says what they are: two numbers,
/// so that the compiler makes no jump table of all types.
#[inline(always)]
fn kind_of(head: &Word) -> u8 {
    KINDS
        .get(usize::from(code_of(head)))
        .copied()
        .unwrap_or_default()
}

const STRUCTURE: u8 = ItemType::Structure.code();
/// 4 octets and 4 of padding: Integer, Enumeration, Interval.
const HALF_WORD: u8 = ItemType::Integer.code();
const TEXT: u8 = ItemType::TextString.code();
const BYTES: u8 = ItemType::ByteString.code();

/// By type code (KMIP 1.0, 9.1.1.2); 0 is for the rest.
const KINDS: [u8; 256] = {
    let known = [
        0, STRUCTURE, HALF_WORD, 0, 0, HALF_WORD, 0, TEXT, BYTES, 0, HALF_WORD,
    ];
    let mut kinds = [0; 256];
    let (front, _) = kinds.split_at_mut(known.len());
    front.copy_from_slice(&known);
    kinds
};

/// Whether what follows the `length` octets of the value in `field` is zero.
#[inline(always)]
fn is_padded(field: &[Word], length: usize) -> bool {
    let over = length % ALIGN;
    let last = field.last().map_or(0, |word| u64::from_be_bytes(*word));
    over == 0 || last.unbounded_shl(BITS.get(over).copied().unwrap_or_default()) == 0
}

/// Bits of so many octets.
const BITS: [u32; ALIGN] = [0, 8, 16, 24, 32, 40, 48, 56];

/// Nearly all text is ASCII, and its padding is.
#[inline(always)]
#[expect(
    clippy::host_endian_bytes,
    reason = "the bits are the same in any order"
)]
fn is_text(field: &[Word], length: usize) -> bool {
    let all = field
        .iter()
        .fold(0, |all, word| all | u64::from_ne_bytes(*word));
    all & u64::from_ne_bytes([0x80; ALIGN]) == 0 || is_utf8(field, length)
}

#[cold]
fn is_utf8(field: &[Word], length: usize) -> bool {
    let text = field.as_flattened().get(..length);
    text.is_some_and(|text| core::str::from_utf8(text).is_ok())
}

/// The types that few items have.
#[inline(always)]
fn is_rarer(code: u8, field: &[Word], length: usize) -> bool {
    const LONG_INTEGER: u8 = ItemType::LongInteger.code();
    const BIG_INTEGER: u8 = ItemType::BigInteger.code();
    const BOOLEAN: u8 = ItemType::Boolean.code();
    const DATE_TIME: u8 = ItemType::DateTime.code();
    const DATE_TIME_EXTENDED: u8 = ItemType::DateTimeExtended.code();
    match code {
        DATE_TIME | LONG_INTEGER | DATE_TIME_EXTENDED => length == ALIGN,
        BOOLEAN => length == ALIGN && matches!(field, [[0, 0, 0, 0, 0, 0, 0, 0 | 1]]),
        BIG_INTEGER => length != 0 && length.is_multiple_of(ALIGN),
        _ => false,
    }
}
