//! Changes of a message that keep the lengths of the structures around the change right: a fuzzer that changes
//! octets alone mostly makes messages that the first length check refuses.

/// Structures around an item that are put right; deeper items are not changed here.
const DEPTH_MAX: usize = 64;
const HEADER_LEN: usize = 8;

/// Changes the first `size` octets of `data` to at most `max_size` and gives the new size. `random` changes octets
/// without a plan; it is called for one change of four, and where no plan fits.
pub fn mutate(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    random: impl FnOnce(&mut [u8], usize, usize) -> usize,
) -> usize {
    let mut dice = Dice::new(seed);
    let mut message = Message {
        room: max_size.min(data.len()),
        data,
        size,
    };
    let changed = dice.roll(4) > 0 && message.change(&mut dice).is_some();
    if changed {
        return message.size;
    }
    random(data, size, max_size)
}

/// Marsaglia's xorshift32.
struct Dice(u32);

impl Dice {
    /// Seeds that are alike make sequences that are not.
    fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9) | 1)
    }

    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        usize::try_from(self.0 >> 4).unwrap_or_default() % below.max(1)
    }

    fn octet(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap_or_default()
    }
}

/// An item and the headers of the structures around it.
struct Place {
    at: usize,
    end: usize,
    around: [usize; DEPTH_MAX],
    depth: usize,
}

struct Message<'a> {
    data: &'a mut [u8],
    size: usize,
    room: usize,
}

impl Message<'_> {
    fn change(&mut self, dice: &mut Dice) -> Option<()> {
        let items = self.walk(usize::MAX).0;
        let place = self.walk(dice.roll(items)).1?;
        match dice.roll(7) {
            0 => self.copy(&place, dice),
            1 => self.resize(&place, place.at, place.end - place.at, 0),
            2 => self.wrap(&place),
            3 => self.insert(&place, dice),
            4 => self.retype(&place, dice),
            5 => self.stretch(&place, dice),
            _ => self.revalue(&place, dice),
        }
    }

    /// Counts the items up to number `wanted`, and gives that one if it is there. Headers are trusted as long as
    /// they stay within what is around them.
    fn walk(&self, wanted: usize) -> (usize, Option<Place>) {
        let mut ends = [self.size; DEPTH_MAX];
        let mut place = Place {
            at: 0,
            end: 0,
            around: [0; DEPTH_MAX],
            depth: 0,
        };
        let mut count = 0;
        loop {
            while place.depth > 0 && place.at >= ends[place.depth - 1] {
                place.depth -= 1;
            }
            let outer = match place.depth {
                0 => self.size,
                depth => ends[depth - 1],
            };
            let length = match self.length(place.at) {
                Some(length) if place.at + HEADER_LEN <= outer => length,
                _ => return (count, None),
            };
            let end = (place.at + HEADER_LEN + length.next_multiple_of(8)).min(outer);
            if count == wanted {
                place.end = end;
                return (count, Some(place));
            }
            count += 1;
            if self.data[place.at + 3] == 1 && place.depth < DEPTH_MAX {
                ends[place.depth] = end;
                place.around[place.depth] = place.at;
                place.depth += 1;
                place.at += HEADER_LEN;
            } else {
                place.at = end;
            }
        }
    }

    fn length(&self, at: usize) -> Option<usize> {
        let field = self.data[..self.size]
            .get(at..)?
            .first_chunk::<HEADER_LEN>()?;
        let [_, _, _, _, a, b, c, d] = *field;
        usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()
    }

    fn set_length(&mut self, at: usize, length: usize) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.data[at + 4..at + 8].copy_from_slice(&length.to_be_bytes());
    }

    /// Makes `new` octets of the `old` ones at `at`, which all stay as far as they fit, and tells the structures
    /// around `place`.
    fn resize(&mut self, place: &Place, at: usize, old: usize, new: usize) -> Option<()> {
        let size = self.size - old + new;
        if size > self.room || at + old > self.size {
            return None;
        }
        self.data.copy_within(at + old..self.size, at + new);
        self.size = size;
        for &header in &place.around[..place.depth] {
            let length = self.length(header)?;
            self.set_length(header, (length + new).saturating_sub(old));
        }
        Some(())
    }

    /// The item once more, before itself or before another that is not in it.
    fn copy(&mut self, place: &Place, dice: &mut Dice) -> Option<()> {
        let len = place.end - place.at;
        let items = self.walk(usize::MAX).0;
        let to = self.walk(dice.roll(items)).1?;
        if place.at < to.at && to.at < place.end {
            return None;
        }
        self.resize(&to, to.at, 0, len)?;
        let from = if place.at < to.at {
            place.at
        } else {
            place.at + len
        };
        self.data.copy_within(from..from + len, to.at);
        Some(())
    }

    fn wrap(&mut self, place: &Place) -> Option<()> {
        let len = place.end - place.at;
        self.resize(place, place.at, 0, HEADER_LEN)?;
        self.data[place.at + 3] = 1;
        self.set_length(place.at, len);
        Some(())
    }

    /// A new item before the item, with its tag.
    fn insert(&mut self, place: &Place, dice: &mut Dice) -> Option<()> {
        let code = 1 + u8::try_from(dice.roll(11)).ok()?;
        let length = length_of(code, dice);
        let len = HEADER_LEN + length.next_multiple_of(8);
        self.resize(place, place.at, 0, len)?;
        let item = &mut self.data[place.at..place.at + len];
        item[3..].fill(0);
        item[3] = code;
        if length > 0 {
            item[HEADER_LEN + length - 1] = dice.octet() & 1;
        }
        self.set_length(place.at, length);
        Some(())
    }

    /// Another type, and a value of a length that it may have.
    fn retype(&mut self, place: &Place, dice: &mut Dice) -> Option<()> {
        let code = 1 + u8::try_from(dice.roll(11)).ok()?;
        let length = length_of(code, dice);
        self.fit(place, length)?;
        self.data[place.at + 3] = code;
        Some(())
    }

    /// A string of another length.
    fn stretch(&mut self, place: &Place, dice: &mut Dice) -> Option<()> {
        let length = match self.data[place.at + 3] {
            7 | 8 => dice.roll(64),
            4 => 8 + dice.roll(4) * 8,
            _ => return None,
        };
        self.fit(place, length)
    }

    fn fit(&mut self, place: &Place, length: usize) -> Option<()> {
        let at = place.at + HEADER_LEN;
        let old = place.end.checked_sub(at)?;
        let new = length.next_multiple_of(8);
        self.resize(place, at, old, new)?;
        self.data[at + old.min(new)..at + new].fill(b'a');
        self.data[at + length..at + new].fill(0);
        self.set_length(place.at, length);
        Some(())
    }

    /// Another octet of value or tag.
    fn revalue(&mut self, place: &Place, dice: &mut Dice) -> Option<()> {
        let length = self.length(place.at)?;
        let at = match self.data[place.at + 3] {
            1 => place.at + dice.roll(3),
            _ if length == 0 || place.end < place.at + HEADER_LEN + length => return None,
            _ => place.at + HEADER_LEN + dice.roll(length),
        };
        self.data[at] = match dice.roll(3) {
            0 => dice.octet(),
            1 => self.data[at].wrapping_add(1),
            _ => self.data[at] ^ (1 << dice.roll(8)),
        };
        Some(())
    }
}

