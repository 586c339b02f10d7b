//! `docs/formats/ttlv.md` draws the format: its tables must be those of the code.

use strongroom_ttlv::{HEADER_LEN, ItemType, Limits};

/// The page. None outside the repository.
pub(crate) fn text() -> Option<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/ttlv.md");
    let page = std::fs::read_to_string(page);
    if page.is_err() {
        eprintln!("skipped: docs/formats/ttlv.md is in the repository only");
    }
    page.ok()
}

/// The cells of the page's table rows.
fn rows() -> Option<Vec<Vec<String>>> {
    let page = text()?;
    let cells = |row: &str| row.split('|').map(|cell| cell.trim().to_owned()).collect();
    Some(
        page.lines()
            .filter(|row| row.starts_with('|'))
            .map(cells)
            .collect(),
    )
}

/// The second cell of the row whose first cell is `first`.
fn cell<'a>(rows: &'a [Vec<String>], first: &str) -> &'a [String] {
    let row = rows.iter().find(|row| row[1] == first);
    &row.unwrap_or_else(|| panic!("no row {first}"))[2..]
}

#[test]
fn types_have_the_codes_of_the_page() {
    let Some(rows) = rows() else { return };
    for code in 0..=255_u8 {
        let row = rows.iter().find(|row| row[1] == format!("{code:02X}"));
        let name = row.map(|row| row[2].as_str());
        assert_eq!(ItemType::from_code(code).map(ItemType::name), name);
    }
}

#[test]
fn defaults_and_header_are_those_of_the_page() {
    let Some(rows) = rows() else { return };
    let limits = Limits::DEFAULT;
    assert_eq!(cell(&rows, &HEADER_LEN.to_string())[1], "value");
    assert_eq!(
        cell(&rows, "message")[0],
        format!("{} MiB", limits.message_len >> 20)
    );
    assert_eq!(
        cell(&rows, "depth")[..2],
        [limits.depth.to_string(), Limits::MAX_DEPTH.to_string()]
    );
    assert_eq!(cell(&rows, "items")[0], limits.items.to_string());
    assert_eq!(
        cell(&rows, "Text String")[0],
        format!("{} KiB", limits.text_len >> 10)
    );
    let bytes = cell(&rows, "Byte String, Big Integer");
    assert_eq!(bytes[0], format!("{} MiB", limits.bytes_len >> 20));
}
