//! Trust and identity as the configuration names them.
//!
//! May touch: the files that the options name.

use std::path::PathBuf;

use strongroom_client::{Fingerprint, Identity, TlsProvider, Trust};
use strongroom_config::{KmipConfig, OptionId, Setting, TlsLibrary};
use strongroom_secret::SecretBytes;

use crate::error::Error;

/// Whom we trust: the CA file, with revocation lists where there are some, or pinned certificates.
///
/// # Errors
///
/// [`Error::Option`] with the file and what is wrong with it.
pub(crate) fn trust(kmip: &KmipConfig) -> Result<Trust, Error> {
    let trust = match (&kmip.server_ca_file, &kmip.server_certificate_pin) {
        (Some(file), _) => Trust::from_ca_file(file.path())
            .map_err(|error| Error::option(OptionId::KmipServerCaFile, error))?,
        (None, Some(pins)) => Trust::from_pins(fingerprints(&pins.value)?),
        // The configuration demands one of the two.
        (None, None) => return Err(Error::NoKeyServer),
    };
    match &kmip.server_crl_file {
        None => Ok(trust),
        Some(file) => trust
            .with_crl_file(file.path())
            .map_err(|error| Error::option(OptionId::KmipServerCrlFile, error)),
    }
}

/// Who we are: the client certificate with its key.
///
/// # Errors
///
/// [`Error::Option`] with the file and what is wrong with it.
pub(crate) fn identity(kmip: &KmipConfig) -> Result<Identity, Error> {
    let provider = provider(kmip)?;
    let password = match &kmip.client_certificate_password {
        None => None,
        Some(setting) => {
            let text = setting
                .value
                .read()
                .map_err(|source| Error::option(OptionId::KmipClientCertificatePassword, source))?;
            Some(SecretBytes::copy_from(text.expose().as_bytes()))
        }
    };
    let key_file = kmip.client_key_file.as_ref().map(Setting::<PathBuf>::path);
    let certificate = kmip.client_certificate_file.path();
    Identity::from_files_with(provider, certificate, key_file, password).map_err(|error| {
        let option = match key_file {
            Some(path) if path == error.file => OptionId::KmipClientKeyFile,
            _ => OptionId::KmipClientCertificateFile,
        };
        Error::option(option, error)
    })
}

fn provider(kmip: &KmipConfig) -> Result<TlsProvider, Error> {
    match kmip.tls_provider.value {
        #[cfg(feature = "aws-lc-rs")]
        TlsLibrary::AwsLcRs => Ok(TlsProvider::AwsLcRs),
        #[cfg(not(feature = "aws-lc-rs"))]
        TlsLibrary::AwsLcRs => Err(Error::option(OptionId::KmipTlsProvider, NotBuiltIn)),
        _ => Ok(TlsProvider::Ring),
    }
}

/// A library that this binary was built without.
#[cfg(not(feature = "aws-lc-rs"))]
#[derive(Debug, thiserror::Error)]
#[error("this build has no aws-lc-rs; build with the feature aws-lc-rs, or take ring")]
struct NotBuiltIn;

/// The pins of a comma-separated list.
fn fingerprints(list: &str) -> Result<Vec<Fingerprint>, Error> {
    let pins = list.split(',').map(|pin| pin.trim().parse());
    pins.collect::<Result<_, _>>()
        .map_err(|error| Error::option(OptionId::KmipServerCertificatePin, error))
}
