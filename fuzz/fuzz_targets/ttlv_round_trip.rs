//! libFuzzer's entry to [`strongroom_fuzz::ttlv_round_trip`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::ttlv_round_trip(input));
