//! Which instructions AES-256-GCM runs on here.
//!
//! May touch: the processor's feature bits.

use std::fmt;

/// The way that ring takes through AES-256-GCM on this processor.
///
/// ring does not tell. This repeats the choice of ring 0.17.14 (`aead/aes_gcm.rs`, `DynKey::new`)
/// from the same feature bits; the fallback is five to fifty times as slow as the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AesPath {
    /// VAES and VPCLMULQDQ on registers of 256 bits (x86-64 with AVX2).
    Vaes,
    /// AES-NI and PCLMULQDQ (x86).
    AesNi,
    /// The cryptographic extensions of ARMv8.
    Armv8,
    /// No instructions for AES: in software, in constant time.
    Fallback,
}

impl AesPath {
    /// The way on this machine.
    #[must_use]
    pub fn detect() -> Self {
        Self::of(features())
    }

    fn of(features: Features) -> Self {
        match features {
            Features { aes: false, .. } => Self::Fallback,
            Features { arm: true, .. } => Self::Armv8,
            Features { vaes: true, .. } => Self::Vaes,
            Features { .. } => Self::AesNi,
        }
    }

    /// Whether there are no instructions for AES: worth a warning.
    #[must_use]
    pub const fn is_fallback(self) -> bool {
        matches!(self, Self::Fallback)
    }
}

impl fmt::Display for AesPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vaes => "VAES",
            Self::AesNi => "AES-NI",
            Self::Armv8 => "ARMv8",
            Self::Fallback => "fallback",
        })
    }
}

/// What ring asks the processor for.
#[derive(Clone, Copy)]
struct Features {
    /// Instructions for AES and for carry-less multiplication, with what they need.
    aes: bool,
    /// The same on 256 bits.
    vaes: bool,
    /// Of ARM, not of x86.
    arm: bool,
}

#[cfg(target_arch = "x86_64")]
fn features() -> Features {
    use std::arch::is_x86_feature_detected as has;
    Features {
        aes: has!("aes") && has!("pclmulqdq") && has!("ssse3"),
        vaes: has!("vaes") && has!("vpclmulqdq") && has!("avx") && has!("avx2"),
        arm: false,
    }
}

#[cfg(target_arch = "x86")]
fn features() -> Features {
    use std::arch::is_x86_feature_detected as has;
    Features {
        aes: has!("aes") && has!("pclmulqdq") && has!("ssse3"),
        vaes: false,
        arm: false,
    }
}

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
fn features() -> Features {
    use std::arch::is_aarch64_feature_detected as has;
    Features {
        aes: has!("aes") && has!("pmull"),
        vaes: false,
        arm: true,
    }
}

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "x86",
    all(target_arch = "aarch64", target_endian = "little")
)))]
const fn features() -> Features {
    Features {
        aes: false,
        vaes: false,
        arm: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_has_its_name() {
        let name = |aes, vaes, arm| AesPath::of(Features { aes, vaes, arm }).to_string();
        assert_eq!(name(true, true, false), "VAES");
        assert_eq!(name(true, false, false), "AES-NI");
        assert_eq!(name(true, false, true), "ARMv8");
        for (vaes, arm) in [(false, false), (true, false), (false, true)] {
            assert_eq!(name(false, vaes, arm), "fallback");
        }
        assert!(AesPath::Fallback.is_fallback() && !AesPath::AesNi.is_fallback());
    }

    /// The kernel reads the feature bits by itself.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn it_is_what_the_kernels_list_of_flags_says() {
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap();
        let line = text.lines().find(|line| line.starts_with("flags")).unwrap();
        let flags: Vec<&str> = line.split_ascii_whitespace().collect();
        let has = |wanted: &[&str]| wanted.iter().all(|flag| flags.contains(flag));
        let wanted = match (
            has(&["aes", "pclmulqdq", "ssse3"]),
            has(&["vaes", "vpclmulqdq", "avx2"]),
        ) {
            (false, _) => AesPath::Fallback,
            (true, true) => AesPath::Vaes,
            (true, false) => AesPath::AesNi,
        };
        assert_eq!(AesPath::detect(), wanted);
    }
}
