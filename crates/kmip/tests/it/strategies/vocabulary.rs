//! Values of enumerations.

use std::fmt::Debug;

use proptest::prelude::*;
use strongroom_kmip::{ProtocolVersion, Versions};

/// One of the values that `version` has, or a vendor's.
pub(super) fn named<T: Copy + Debug + From<u32> + 'static>(
    values: &'static [T],
    version: ProtocolVersion,
    versions: fn(T) -> Option<Versions>,
) -> BoxedStrategy<T> {
    let vendor = (0x8000_0000_u32..).prop_map(T::from).boxed();
    let values = values.iter().copied();
    let values: Vec<T> = values
        .filter(|value| version.has(versions(*value)))
        .collect();
    if values.is_empty() {
        return vendor;
    }
    prop_oneof![9 => proptest::sample::select(values), 1 => vendor].boxed()
}
