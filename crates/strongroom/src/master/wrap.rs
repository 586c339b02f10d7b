//! A master key that never leaves its server: the server encrypts a random local key, which stands in
//! the master key's place in the keystore (`docs/formats/keystore.md`, 3, *wrapped key*).
//!
//! May touch: the network, through one `strongroom-client` session.

use strongroom_cipher::{StoreId, envelope};
use strongroom_client::{Outcome, Session};
use strongroom_keystore::{MASTER_KEY_LEN, MasterEntry, MasterKey};
use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{BlockCipherMode, CryptographicAlgorithm};
use strongroom_kmip::operation::{DecryptRequest, EncryptRequest};
use strongroom_secret::SecretBytes;

use super::link::{Link, absent_is_none};
use crate::error::Error;

const LABEL: &[u8] = b"strongroom/keystore/2/wrapped";
const IV_LEN: usize = 12;
const TAG_LEN: usize = 16;
/// Tag Length counts octets (KMIP 1.4, 3.6).
const TAG_LENGTH: i32 = 16;
/// Octets of a wrapped key: IV, tag, ciphertext.
const WRAPPED_LEN: usize = 60;

/// A master key of a keystore, and how its octets are had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyRef<'a> {
    pub(crate) id: &'a str,
    /// What the server decrypts, and for which store, where it does not give the key out.
    wrapped: Option<(&'a [u8], StoreId)>,
}

impl<'a> KeyRef<'a> {
    /// A key that the server gives out.
    pub(crate) const fn plain(id: &'a str) -> Self {
        Self { id, wrapped: None }
    }

    /// A master key as the keystore records it.
    pub(crate) fn of(entry: &'a MasterEntry, store: StoreId) -> Self {
        Self::new(&entry.unique_identifier, entry.wrapped.as_deref(), store)
    }

    /// With what the server made of a local key, if it did.
    pub(crate) fn new(id: &'a str, wrapped: Option<&'a [u8]>, store: StoreId) -> Self {
        Self {
            id,
            wrapped: wrapped.map(|wrapped| (wrapped, store)),
        }
    }
}

/// A local key, and what the server made of it.
pub(crate) struct Wrapped {
    pub(crate) key: MasterKey,
    pub(crate) octets: Vec<u8>,
}

impl Link {
    /// The octets behind a master key; `None` when the server says that it is not there.
    pub(crate) async fn octets_of(&mut self, key: KeyRef<'_>) -> Result<Option<MasterKey>, Error> {
        match key.wrapped {
            None => self.fetch(key.id).await,
            Some((wrapped, store)) => {
                let octets = decrypt(self.session(), (key.id, store), wrapped).await?;
                octets.map(|octets| local(key.id, octets)).transpose()
            }
        }
    }

    /// Has a fresh local key encrypted under an Active key, and shows that the server gives it back,
    /// and that it refuses what somebody changed.
    pub(crate) async fn wrap(&mut self, id: &str, store: StoreId) -> Result<Wrapped, Error> {
        let octets = SecretBytes::try_build(MASTER_KEY_LEN, envelope::random)
            .map_err(|_| Error::NoRandomness)?;
        let mut wrapped = encrypt(self.session(), (id, store), &octets).await?;
        let failed = || Error::TrialFailed {
            unique_identifier: id.to_owned(),
        };
        let back = decrypt(self.session(), (id, store), &wrapped).await?;
        let back = back.ok_or_else(failed)?;
        if !back.ct_eq(octets.expose()) {
            return Err(failed());
        }
        flip_tag(&mut wrapped);
        match decrypt(self.session(), (id, store), &wrapped).await {
            Err(Error::Client(error)) if error.outcome() == Outcome::Refused => {}
            Err(error) => return Err(error),
            Ok(_) => {
                return Err(Error::TagNotVerified {
                    unique_identifier: id.to_owned(),
                });
            }
        }
        flip_tag(&mut wrapped);
        Ok(Wrapped {
            key: local(id, octets)?,
            octets: wrapped,
        })
    }
}

