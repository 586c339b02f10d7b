//! libFuzzer's entry to [`strongroom_fuzz::config_text`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::config_text(input));
