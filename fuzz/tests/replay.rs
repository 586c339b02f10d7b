//! Replays the committed seeds on stable Rust, and checks that targets, seeds and binaries
//! belong together.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use strongroom_fuzz::{TARGETS, seeds};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn every_seed_of_every_target_is_handled() {
    for (target, run) in TARGETS {
        let folder = folder("seeds").join(target);
        let seeds = names_in(&folder);
        assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
        for seed in &seeds {
            let octets = fs::read(folder.join(seed)).unwrap();
            println!("{target} {seed} {} octets", octets.len());
            run(&octets, &mut |_| ());
        }
    }
}

#[test]
fn every_prefix_of_every_seed_is_handled() {
    for (target, run) in TARGETS {
        for (of, _, octets) in seeds::all() {
            if of == *target && octets.len() <= 1024 {
                (0..octets.len()).for_each(|len| run(&octets[..len], &mut |_| ()));
            }
        }
    }
}

#[test]
fn seeds_folders_and_binaries_are_those_of_the_targets() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len(), "a name stands twice");
    assert_eq!(names_in(&folder("seeds")), targets);
    let binaries = targets.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names_in(&folder("fuzz_targets")), binaries);
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for target in &targets {
        let bin = format!("[[bin]]\nname = \"{target}\"\n");
        assert!(manifest.contains(&bin), "no [[bin]] {target}");
    }
}

/// Made from other crates' vectors, which change with their formats: old seeds stay good
/// seeds, so these may differ from what the generator makes today.
const OF_VECTORS: [&str; 2] = ["keystore_open", "unit_open"];

#[test]
fn the_generator_makes_the_committed_seeds() {
    let all = seeds::all().into_iter();
    for (target, name, octets) in all.filter(|seed| !OF_VECTORS.contains(&seed.0)) {
        let file = folder("seeds").join(target).join(name);
        let committed = fs::read(&file).unwrap_or_default();
        assert!(
            committed == octets && file.exists(),
            "{} is not what `--example seeds` writes",
            file.display()
        );
    }
    for (target, _) in TARGETS {
        let made = seeds::all().into_iter().filter(|seed| seed.0 == *target);
        let made: BTreeSet<String> = made.map(|(_, name, _)| name.to_owned()).collect();
        assert_eq!(names_in(&folder("seeds").join(target)), made, "{target}");
    }
}

/// A fuzzer without coverage: the same damage on every run.
struct Damage(u64);

impl Damage {
    /// Marsaglia's xorshift64.
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 32).unwrap() % below.max(1)
    }

    fn apply(&mut self, octets: &mut Vec<u8>) {
        let at = self.next(octets.len());
        let octet = u8::try_from(self.next(256)).unwrap();
        match self.next(5) {
            0 => octets.insert(at, octet),
            1 => octets.truncate(at),
            2 => drop(octets.drain(at..(at + 8).min(octets.len()))),
            3 => octets.extend_from_within(at..),
            _ => octets[at..]
                .iter_mut()
                .take(1)
                .for_each(|place| *place = octet),
        }
    }
}

#[test]
fn damaged_seeds_are_handled() {
    let mut damage = Damage(0x5EED_5EED_5EED_5EED);
    for (target, run) in TARGETS {
        for (_, _, seed) in seeds::all().iter().filter(|(of, _, _)| of == target) {
            for _ in 0..300 {
                let mut octets = seed.clone();
                (0..=damage.next(3)).for_each(|_| damage.apply(&mut octets));
                run(&octets, &mut |_| ());
            }
        }
    }
}

#[test]
fn seeds_get_past_the_first_check() {
    let limits = strongroom_ttlv::Limits::DEFAULT;
    let refused = ["version-3", "not-ttlv"];
    let later = strongroom_kmip::ProtocolVersion::V2_0;
    for (target, name, octets) in seeds::all() {
        let read = match target {
            "kmip_request" => strongroom_kmip::RequestMessage::decode(&octets, &limits).map(drop),
            "kmip_response" => strongroom_kmip::ResponseMessage::decode(&octets, &limits).map(drop),
            _ => continue,
        };
        if name.starts_with("plan-") {
            continue;
        }
        let is_request = target == "kmip_request";
        let of_later = is_request && name.starts_with("2.") && !later.is_supported();
        let want = refused.contains(&name) || of_later;
        assert_eq!(read.is_err(), want, "{name}: {read:?}");
    }
}
