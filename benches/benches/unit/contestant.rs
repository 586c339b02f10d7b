//! Ways to seal and open a unit, all with AES-256-GCM: ours, and the libraries without us.

use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use strongroom_cipher::{
    Dek, DekGeneration, EpochLimits, KeyId, KeyRing, META_LEN, Place, StoreId, TAG_LEN, UnitMeta,
    WriteVersion,
};

/// Names that our AAD holds.
const KEY_ID: &str = "bench";
const OBJECT: &[u8] = b"collection-0";
const VERSION: WriteVersion = WriteVersion::Unversioned;

/// Octets of our AAD (`docs/formats/unit.md`, section 4): header, key id and object with their
/// lengths, unit number, no version.
pub(crate) const OUR_AAD_LEN: usize =
    META_LEN - TAG_LEN + 1 + KEY_ID.len() + 1 + OBJECT.len() + 8 + 1;

const KEY: [u8; 32] = [7; 32];

/// Seals and opens in place.
pub(crate) trait Contestant {
    /// What must be kept beside a unit to open it.
    type Kept;

    fn seal(&mut self, unit: &mut [u8]) -> Self::Kept;

    fn open(&mut self, unit: &mut [u8], kept: &Self::Kept);
}

/// A key ring, each unit in the same place.
#[derive(Clone)]
pub(crate) struct Ours(Arc<KeyRing>);

impl Ours {
    pub(crate) fn new() -> Self {
        Self::with_epochs_of(EpochLimits::UNITS_MAX)
    }

    /// With so many units in an epoch. All rings here have the same DEK.
    pub(crate) fn with_epochs_of(units: u64) -> Self {
        let limits = EpochLimits::new(units, EpochLimits::BLOCKS_MAX);
        Self(Arc::new(Self::key_ring().with_limits(limits)))
    }

    fn key_ring() -> KeyRing {
        let generation = DekGeneration::FIRST;
        let secret = strongroom_secret::SecretBytes::copy_from(&KEY);
        let dek = Dek::from_secret(secret).expect("32 octets");
        let key_id = KeyId::new(KEY_ID).expect("a short name");
        let deks = vec![(generation, dek)];
        KeyRing::new(StoreId::new([7; 16]), key_id, deks, generation)
            .expect("one generation, active")
    }

    /// With AWS-LC in place of ring.
    #[cfg(feature = "peers")]
    pub(crate) fn on_aws_lc() -> Self {
        let provider = Arc::new(strongroom_cipher::AwsLcProvider);
        let ring = Self::key_ring().with_provider(provider);
        Self(Arc::new(ring.expect("it knows the suite")))
    }
}

fn place() -> Place<'static> {
    Place::new(OBJECT, 7).expect("a short name")
}

impl Contestant for Ours {
    type Kept = UnitMeta;

    fn seal(&mut self, unit: &mut [u8]) -> UnitMeta {
        self.0.seal(&place(), VERSION, unit).expect("sealed")
    }

    fn open(&mut self, unit: &mut [u8], meta: &UnitMeta) {
        self.0.open(&place(), VERSION, unit, meta).expect("opened");
    }
}

/// The counter of a nonce, and the tag.
pub(crate) type Kept = (u64, [u8; TAG_LEN]);

/// A nonce of 32 zero bits and the next number, as ours is.
pub(crate) struct Nonces(u64);

impl Nonces {
    fn next(&mut self) -> u64 {
        self.0 = self.0.checked_add(1).expect("far from the end");
        self.0
    }
}

fn nonce(counter: u64) -> [u8; 12] {
    let [a, b, c, d, e, f, g, h] = counter.to_be_bytes();
    [0, 0, 0, 0, a, b, c, d, e, f, g, h]
}

/// Raw ring, with a key schedule made once.
pub(crate) struct Ring {
    key: Arc<LessSafeKey>,
    aad: Vec<u8>,
    nonces: Nonces,
}

