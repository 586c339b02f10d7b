//! I1 across fork: a child never seals under its parent's epoch, nor under what the kernel left of its
//! keys. One thread, so without the harness.
#![expect(clippy::unwrap_used, reason = "a test without the harness")]
#![expect(clippy::print_stdout, reason = "says what it could not test")]

use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce as RingNonce, UnboundKey};
use strongroom_cipher::{
    Dek, DekGeneration, KEY_LEN, KeyId, KeyRing, Nonce, OpenErrorKind, Place, Provider,
    ProviderError, SealErrorKind, StoreId, Suite, Tag, UnitKey, UnitMeta, WriteVersion,
    envelope::{self, Hkdf, HmacSha256},
};
use strongroom_secret::{
    Protection, SecretBytes,
    fork::{Child, in_child},
    key_memory,
};

const GENERATION: DekGeneration = DekGeneration::FIRST;

/// A ring with a DEK that parent and child know by themselves.
fn ring() -> KeyRing {
    let dek = Dek::from_secret(SecretBytes::copy_from(&[7; 32])).unwrap();
    let deks = vec![(GENERATION, dek)];
    KeyRing::new(
        StoreId::new([1; 16]),
        KeyId::new("k").unwrap(),
        deks,
        GENERATION,
    )
    .unwrap()
}

fn seal(ring: &KeyRing) -> Result<(UnitMeta, [u8; 64]), SealErrorKind> {
    let mut unit = [5; 64];
    let place = Place::new(b"o", 0).unwrap();
    ring.seal(&place, WriteVersion::Unversioned, &mut unit)
        .map(|meta| (meta, unit))
        .map_err(|error| error.kind)
}

/// Keys in ordinary memory, of which a forked child has a copy that works.
#[derive(Debug)]
struct Plain;

impl Provider for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }
    fn knows(&self, suite: Suite) -> bool {
        suite == Suite::Aes256Gcm
    }
    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        envelope::random(octets)
    }
    fn unit_key(&self, _: Suite, key: &[u8; KEY_LEN]) -> Result<Box<dyn UnitKey>, ProviderError> {
        let key = UnboundKey::new(&AES_256_GCM, key).unwrap();
        Ok(Box::new(PlainKey(LessSafeKey::new(key))))
    }
}

struct PlainKey(LessSafeKey);

impl UnitKey for PlainKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        let nonce = RingNonce::assume_unique_for_key(*nonce);
        let tag = (self.0).seal_in_place_separate_tag(nonce, Aad::from(aad), buffer);
        Ok(tag.unwrap().as_ref().try_into().unwrap())
    }
    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        let nonce = RingNonce::assume_unique_for_key(*nonce);
        let tag = (*tag).into();
        let opened = (self.0).open_in_place_separate_tag(nonce, Aad::from(aad), tag, buffer, 0..);
        Ok(opened.is_ok())
    }
}

/// Whether a child of this process seals with the number that its parent takes next, under the same
/// key: the nonce that I1 forbids.
fn a_child_repeats_a_nonce(ring: &KeyRing) -> bool {
    let (before, _) = seal(ring).unwrap();
    let child = in_child(|| match seal(ring) {
        Ok((meta, _)) if meta.epoch() == before.epoch() => u8::try_from(meta.counter()).unwrap(),
        Ok(_) => 0,
        Err(kind) => {
            assert_eq!(kind, SealErrorKind::Forked);
            0
        }
    });
    let (after, _) = seal(ring).unwrap();
    assert_eq!(after.epoch(), before.epoch(), "the parent's epoch goes on");
    child.unwrap() == Child::Gave(u8::try_from(after.counter()).unwrap())
}

/// Whether a child opens a unit with its parent's key.
fn a_child_opens(ring: &KeyRing) -> bool {
    let (meta, sealed) = seal(ring).unwrap();
    let child = in_child(|| {
        let mut unit = sealed;
        let place = Place::new(b"o", 0).unwrap();
        let opened = ring.open(&place, WriteVersion::Unversioned, &mut unit, &meta);
        if let Err(error) = &opened {
            assert_eq!(error.kind, OpenErrorKind::Forked);
            assert_eq!(unit, [0; 64], "no plaintext");
        }
        u8::from(opened.is_ok())
    });
    child.unwrap() == Child::Gave(1)
}

/// The check of the ring itself, whatever the memory does; and a mutant that lacks it.
fn without_wiped_memory() {
    let plain = || ring().with_provider(Arc::new(Plain)).unwrap();
    assert!(!a_child_repeats_a_nonce(&plain()));
    assert!(!a_child_opens(&plain()));
    assert!(!a_child_repeats_a_nonce(&ring()));
    let mutant = || plain().without_fork_check();
    assert!(a_child_repeats_a_nonce(&mutant()), "the mutant is noticed");
    assert!(a_child_opens(&mutant()), "the mutant is noticed");
}

fn main() {
    if cfg!(not(target_os = "linux")) {
        // Only there the helper can tell how many threads there are.
        return;
    }
    without_wiped_memory();
    if key_memory().wiped_on_fork != Protection::InPlace {
        println!("this kernel wipes nothing on fork: not tested");
        return;
    }
    let ring = ring();
    let (parent, sealed) = seal(&ring).unwrap();
    let key = SecretBytes::copy_from(&[7; 32]);
    let (hkdf, hmac) = (
        Hkdf::from_prk(&[7; 32]).unwrap(),
        HmacSha256::new(&key).unwrap(),
    );

    let lost = Err(ProviderError::KeyLost);
    let child = in_child(|| {
        let mut unit = sealed;
        let place = Place::new(b"o", 0).unwrap();
        let opened = ring.open(&place, WriteVersion::Unversioned, &mut unit, &parent);
        assert_eq!(opened.unwrap_err().kind, OpenErrorKind::Forked);
        assert_eq!(unit, [0; 64], "no plaintext");
        let refused = seal(&ring).unwrap_err();
        assert_eq!(refused, SealErrorKind::Forked);
        assert_eq!(ring.begin_epoch(), lost);
        assert_eq!(hkdf.expand(&[], &mut [0; 32]), lost);
        assert_eq!(hmac.sign(&[]).map(drop), lost);
        assert!(HmacSha256::new(&key).is_err());
        assert!(Hkdf::extract(b"salt", key.expose()).is_err());
        // With its DEK given anew it begins an epoch of its own, and opens what its parent sealed.
        let own = self::ring();
        let (child, _) = seal(&own).unwrap();
        let mut unit = sealed;
        own.open(&place, WriteVersion::Unversioned, &mut unit, &parent)
            .unwrap();
        assert_eq!(unit, [5; 64]);
        u8::from(child.epoch() != parent.epoch() && child.counter() == 1)
    });
    assert_eq!(child.unwrap(), Child::Gave(1));

    let (again, _) = seal(&ring).unwrap();
    assert_eq!(again.epoch(), parent.epoch(), "the parent's epoch goes on");
    assert_eq!(again.counter(), 2);
}
