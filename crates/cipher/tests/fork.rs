//! I1 across fork: a child never seals under its parent's epoch, nor under what the kernel left of its
//! keys. One thread, so without the harness.
#![expect(clippy::unwrap_used, reason = "a test without the harness")]
#![expect(clippy::print_stdout, reason = "says what it could not test")]

use strongroom_cipher::{
    Dek, DekGeneration, KeyId, KeyRing, OpenErrorKind, Place, ProviderError, SealErrorKind,
    StoreId, UnitMeta, WriteVersion,
    envelope::{Hkdf, HmacSha256},
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

fn main() {
    if cfg!(not(target_os = "linux")) {
        // Only there the helper can tell how many threads there are.
        return;
    }
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
        assert_eq!(
            opened.unwrap_err().kind,
            OpenErrorKind::Provider(ProviderError::KeyLost)
        );
        assert_eq!(unit, [0; 64], "no plaintext");
        let refused = seal(&ring).unwrap_err();
        assert_eq!(refused, SealErrorKind::Provider(ProviderError::KeyLost));
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
