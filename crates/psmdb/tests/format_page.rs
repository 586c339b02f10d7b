//! `docs/formats/psmdb.md` says what the code does: layouts, lengths, numbered rules.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: it fails"
)]

use std::{fs, path::Path};

use strongroom_psmdb::{
    CBC_GROWTH_MAX, CBC_SUFFIX, CbcIv, CbcKey, GCM_GROWTH, GCM_SUFFIX, GcmForm, GcmIv, GcmKey,
};
use strongroom_secret::SecretBytes;

/// The page; `None` in a published package, which does not carry it.
fn page() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/psmdb.md");
    fs::read_to_string(path).ok()
}

/// Offset, length and name of the fields in the section that begins with `heading`, for a plaintext of
/// `n` octets with `c` octets of ciphertext.
fn fields(page: &str, heading: &str, n: usize, c: usize) -> Vec<(usize, usize, String)> {
    let section = page
        .split("\n## ")
        .find(|section| section.starts_with(heading))
        .unwrap();
    let number = |cell: &str| match cell {
        "n" => n,
        "c" => c,
        "12 + n" => 12 + n,
        number => number.parse().unwrap(),
    };
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        (number(cells[0]), number(cells[1]), cells[2].to_owned())
    })
    .collect()
}

/// The fields follow each other to the end, and those whose octets are known stand where the page says.
fn check(form: &[u8], fields: &[(usize, usize, String)], known: &[(&str, &[u8])]) {
    let mut next = 0;
    for (offset, len, name) in fields {
        assert_eq!(*offset, next, "{name} follows the field before it");
        next += len;
        for (_, octets) in known.iter().filter(|(known, _)| known == name) {
            assert_eq!(form[*offset..next], **octets, "{name}");
        }
    }
    assert_eq!(next, form.len());
    for (name, _) in known {
        assert!(fields.iter().any(|(_, _, field)| field == name), "{name}");
    }
}

#[test]
fn the_cbc_table_is_the_layout() {
    let Some(page) = page() else { return };
    let key = CbcKey::new(&SecretBytes::copy_from(&[7; 32])).unwrap();
    let (text, iv) = (*b"123456789", [0x5a; 16]);
    let mut room = [0; 9 + CBC_GROWTH_MAX];
    let len = key
        .encrypt_into(CbcIv::assume_random(iv), &text, &mut room)
        .unwrap();
    let fields = fields(&page, "2. CBC", 9, 16);
    // The page's own example of the checksum.
    assert!(page.contains("Of `123456789` it is `e3069283`."));
    let known: [(&str, &[u8]); 2] = [("checksum", &[0x83, 0x92, 0x06, 0xe3]), ("IV", &iv)];
    check(&room[..len], &fields, &known);
}

#[test]
fn the_gcm_tables_are_the_layouts() {
    let Some(page) = page() else { return };
    let key = GcmKey::new(&SecretBytes::copy_from(&[7; 32])).unwrap();
    let mut parts = Vec::new();
    for (form, heading) in [(GcmForm::Page, "3. GCM"), (GcmForm::File, "4. GCM")] {
        let mut room = [0; 9 + GCM_GROWTH];
        let iv = GcmIv::assume_unused([0x5a; 12]);
        key.seal_into(form, iv, b"123456789", &mut room).unwrap();
        let fields = fields(&page, heading, 9, 9);
        check(&room, &fields, &[("IV", &[0x5a; 12])]);
        let mut named: Vec<(String, Vec<u8>)> = fields
            .into_iter()
            .map(|(offset, len, name)| (name, room[offset..offset + len].to_vec()))
            .collect();
        named.sort();
        parts.push(named);
    }
    assert_eq!(parts[0], parts[1], "the same parts in another order");
}

#[test]
fn suffixes_and_numbers_are_those_of_the_code() {
    let Some(page) = page() else { return };
    for text in [
        format!("file with the suffix `{CBC_SUFFIX}`"),
        format!("file with the suffix `{GCM_SUFFIX}`"),
        format!("At most {CBC_GROWTH_MAX} octets longer than the plaintext"),
        format!("\n{GCM_GROWTH} octets longer than the plaintext"),
        format!(
            "a CBC form that is shorter than {CBC_GROWTH_MAX} octets, or a GCM form that is shorter than {GCM_GROWTH};"
        ),
    ] {
        assert!(page.contains(&text), "{text}");
    }
}

#[test]
fn rules_are_numbered_without_gaps() {
    let Some(page) = page() else { return };
    let numbers = page
        .split("**[PSMDB-")
        .skip(1)
        .map(|rest| rest.split(']').next().unwrap());
    assert!(numbers.eq((1..=13).map(|number| number.to_string())));
}
