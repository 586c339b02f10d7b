//! Files that `tests/vectors/make_file_vectors.py` made from the format's page.

use std::collections::BTreeMap;

use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId};
use strongroom_secret::SecretBytes;

use super::{open, pattern, random, read};

fn octets(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2));
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

#[test]
fn files_of_an_independent_writer_open() {
    let text = include_str!("../../tests/vectors/file_v1.txt");
    let mut seen = 0;
    for block in text.split("[file]").skip(1) {
        let fields: BTreeMap<_, _> = block
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .collect();
        let generation = DekGeneration::new(fields["generation"].parse().unwrap());
        let dek = Dek::from_secret(SecretBytes::copy_from(&octets(fields["dek"]))).unwrap();
        let store = StoreId::new(octets(fields["store"]).try_into().unwrap());
        let key_id = KeyId::new(fields["key_id"]).unwrap();
        let ring = KeyRing::new(store, key_id, vec![(generation, dek)], generation).unwrap();
        let plaintext = pattern(fields["len"].parse().unwrap());
        let mut sealed = Vec::new();
        // The script keeps long files compressed.
        let mut inflate =
            flate2::read::ZlibDecoder::new(std::io::Cursor::new(octets(fields["file"])));
        std::io::Read::read_to_end(&mut inflate, &mut sealed).unwrap();
        let (to, opened) = open(&ring, &sealed, 2);
        assert_eq!(opened.unwrap(), plaintext.len() as u64);
        assert!(to == plaintext && read(&ring, &sealed).0 == plaintext);
        assert!(random(&ring, &sealed).unwrap() == plaintext);
        seen += 1;
    }
    assert_eq!(seen, 5);
}