impl Ring {
    pub(crate) fn new(aad_len: usize) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &KEY).expect("32 octets");
        Self {
            key: Arc::new(LessSafeKey::new(key)),
            aad: vec![3; aad_len],
            nonces: Nonces(0),
        }
    }

    /// Another user of the same key.
    pub(crate) fn share(&self) -> Self {
        Self {
            key: Arc::clone(&self.key),
            aad: self.aad.clone(),
            nonces: Nonces(0),
        }
    }
}

impl Contestant for Ring {
    type Kept = Kept;

    fn seal(&mut self, unit: &mut [u8]) -> Kept {
        let counter = self.nonces.next();
        let nonce = Nonce::assume_unique_for_key(nonce(counter));
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(&self.aad), unit)
            .expect("a short unit");
        (counter, tag.as_ref().try_into().expect("16 octets"))
    }

    fn open(&mut self, unit: &mut [u8], (counter, tag): &Kept) {
        let nonce = Nonce::assume_unique_for_key(nonce(*counter));
        self.key
            .open_in_place_separate_tag(nonce, Aad::from(&self.aad), (*tag).into(), unit, 0..)
            .expect("sealed by us");
    }
}

#[cfg(feature = "peers")]
pub(crate) use peers::{AwsLc, RustCrypto};

#[cfg(feature = "peers")]
mod peers {
    use aes_gcm::{Aes256Gcm, KeyInit as _, aead::AeadInOut as _};
    use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

    use super::{Contestant, KEY, Kept, Nonces, OUR_AAD_LEN, nonce};

    /// Raw AWS-LC by aws-lc-rs, AAD as long as ours.
    pub(crate) struct AwsLc {
        key: LessSafeKey,
        aad: Vec<u8>,
        nonces: Nonces,
    }

    impl AwsLc {
        pub(crate) fn new() -> Self {
            let key = UnboundKey::new(&AES_256_GCM, &KEY).expect("32 octets");
            Self {
                key: LessSafeKey::new(key),
                aad: vec![3; OUR_AAD_LEN],
                nonces: Nonces(0),
            }
        }
    }

    impl Contestant for AwsLc {
        type Kept = Kept;

        fn seal(&mut self, unit: &mut [u8]) -> Kept {
            let counter = self.nonces.next();
            let nonce = Nonce::assume_unique_for_key(nonce(counter));
            let tag = self
                .key
                .seal_in_place_separate_tag(nonce, Aad::from(&self.aad), unit)
                .expect("a short unit");
            (counter, tag.as_ref().try_into().expect("16 octets"))
        }

        fn open(&mut self, unit: &mut [u8], (counter, tag): &Kept) {
            let nonce = Nonce::assume_unique_for_key(nonce(*counter));
            self.key
                .open_in_place_separate_tag(nonce, Aad::from(&self.aad), tag, unit)
                .expect("sealed by us");
        }
    }

    /// RustCrypto's aes-gcm, AAD as long as ours.
    pub(crate) struct RustCrypto {
        key: Aes256Gcm,
        aad: Vec<u8>,
        nonces: Nonces,
    }

    impl RustCrypto {
        pub(crate) fn new() -> Self {
            Self {
                key: Aes256Gcm::new(&KEY.into()),
                aad: vec![3; OUR_AAD_LEN],
                nonces: Nonces(0),
            }
        }
    }

    impl Contestant for RustCrypto {
        type Kept = Kept;

        fn seal(&mut self, unit: &mut [u8]) -> Kept {
            let counter = self.nonces.next();
            let tag = self
                .key
                .encrypt_inout_detached(&nonce(counter).into(), &self.aad, unit.into())
                .expect("a short unit");
            (counter, tag.into())
        }

        fn open(&mut self, unit: &mut [u8], (counter, tag): &Kept) {
            self.key
                .decrypt_inout_detached(
                    &nonce(*counter).into(),
                    &self.aad,
                    unit.into(),
                    &(*tag).into(),
                )
                .expect("sealed by us");
        }
    }
}
