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
            run(&octets);
        }
    }
}

#[test]
fn every_prefix_of_every_seed_is_handled() {
    for (target, run) in TARGETS {
        for (of, _, octets) in seeds::all() {
            if of == *target && octets.len() <= 1024 {
                (0..octets.len()).for_each(|len| run(&octets[..len]));
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
}

#[test]
fn the_generator_makes_the_committed_seeds() {
    for (target, name, octets) in seeds::all() {
        let file = folder("seeds").join(target).join(name);
        let committed = fs::read(&file).unwrap_or_default();
        assert!(
            committed == octets && file.exists(),
            "{} is not what `--example seeds` writes",
            file.display()
        );
    }
}
