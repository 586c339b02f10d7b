//! Reads vector files: `[kind] name`, then `field = value` lines; values are hexadecimal or decimal.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a malformed vector file fails the test; part of unit tests and of test binaries"
)]

use std::collections::BTreeMap;

/// One vector.
pub(crate) struct Case {
    pub(crate) kind: String,
    pub(crate) name: String,
    fields: BTreeMap<String, String>,
}

impl Case {
    pub(crate) fn text(&self, field: &str) -> &str {
        &self.fields[field]
    }

    pub(crate) fn number<T: std::str::FromStr>(&self, field: &str) -> T {
        (self.text(field).parse()).unwrap_or_else(|_| panic!("{}: {field}", self.name))
    }

    pub(crate) fn octets(&self, field: &str) -> Vec<u8> {
        unhex(self.text(field))
    }

    pub(crate) fn array<const N: usize>(&self, field: &str) -> [u8; N] {
        self.octets(field).try_into().unwrap()
    }
}

pub(crate) fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        if let Some((kind, name)) = line.strip_prefix('[').and_then(|l| l.split_once("] ")) {
            cases.push(Case {
                kind: kind.to_owned(),
                name: name.to_owned(),
                fields: BTreeMap::new(),
            });
        } else {
            let (field, value) = line.split_once('=').unwrap();
            let case = cases.last_mut().unwrap();
            case.fields
                .insert(field.trim().to_owned(), value.trim().to_owned());
        }
    }
    cases
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs
        .map(|pair| u8::from_str_radix(&pair, 16).unwrap())
        .collect()
}
