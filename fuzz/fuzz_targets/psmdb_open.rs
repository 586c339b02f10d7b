//! libFuzzer's entry to [`strongroom_fuzz::psmdb_open`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::psmdb_open(input));
