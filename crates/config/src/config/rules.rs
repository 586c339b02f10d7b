//! The rules between options; pure.

use super::kmip::polling;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::option::{OPTIONS, OptionId};
use crate::resolve::{Layers, Raw, switch};

/// The rules between options (PSMDB's `requires` and `conflicts`).
pub(super) fn check_rules(layers: &Layers, encrypted: bool) -> Result<(), ConfigError> {
    let server = layers.given(OptionId::KmipServerName).is_some();
    for row in OPTIONS {
        let Some(given) = layers.given(row.id) else {
            continue;
        };
        let is_kmip = row.section() == "security.kmip";
        let kind = if !encrypted && row.id != OptionId::EnableEncryption {
            ConfigErrorKind::EncryptionOff
        } else if is_kmip && !server {
            ConfigErrorKind::Requires {
                other: OptionId::KmipServerName,
            }
        } else if let Some(other) = pinned_beside(layers, row.id) {
            ConfigErrorKind::Conflict {
                other,
                value: "(given)",
            }
        } else if row.id == OptionId::KmipKeyStatePollingSeconds && polls_unactivated(layers) {
            ConfigErrorKind::Conflict {
                other: OptionId::KmipActivateKeys,
                value: "false",
            }
        } else if let Some(other) = wraps_without(layers, row.id) {
            ConfigErrorKind::Conflict {
                other: other.0,
                value: other.1,
            }
        } else {
            continue;
        };
        return Err(ConfigError::of(row.id, kind).at(given.origin.clone()));
    }
    let key_file = layers.given(OptionId::EncryptionKeyFile).is_some();
    if encrypted && !server && !key_file {
        let error = ConfigError::of(OptionId::KmipServerName, ConfigErrorKind::Missing);
        return Err(match layers.given(OptionId::EnableEncryption) {
            Some(given) => error.at(given.origin.clone()),
            None => error,
        });
    }
    Ok(())
}

/// Pinned certificates stand in place of a CA file, and have no issuer whose list could be held
/// against them.
fn pinned_beside(layers: &Layers, id: OptionId) -> Option<OptionId> {
    let replaced = matches!(id, OptionId::KmipServerCaFile | OptionId::KmipServerCrlFile);
    let pin = OptionId::KmipServerCertificatePin;
    (replaced && layers.given(pin).is_some()).then_some(pin)
}

/// A server encrypts with Active keys only, and in a mode with a tag from KMIP 1.4 on.
fn wraps_without(layers: &Layers, id: OptionId) -> Option<(OptionId, &'static str)> {
    let mode = layers.given(OptionId::KmipMasterKeyMode)?;
    if id != OptionId::KmipMasterKeyMode || !matches!(&mode.raw, Raw::Text(text) if text == "wrap")
    {
        return None;
    }
    let value = |id| {
        layers
            .required(id, switch)
            .ok()
            .map(|setting| setting.value)
    };
    if value(OptionId::KmipActivateKeys) == Some(false) {
        return Some((OptionId::KmipActivateKeys, "false"));
    }
    let legacy = OptionId::KmipUseLegacyProtocol;
    (value(legacy) == Some(true)).then_some((legacy, "true"))
}

/// Polling the state of keys that nobody activates: PSMDB refuses it, and so do we.
fn polls_unactivated(layers: &Layers) -> bool {
    let activates = layers.required(OptionId::KmipActivateKeys, switch);
    let polls = layers.required(OptionId::KmipKeyStatePollingSeconds, polling);
    matches!((activates, polls), (Ok(activates), Ok(polls)) if !activates.value && polls.value.is_some())
}
