//! libFuzzer's entry to [`strongroom_fuzz::unit_open`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::unit_open(input));
