//! libFuzzer's entry to [`strongroom_fuzz::kmip_response`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::kmip_response(input));
