//! AWS-LC by `aws-lc-rs` (feature `aws-lc`), without its FIPS module.
//!
//! May touch: the library's random generator, which the operating system seeds.

use aws_lc_rs::{
    aead::{
        AES_256_GCM, AES_256_GCM_SIV, Aad, Algorithm, LessSafeKey, Nonce as LcNonce,
        RandomizedNonceKey, UnboundKey,
    },
    rand,
};
use strongroom_secret::{scrubbed, scrubbed_shallow};

use super::{KEY_LEN, Nonce, Provider, Tag, UnitKey};
use crate::error::ProviderError;
use crate::suite::Suite;

/// AWS-LC: AVX-512 where the processor has it, and sealing from one buffer into another without a
/// copy.
///
/// Its keys lie in the library's heap, which it wipes when it frees them: not in key memory, so not
/// locked and not left out of dumps.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLcProvider;

impl Provider for AwsLcProvider {
    fn name(&self) -> &'static str {
        "AWS-LC"
    }

    fn knows(&self, _: Suite) -> bool {
        true
    }

    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        rand::fill(octets).map_err(|_| ProviderError::Random)
    }

    fn unit_key(
        &self,
        suite: Suite,
        key: &[u8; KEY_LEN],
    ) -> Result<Box<dyn UnitKey>, ProviderError> {
        scrubbed(|| {
            Ok(match suite {
                Suite::Aes256Gcm => boxed(CountedKey::new(&AES_256_GCM, key)?),
                Suite::Aes256GcmSiv => boxed(SivKey(CountedKey::new(&AES_256_GCM_SIV, key)?)),
                Suite::Aes256GcmDrawnNonce => boxed(DrawingKey::new(key)?),
            })
        })
    }
}

fn boxed(key: impl UnitKey + 'static) -> Box<dyn UnitKey> {
    Box::new(key)
}

/// The caller chooses the nonce.
struct CountedKey(LessSafeKey);

impl CountedKey {
    fn new(algorithm: &'static Algorithm, key: &[u8]) -> Result<Self, ProviderError> {
        UnboundKey::new(algorithm, key)
            .map(|key| Self(LessSafeKey::new(key)))
            .map_err(|_| ProviderError::Length)
    }
}

impl UnitKey for CountedKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        let nonce = LcNonce::assume_unique_for_key(*nonce);
        let tag = (self.0)
            .seal_in_place_separate_tag(nonce, Aad::from(aad), buffer)
            .map_err(|_| ProviderError::Length)?;
        tag.as_ref().try_into().map_err(|_| ProviderError::Length)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        let nonce = LcNonce::assume_unique_for_key(*nonce);
        let opened = (self.0).open_in_place_separate_tag(nonce, Aad::from(aad), tag, buffer);
        Ok(opened.is_ok())
    }

    fn seal_into(
        &self,
        nonce: &mut Nonce,
        aad: &[u8],
        src: &[u8],
        dst: &mut [u8],
    ) -> Result<Tag, ProviderError> {
        let nonce = LcNonce::assume_unique_for_key(*nonce);
        let mut tag = Tag::default();
        (self.0)
            .seal_out_of_place_scatter(nonce, Aad::from(aad), src, dst, &[], &mut tag)
            .map_err(|_| ProviderError::Length)?;
        Ok(tag)
    }

    fn open_into(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        (src, tag): (&[u8], &Tag),
        dst: &mut [u8],
    ) -> Result<bool, ProviderError> {
        if src.len() != dst.len() {
            return Err(ProviderError::Length);
        }
        let nonce = LcNonce::assume_unique_for_key(*nonce);
        let opened = (self.0).open_separate_gather(nonce, Aad::from(aad), src, tag, dst);
        Ok(opened.is_ok())
    }
}

/// AES-256-GCM-SIV, which derives a key for each nonce and leaves it on the stack.
struct SivKey(CountedKey);

impl UnitKey for SivKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        scrubbed_shallow(|| self.0.seal(nonce, aad, buffer))
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        scrubbed_shallow(|| self.0.open(nonce, aad, buffer, tag))
    }

    fn seal_into(
        &self,
        nonce: &mut Nonce,
        aad: &[u8],
        src: &[u8],
        dst: &mut [u8],
    ) -> Result<Tag, ProviderError> {
        scrubbed_shallow(|| self.0.seal_into(nonce, aad, src, dst))
    }

    fn open_into(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        sealed: (&[u8], &Tag),
        dst: &mut [u8],
    ) -> Result<bool, ProviderError> {
        scrubbed_shallow(|| self.0.open_into(nonce, aad, sealed, dst))
    }
}

/// The library draws the nonce.
struct DrawingKey(RandomizedNonceKey, CountedKey);

impl DrawingKey {
    fn new(key: &[u8]) -> Result<Self, ProviderError> {
        let drawing =
            RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| ProviderError::Length)?;
        // `RandomizedNonceKey` opens only what has its tag at the end.
        Ok(Self(drawing, CountedKey::new(&AES_256_GCM, key)?))
    }
}

impl UnitKey for DrawingKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        let (drawn, tag) = (self.0)
            .seal_in_place_separate_tag(Aad::from(aad), buffer)
            .map_err(|_| ProviderError::Length)?;
        *nonce = *drawn.as_ref();
        tag.as_ref().try_into().map_err(|_| ProviderError::Length)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        self.1.open(nonce, aad, buffer, tag)
    }

    fn open_into(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        sealed: (&[u8], &Tag),
        dst: &mut [u8],
    ) -> Result<bool, ProviderError> {
        self.1.open_into(nonce, aad, sealed, dst)
    }
}
