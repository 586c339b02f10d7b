//! libFuzzer's entry to [`strongroom_fuzz::kmip_text`].
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::kmip_text(input));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Texts are changed without a plan.
    match data[..size].first() {
        Some(0x42) => {
            strongroom_fuzz::mutate(data, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
        }
        _ => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
});
