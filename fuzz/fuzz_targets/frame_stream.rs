//! libFuzzer's entry to [`strongroom_fuzz::frame_stream`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::frame_stream(input, &mut |_| ()));
