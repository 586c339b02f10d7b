//! libFuzzer's entry to [`strongroom_fuzz::ttlv_round_trip`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::ttlv_round_trip(input, &mut |_| ()));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    strongroom_fuzz::mutate(data, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
});
