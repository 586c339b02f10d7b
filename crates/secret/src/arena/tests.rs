//! Slots: what they hold, where they lie, when they come again.

use std::thread;

use super::*;

#[test]
fn slots_are_zeroed_aligned_and_apart() {
    let mut slots: Vec<Slot> = (0..200)
        .chain([4095, 4096, 4097, 100_000])
        .map(Slot::new)
        .collect();
    for (at, slot) in slots.iter_mut().enumerate() {
        assert_eq!(slot.start().addr().get() % SLOT_ALIGN, 0, "{at}");
        assert!(slot.is_alive());
        assert!(slot.octets().iter().all(|octet| *octet == 0), "{at}");
        slot.octets_mut().fill(u8::try_from(at).unwrap_or(255));
    }
    for (at, slot) in slots.iter().enumerate() {
        let wanted = u8::try_from(at).unwrap_or(255);
        assert!(slot.octets().iter().all(|octet| *octet == wanted), "{at}");
    }
}

#[test]
fn a_slot_comes_again_and_is_wiped_then() {
    // A room that no other test takes.
    let mut first = Slot::new(2000);
    first.octets_mut().fill(7);
    let place = first.start();
    drop(first);
    let second = Slot::new(2100);
    assert_eq!(second.start(), place);
    assert_eq!(second.octets(), [0; 2100]);
}

#[test]
fn regions_grow_and_are_cut_to_the_end() {
    let mut arena = Arena::new();
    let mut holes = Vec::new();
    let (last, room) = (ROOMS.len() - 1, 4096);
    while arena.memory.octets < 3 * FIRST_LEN {
        holes.push(arena.cut(last).start.addr().get());
    }
    // 64 KiB less a line, then the first of 128 KiB.
    assert_eq!(holes.len(), FIRST_LEN / room);
    holes.sort_unstable();
    assert!(holes.windows(2).all(|pair| pair[1] - pair[0] >= room));
    assert_eq!(arena.next_len, 4 * FIRST_LEN);
}

#[test]
fn threads_share_it() {
    let turns = if cfg!(miri) { 50 } else { 2_000 };
    thread::scope(|scope| {
        for octet in 1..=4_u8 {
            scope.spawn(move || {
                for len in (1..=64).cycle().take(turns) {
                    let mut slot = Slot::new(len);
                    assert!(slot.octets().iter().all(|octet| *octet == 0));
                    slot.octets_mut().fill(octet);
                    thread::yield_now();
                    assert!(slot.octets().iter().all(|other| *other == octet));
                }
            });
        }
    });
}

#[test]
fn the_status_names_what_there_is() {
    let memory = key_memory();
    assert!(memory.octets >= FIRST_LEN);
    if cfg!(all(target_os = "linux", not(miri))) {
        assert_eq!(memory.guarded, Protection::InPlace);
        assert_ne!(memory.locked, Protection::Unsupported);
    } else {
        assert_eq!(memory.locked, Protection::Unsupported);
        assert!(require_key_memory(1).is_err());
    }
    match require_key_memory(3 * FIRST_LEN) {
        Ok(memory) => assert!(memory.is_complete()),
        Err(refused) => assert!(!refused.memory.is_complete()),
    }
    // Once at most, whether or not something is missing.
    let warned = [key_memory_warning(), key_memory_warning()];
    assert_eq!(warned[1], None);
}