/// Changes the last octet of the tag; twice is not at all.
fn flip_tag(wrapped: &mut [u8]) {
    let tag = wrapped
        .get_mut(IV_LEN..)
        .and_then(|rest| rest.get_mut(..TAG_LEN));
    if let Some(last) = tag.and_then(<[u8]>::last_mut) {
        *last ^= 1;
    }
}

fn local(id: &str, octets: SecretBytes) -> Result<MasterKey, Error> {
    MasterKey::new(octets).map_err(|_| Error::TrialFailed {
        unique_identifier: id.to_owned(),
    })
}

/// Bound to the store and to the master key, with lengths, as everything in the keystore is.
fn bound_to(id: &str, store: StoreId) -> Vec<u8> {
    let mut aad = Vec::with_capacity(64);
    aad.extend(u8::try_from(LABEL.len()).unwrap_or(u8::MAX).to_be_bytes());
    aad.extend(LABEL);
    aad.extend(store.octets());
    aad.extend(u16::try_from(id.len()).unwrap_or(u16::MAX).to_be_bytes());
    aad.extend(id.as_bytes());
    aad
}

fn parameters() -> CryptographicParameters {
    CryptographicParameters {
        block_cipher_mode: Some(BlockCipherMode::GCM),
        cryptographic_algorithm: Some(CryptographicAlgorithm::AES),
        tag_length: Some(TAG_LENGTH),
        ..CryptographicParameters::default()
    }
}

fn speaks_tags(session: &Session, id: &str) -> Result<(), Error> {
    if session.version() < ProtocolVersion::V1_4 {
        return Err(Error::WrapNeedsTag {
            unique_identifier: id.to_owned(),
            server: session.server().to_string(),
        });
    }
    Ok(())
}

async fn encrypt(
    session: &mut Session,
    (id, store): (&str, StoreId),
    octets: &SecretBytes,
) -> Result<Vec<u8>, Error> {
    speaks_tags(session, id)?;
    let mut iv = [0; IV_LEN];
    envelope::random(&mut iv).map_err(|_| Error::NoRandomness)?;
    let mut request = EncryptRequest::new(id, octets.duplicate());
    request.cryptographic_parameters = Some(Box::new(parameters()));
    request.iv_counter_nonce = Some(iv.to_vec());
    request.authenticated_encryption_additional_data = Some(bound_to(id, store));
    let answer = session.call(request).await?;
    let failed = || Error::WrapNeedsTag {
        unique_identifier: id.to_owned(),
        server: session.server().to_string(),
    };
    let tag = answer.authenticated_encryption_tag.ok_or_else(failed)?;
    let data = answer.data.unwrap_or_default();
    let wrapped = [&iv[..], &tag, &data].concat();
    if tag.len() != TAG_LEN || wrapped.len() != WRAPPED_LEN {
        return Err(failed());
    }
    Ok(wrapped)
}

async fn decrypt(
    session: &mut Session,
    (id, store): (&str, StoreId),
    wrapped: &[u8],
) -> Result<Option<SecretBytes>, Error> {
    speaks_tags(session, id)?;
    let failed = || Error::TrialFailed {
        unique_identifier: id.to_owned(),
    };
    let (iv, rest) = wrapped.split_at_checked(IV_LEN).ok_or_else(failed)?;
    let (tag, data) = rest.split_at_checked(TAG_LEN).ok_or_else(failed)?;
    let mut request = DecryptRequest::new(id, SecretBytes::copy_from(data));
    request.cryptographic_parameters = Some(Box::new(parameters()));
    request.iv_counter_nonce = Some(iv.to_vec());
    request.authenticated_encryption_additional_data = Some(bound_to(id, store));
    request.authenticated_encryption_tag = Some(tag.to_vec());
    let answer = absent_is_none(session.call(request).await)?;
    Ok(answer.and_then(|answer| answer.data))
}
