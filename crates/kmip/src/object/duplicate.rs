//! Second copies of what holds keys, asked for by name.
//!
//! May touch: key octets, in wiped memory only.

use strongroom_secret::SecretBytes;

use crate::BigInteger;
use crate::enumeration::RecommendedCurve;

/// A second copy, keys included.
pub(super) trait Duplicate {
    fn second(&self) -> Self;
}

impl Duplicate for SecretBytes {
    fn second(&self) -> Self {
        self.duplicate()
    }
}

impl Duplicate for BigInteger {
    fn second(&self) -> Self {
        self.duplicate()
    }
}

impl Duplicate for RecommendedCurve {
    fn second(&self) -> Self {
        *self
    }
}

impl Duplicate for Vec<u8> {
    fn second(&self) -> Self {
        self.clone()
    }
}

impl<T: Duplicate> Duplicate for Option<T> {
    fn second(&self) -> Self {
        self.as_ref().map(T::second)
    }
}

impl<T: Duplicate> Duplicate for Box<T> {
    fn second(&self) -> Self {
        Self::new((**self).second())
    }
}

/// Copies a structure field by field.
macro_rules! duplicate {
    ($name:ident { $($field:ident),* }) => {
        impl $crate::object::duplicate::Duplicate for $name {
            fn second(&self) -> Self {
                Self {
                    $($field: $crate::object::duplicate::Duplicate::second(&self.$field),)*
                }
            }
        }
    };
}
