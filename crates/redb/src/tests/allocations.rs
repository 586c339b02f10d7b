//! Reading sealed units allocates nothing: what redb itself allocates is not ours.

use redb::StorageBackend as _;
use strongroom_secret::count::{Counting, allocations};

use super::model::backend;
use super::{Disk, ring};
use crate::layout::UNIT_LEN;

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn a_read_of_whole_units_of_a_part_and_of_the_header_allocates_nothing() {
    let ring = ring();
    let disk = Disk::blank(&ring);
    let handle = backend(&disk, &ring);
    handle.set_len(200 * UNIT_LEN as u64).unwrap();
    handle.write(0, &vec![3; 180 * UNIT_LEN]).unwrap();
    handle.sync_data().unwrap();
    // Of a later process: the subkey of the first one's epoch is kept after the first read.
    let handle = backend(&disk, &ring);
    let unit = UNIT_LEN as u64;
    let reads = [
        (unit, 1),
        (70, 50),
        (79 * unit, 3),
        (9 * unit + 7, 1),
        (190 * unit, 1),
    ];
    let mut out = vec![0; 3 * UNIT_LEN];
    handle.read(unit, &mut out[..UNIT_LEN]).unwrap();
    for (offset, units) in reads {
        let out = &mut out[..(units * UNIT_LEN).min(3 * UNIT_LEN)];
        let count = allocations(|| handle.read(offset, out).unwrap());
        assert_eq!(count, 0, "at octet {offset}");
        let written = offset < 180 * unit;
        assert!(
            out.iter()
                .all(|octet| *octet == if written { 3 } else { 0 })
        );
    }
}
