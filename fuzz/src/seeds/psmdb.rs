//! Seeds of `psmdb_open`: a good form of each kind, cut, damaged, and plaintexts.

use strongroom_psmdb::GcmForm;

use super::Seed;
use crate::psmdb::{cbc, gcm};

const TEXT: [u8; 40] = [0x61; 40];

fn seed(name: &'static str, how: u8, octets: &[u8]) -> Seed {
    ("psmdb_open", name, [&[how], octets].concat())
}

pub(super) fn all() -> Vec<Seed> {
    let form = cbc([0x5a; 16], &TEXT);
    let mut damaged = form.clone();
    damaged[0] ^= 1;
    vec![
        seed("cbc", 0, &form),
        seed("cbc-empty", 0, &cbc([0; 16], b"")),
        seed("cbc-whole-block", 0, &cbc([0; 16], &TEXT[..16])),
        seed("cbc-damaged", 0, &damaged),
        seed("cbc-half-a-block", 0, &form[..60]),
        seed("cbc-short", 0, &form[..35]),
        seed("gcm-page", 1, &gcm(GcmForm::Page, [1; 12], &TEXT)),
        seed("gcm-file", 2, &gcm(GcmForm::File, [1; 12], &TEXT)),
        seed("gcm-swapped", 2, &gcm(GcmForm::Page, [1; 12], &TEXT)),
        seed("gcm-short", 1, &[0; 27]),
        seed("plaintext", 0x81, &TEXT),
        seed("plaintext-long", 0x80, &[0x62; 1200]),
    ]
}
