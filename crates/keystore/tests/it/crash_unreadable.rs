//! Sectors that cannot be read (KS-26): on top of a crash nothing acknowledged is lost, and two of
//! them give a refusal, never an older state.

use strongroom_keystore::{DirStorage, Storage as _};

use crate::crash::{add_one_key, replace_once};
use crate::explorer::{Opens, crash_states, explore_reader, opens, unreadable_sectors};
use crate::sim::{BadSector, Filler, Image};
use crate::stores::store;

#[test]
fn one_unreadable_sector_on_top_of_any_crash_loses_nothing_acknowledged() {
    for (start, log) in [add_one_key(), replace_once()] {
        let verdict = explore_reader(&start, &log, 4, Filler::Real);
        println!("{verdict:?}");
        assert!(verdict.is_clean(), "{verdict:?}");
        assert!(verdict.unreadable_states > 50, "{verdict:?}");
    }
}

#[test]
fn a_reader_that_stops_at_a_bad_sector_is_found() {
    let (start, log) = add_one_key();
    let verdict = explore_reader(&start, &log, 4, Filler::NoSalvage);
    assert!(verdict.unreadable_lost > 0, "{verdict:?}");
}

/// Sectors of each copy.
fn of_each_copy(image: &Image, filler: Filler) -> [Vec<BadSector>; 2] {
    ["keystore.a", "keystore.b"].map(|name| {
        let sectors = unreadable_sectors(image, filler).into_iter();
        sectors.filter(|sector| sector.name == name).collect()
    })
}

#[test]
fn an_unreadable_sector_in_each_copy_gives_what_was_acknowledged_or_a_refusal() {
    let mut refused = 0;
    for (start, log) in [add_one_key(), replace_once()] {
        for (acknowledged, image) in crash_states(&start, &log, 4) {
            let [of_a, of_b] = of_each_copy(&image, Filler::Real);
            for (a, b) in of_a.iter().flat_map(|a| of_b.iter().map(move |b| (a, b))) {
                match opens(&image, &[a.clone(), b.clone()]) {
                    Opens::Generation(found) => assert!(found >= acknowledged, "{a:?} {b:?}"),
                    Opens::Lost => refused += 1,
                    Opens::Nothing => panic!("{a:?} {b:?}"),
                }
            }
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_file_without_bad_sectors_is_given_as_it_is_and_what_is_no_file_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let file: Vec<u8> = (0..9000_u32).map(|at| at.to_be_bytes()[3]).collect();
    std::fs::write(dir.path().join("file"), &file).unwrap();
    std::fs::create_dir(dir.path().join("directory")).unwrap();
    let storage = DirStorage::new(dir.path());
    let found = storage.salvage("file", 9000).unwrap();
    assert_eq!((found.octets, found.unreadable_end), (file, 0));
    for (name, len_max) in [("file", 8999), ("directory", 9000), ("absent", 9000)] {
        assert!(storage.salvage(name, len_max).is_err(), "{name}");
    }
}

/// What opens when `a` is changed unseen in one sector and `b` cannot be read in one: the refusals,
/// and the times that an older state opened.
fn changed_and_unreadable(filler: Filler) -> (usize, usize) {
    let image = store().0.image();
    let [_, of_b] = of_each_copy(&image, filler);
    let (mut refused, mut older) = (0, 0);
    for start in (0..image["keystore.a"].len()).step_by(256) {
        let mut image = image.clone();
        let file = image.get_mut("keystore.a").unwrap();
        let end = file.len().min(start + 256);
        file[start..end].iter_mut().for_each(|octet| *octet ^= 0xa5);
        for b in &of_b {
            match opens(&image, std::slice::from_ref(b)) {
                Opens::Generation(4) => {}
                Opens::Generation(_) => older += 1,
                Opens::Lost | Opens::Nothing => refused += 1,
            }
        }
    }
    (refused, older)
}

#[test]
fn a_filler_of_zeros_is_found_and_the_real_one_opens_nothing_older() {
    let (refused, older) = changed_and_unreadable(Filler::Real);
    assert!(refused > 0);
    assert_eq!(older, 0);
    let (_, older) = changed_and_unreadable(Filler::Zeros);
    assert!(older > 0, "the harness passed a filler of zeros");
}
