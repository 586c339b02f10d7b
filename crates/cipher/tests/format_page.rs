//! `docs/formats/unit.md` says what the code does: layout, labels, limits.
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use std::{fs, path::Path};

use strongroom_cipher::{
    Dek, DekGeneration, EpochLimits, FORMAT, KeyId, KeyRing, META_LEN, NonceMode, Place, StoreId,
    Suite, UnitMeta, WriteVersion,
};

/// The page; `None` in a published package, which does not carry it.
fn page() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/unit.md");
    fs::read_to_string(path).ok()
}

/// The cells of the table rows in the section that begins with `heading`.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let section = page
        .split("\n## ")
        .find(|section| section.starts_with(heading))
        .unwrap();
    let lines = section.lines().filter(|line| line.starts_with('|'));
    let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect();
    lines.map(cells).collect()
}

fn a_meta() -> UnitMeta {
    let generation = DekGeneration::new(0x0102_0304);
    let deks = vec![(generation, Dek::generate().unwrap())];
    let key_id = KeyId::new("k").unwrap();
    let ring = KeyRing::new(StoreId::new([0; 16]), key_id, deks, generation).unwrap();
    let mut unit = [0; 16];
    let place = Place::new(b"o", 0).unwrap();
    ring.seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();
    ring.seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap()
}

#[test]
fn the_meta_table_is_the_layout() {
    let Some(page) = page() else { return };
    let meta = a_meta();
    let octets = meta.to_octets();
    let mut next = 0;
    let rows = rows(&page, "2. Meta");
    for row in rows.iter().skip(2).take_while(|row| row[0] != "suite") {
        let [offset, len, name, _] = row[..] else {
            panic!("four cells: {row:?}")
        };
        let (offset, len): (usize, usize) = (offset.parse().unwrap(), len.parse().unwrap());
        assert_eq!(offset, next, "{name} follows the field before it");
        next += len;
        let field = match name {
            "format" => vec![FORMAT],
            "suite" => vec![Suite::Aes256Gcm.number()],
            "flags" => meta.flags().to_be_bytes().to_vec(),
            "generation" => meta.generation().value().to_be_bytes().to_vec(),
            "epoch" => meta.epoch().octets().to_vec(),
            "counter" => meta.counter().to_be_bytes().to_vec(),
            "tag" => meta.tag().to_vec(),
            other => panic!("{other} is no field"),
        };
        assert_eq!(octets[offset..next], field, "{name}");
    }
    assert_eq!(next, META_LEN);
}

#[test]
fn the_suite_table_has_the_code_s_suites() {
    let Some(page) = page() else { return };
    let rows = rows(&page, "2. Meta");
    let rows = rows.iter().skip_while(|row| row[0] != "suite").skip(2);
    let rows: Vec<_> = rows.take_while(|row| row[0] != "offset").collect();
    assert_eq!(rows.len(), Suite::ALL.len());
    for (row, suite) in rows.iter().zip(Suite::ALL) {
        assert_eq!(row[0], suite.number().to_string());
        let cipher = format!("{suite}").replace(" with drawn nonces", "");
        assert_eq!(row[1], cipher, "{suite}");
        let drawn = suite.nonce_mode() == NonceMode::Provider;
        assert_eq!(row[2] == "drawn for each unit", drawn, "{suite}");
    }
}

#[test]
fn the_limits_table_has_the_code_s_limits() {
    let Some(page) = page() else { return };
    let rows = rows(&page, "6. Limits");
    for (name, limit) in [
        ("units of an epoch", EpochLimits::UNITS_MAX),
        ("units with drawn nonces", EpochLimits::DRAWN_UNITS_MAX),
        ("blocks of an epoch", EpochLimits::BLOCKS_MAX),
        (
            "octets of a unit",
            u64::try_from(KeyRing::UNIT_LEN_MAX).unwrap(),
        ),
    ] {
        let row = rows.iter().find(|row| row[0] == name).unwrap();
        assert_eq!(row[1], format!("2^{}", limit.ilog2()), "{name}");
        assert!(limit.is_power_of_two(), "{name}");
    }
}

#[test]
fn rules_are_numbered_without_gaps() {
    let Some(page) = page() else { return };
    let numbers = page
        .split("**[UNIT-")
        .skip(1)
        .map(|rest| rest.split(']').next().unwrap());
    let expected = 1..=23;
    assert!(numbers.eq(expected.map(|number| number.to_string())));
}
