//! Key memory has the flags that it says it has, and running past either end of it ends the process.
//! One thread, so without the test harness.
#![expect(clippy::unwrap_used, reason = "a test without the harness")]
#![expect(clippy::print_stdout, reason = "says what it could not test")]
#![expect(unsafe_code, reason = "reading where nobody may read, in a child")]

use std::{fs, hint::black_box, ops::Range, ptr};

use strongroom_secret::{
    Protection, SecretBytes,
    fork::{Child, in_child},
    key_memory,
};

fn main() {
    if cfg!(not(target_os = "linux")) {
        // No pages of its own there; `KeyMemory` says so.
        return;
    }
    // In the common region, and with a region to itself.
    for len in [32, 9000] {
        let secret = SecretBytes::copy_from(&vec![7; len]);
        let address = secret.expose().as_ptr().addr();
        let (map, flags) = mapping_of(address);
        let memory = key_memory();
        for (flag, protection) in [
            ("lo", memory.locked),
            ("dd", memory.left_out_of_dumps),
            ("wf", memory.wiped_on_fork),
        ] {
            let is_set = flags.split_ascii_whitespace().any(|set| set == flag);
            let is_promised = protection == Protection::InPlace;
            assert!(
                is_set || !is_promised,
                "{flag} is missing of {len} octets: {flags}"
            );
            if !is_promised {
                println!("{flag}: {protection:?}, not tested");
            }
        }
        assert_eq!(memory.guarded, Protection::InPlace);
        assert_eq!(reads(map.start), Child::Gave(0), "control: its first octet");
        assert_eq!(
            reads(map.end.saturating_sub(1)),
            Child::Gave(0),
            "control: its last octet"
        );
        assert_eq!(reads(map.end), Child::Died, "past the end of {len} octets");
        assert_eq!(
            reads(map.start.saturating_sub(1)),
            Child::Died,
            "before {len} octets"
        );
    }
}

/// What becomes of a child that reads there.
fn reads(address: usize) -> Child {
    let read = in_child(|| {
        let pointer = ptr::with_exposed_provenance::<u8>(address);
        // SAFETY: none. That is the test; the child does nothing else and ends.
        let _ = black_box(unsafe { pointer.read_volatile() });
        0
    });
    read.unwrap()
}

/// The mapping that holds `address`, and its `VmFlags`.
fn mapping_of(address: usize) -> (Range<usize>, String) {
    let maps = fs::read_to_string("/proc/self/smaps").unwrap();
    let mut found = None;
    for line in maps.lines() {
        if let Some(map) = range(line) {
            found = map.contains(&address).then_some(map).or(found);
        } else if let (Some(map), Some(flags)) = (&found, line.strip_prefix("VmFlags: ")) {
            return (map.clone(), flags.to_owned());
        }
    }
    unreachable!("no mapping holds {address:#x}")
}

fn range(line: &str) -> Option<Range<usize>> {
    let (start, end) = line.split_ascii_whitespace().next()?.split_once('-')?;
    let number = |text| usize::from_str_radix(text, 16).ok();
    Some(number(start)?..number(end)?)
}
