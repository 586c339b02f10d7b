//! Everything that a holder of K1 can put together from the files of a rotation K1 to K2, and whether a start
//! under K2 alone takes any of it; with two designs that do.

use super::*;

const K1: u8 = 1;
const K2: u8 = 2;

/// How a rotation seals.
struct Design {
    /// What a seal is bound to.
    bind: Bind,
    /// Whether the KSK of K2 alone is another than that of both.
    fresh: bool,
}

/// The files of phase *both* and of phase *done*, which name these masters.
fn files(design: &Design) -> [Vec<u8>; 2] {
    let (both, ksk) = snapshot(8, &[K1, K2], design.bind);
    let (done, done_ksk) = match design.fresh {
        true => snapshot(9, &[K2], design.bind),
        false => under(9, &[K2], design.bind, ksk.again()),
    };
    [file(&both, &ksk), file(&done, &done_ksk)]
}

/// Every keystore under K2 alone that K1's holder makes: under each KSK that K1 gives him, with each seal for K2 that
/// he found, and each rotation number near the true one.
fn forgeries(design: &Design, files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let found: Vec<Metadata> = files
        .iter()
        .map(|octets| read(octets, octets).metadata().clone())
        .collect();
    let mut forged = Vec::new();
    for opened in &found {
        let Some(ksk) = open(design, opened, K1) else {
            continue;
        };
        for source in &found {
            let seals = source.masters.iter();
            for theirs in seals.filter(|master| master.entry.unique_identifier == uid(K2)) {
                for rotation_number in 0..4 {
                    let mut forgery = opened.clone();
                    forgery.masters = vec![theirs.clone()];
                    forgery.generation = 99;
                    forgery.snapshot_generation = 99;
                    forgery.rotation = None;
                    forgery.rotation_number = rotation_number;
                    forged.push(file(&forgery, &ksk));
                }
            }
        }
    }
    forged
}

/// The KSK that a master opens, as the design does.
fn open(design: &Design, metadata: &Metadata, number: u8) -> Option<KeystoreKey> {
    let uid = uid(number);
    let listed = metadata.master(&uid)?;
    crypto::open_ksk((&uid, &key(number)), &(design.bind)(metadata), &listed.seal).ok()
}

/// Whether a start with K2 takes these files, as the design does.
fn takes(design: &Design, octets: &[u8]) -> bool {
    let found = read(octets, octets);
    let whole = &found.pair.best;
    open(design, &whole.metadata, K2).is_some_and(|ksk| {
        let keys = SnapshotKeys::derive(&ksk, &whole.metadata).unwrap();
        whole.authentic(&keys)
    })
}

/// Forgeries, and how many of them are taken.
fn attack(design: &Design) -> (usize, usize) {
    let files = files(design);
    assert!(files.iter().all(|honest| takes(design, honest)));
    let forged = forgeries(design, &files);
    let taken = forged.iter().filter(|octets| takes(design, octets));
    (forged.len(), taken.count())
}

#[test]
fn no_forgery_around_the_seal_of_phase_both_is_taken_and_known_bad_designs_are_found_out() {
    let real = Design {
        bind: |metadata| Binding::of(metadata),
        fresh: true,
    };
    let (forged, taken) = attack(&real);
    assert!(forged >= 8 && taken == 0, "{taken} of {forged}");
    // The design's reader is the real one.
    let files = files(&real);
    for octets in forgeries(&real, &files) {
        assert!(read(&octets, &octets).choose((&uid(K2), &key(K2))).is_err());
    }
    let one_blob = Design {
        bind: bind_store_only,
        fresh: true,
    };
    let one_ksk = Design {
        fresh: false,
        ..real
    };
    for (name, design) in [("one blob", one_blob), ("one KSK", one_ksk)] {
        let (forged, taken) = attack(&design);
        assert!(taken > 0, "{name} was not found out by {forged} forgeries");
    }
}
