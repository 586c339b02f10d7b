//! A core dump holds no key of key memory, while it holds a key of ordinary memory. One thread, so
//! without the test harness.
#![cfg_attr(
    target_os = "linux",
    expect(clippy::unwrap_used, reason = "a test without the harness")
)]
#![cfg_attr(
    target_os = "linux",
    expect(clippy::print_stdout, reason = "says what it could not test")
)]

#[cfg(target_os = "linux")]
use std::{env, fs, hint::black_box, path::Path, process::abort};

#[cfg(target_os = "linux")]
use rustix::process::{Resource, Rlimit, setrlimit};
#[cfg(target_os = "linux")]
use strongroom_secret::{
    Protection, SecretBytes,
    fork::{Child, in_child},
    key_memory,
    scan::{Needle, count_halves_in},
};

/// A key that parent and child make by themselves, octet by octet.
#[cfg(target_os = "linux")]
fn fill(key: &mut [u8], start: u8) {
    let mut octet = start;
    for place in key {
        octet = black_box(octet).wrapping_mul(5).wrapping_add(71);
        *place = octet ^ start.wrapping_mul(99);
    }
}

#[cfg(target_os = "linux")]
fn needle(start: u8) -> Needle {
    let key = SecretBytes::build(32, |key| fill(key, start));
    Needle::of(key.expose()).unwrap()
}

#[cfg(target_os = "linux")]
fn main() {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    if pattern.starts_with(['|', '/']) || key_memory().left_out_of_dumps != Protection::InPlace {
        println!("cores go elsewhere here ({}): not tested", pattern.trim());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ended = in_child(|| {
        env::set_current_dir(folder.path()).unwrap();
        let limit = Rlimit {
            current: Some(1 << 30),
            maximum: Some(1 << 30),
        };
        if setrlimit(Resource::Core, limit).is_err() {
            return 1;
        }
        // Made here: what the parent had is wiped.
        let hidden = SecretBytes::build(32, |key| fill(key, 1));
        let mut plain = vec![0; 32];
        fill(&mut plain, 2);
        black_box((&hidden, &plain));
        abort()
    });
    let core = match ended.unwrap() {
        Child::Died => core_in(folder.path()),
        _ => None,
    };
    let Some(core) = core else {
        println!("this system made no core: not tested");
        return;
    };
    assert!(
        count_halves_in(&core, &needle(2)) >= 2,
        "control: a key of ordinary memory"
    );
    assert_eq!(count_halves_in(&core, &needle(1)), 0, "a key of key memory");
}

#[cfg(target_os = "linux")]
fn core_in(folder: &Path) -> Option<Vec<u8>> {
    let entry = fs::read_dir(folder).unwrap().next()?;
    let core = fs::read(entry.unwrap().path()).unwrap();
    (!core.is_empty()).then_some(core)
}

/// Other systems: `KeyMemory` says that nothing is left out.
#[cfg(not(target_os = "linux"))]
fn main() {}