fn length_of(code: u8, dice: &mut Dice) -> usize {
    match code {
        1 => 0,
        2 | 5 | 10 => 4,
        3 | 6 | 9 | 11 => 8,
        4 => 8 + dice.roll(4) * 8,
        _ => dice.roll(24),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strongroom_ttlv::{DecodeErrorKind, Limits, validate};

    use super::*;
    use crate::golden::golden;

    /// `octets` after the change that `seed` picks, without changes that have no plan.
    fn changed(octets: &[u8], room: usize, seed: u32) -> Vec<u8> {
        let mut data = octets.to_vec();
        data.resize(room.max(octets.len()), 0xA5);
        let size = mutate(&mut data, octets.len(), room, seed, |_, size, _| size);
        data.truncate(size);
        data
    }

    #[test]
    fn a_planned_change_keeps_lengths_and_padding_right() {
        let mut accepted = BTreeSet::new();
        let mut count = 0;
        for message in golden() {
            for seed in 0..2000 {
                let octets = changed(&message, 4096, seed);
                count += 1;
                match validate(&octets, &Limits::FORMAT).map_err(|error| error.kind) {
                    Ok(()) if octets == message => {}
                    Ok(()) => drop(accepted.insert(octets)),
                    // The message was removed or repeated, a value is one that its new type may not have.
                    Err(
                        DecodeErrorKind::Empty
                        | DecodeErrorKind::TrailingBytes { .. }
                        | DecodeErrorKind::BadBoolean
                        | DecodeErrorKind::NotUtf8,
                    ) => {}
                    Err(other) => panic!("{other:?} from seed {seed} in {octets:02X?}"),
                }
            }
        }
        assert!(accepted.len() > count / 4, "{} of {count}", accepted.len());
    }

    #[test]
    fn any_octets_can_be_changed_and_stay_within_their_room() {
        for message in golden() {
            for seed in 0..500 {
                let mut dice = Dice::new(seed);
                let mut octets = message.clone();
                for _ in 0..dice.roll(8) {
                    let at = dice.roll(octets.len());
                    octets[at] = dice.octet();
                }
                octets.truncate(octets.len() - dice.roll(octets.len()));
                let room = dice.roll(2 * octets.len());
                assert!(changed(&octets, room, seed).len() <= room.max(octets.len()));
            }
        }
    }
}
