//! The cryptography under TLS. One provider for one client, and always a named one.
//!
//! May touch: memory only.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::sign::SigningKey;
use rustls_pki_types::PrivateKeyDer;

/// Which library does the cryptography of TLS.
///
/// It is chosen with the identity
/// ([`Identity::from_files_with`](crate::Identity::from_files_with)), whose key it holds, and then
/// serves the whole client. Nothing chooses by itself: neither a Cargo feature nor a provider that
/// another part of the process installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsProvider {
    /// ring: RSA, ECDSA on P-256 and P-384, Ed25519.
    #[default]
    Ring,
    /// AWS-LC through aws-lc-rs: also ECDSA on P-521, Vault's default.
    #[cfg(feature = "aws-lc-rs")]
    AwsLcRs,
}

impl TlsProvider {
    pub(crate) fn rustls(self) -> CryptoProvider {
        match self {
            Self::Ring => rustls::crypto::ring::default_provider(),
            #[cfg(feature = "aws-lc-rs")]
            Self::AwsLcRs => rustls::crypto::aws_lc_rs::default_provider(),
        }
    }

    /// Borrows the octets, so that the only other copy is the one inside the provider.
    pub(crate) fn sign_with(
        self,
        key: &PrivateKeyDer<'_>,
    ) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        match self {
            Self::Ring => rustls::crypto::ring::sign::any_supported_type(key),
            #[cfg(feature = "aws-lc-rs")]
            Self::AwsLcRs => rustls::crypto::aws_lc_rs::sign::any_supported_type(key),
        }
    }

    /// Whether it can do ECDSA on P-521.
    pub(crate) fn has_p521(self) -> bool {
        match self {
            Self::Ring => false,
            #[cfg(feature = "aws-lc-rs")]
            Self::AwsLcRs => true,
        }
    }
}
