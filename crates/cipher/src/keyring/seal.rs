//! Sealing: in place, inline, from one buffer into another, several units at once.
//!
//! May touch: memory and, when an epoch begins, the provider's random generator.

use std::num::NonZeroU64;

use super::epoch::WriteEpoch;
use super::input::{AAD_LEN_MAX, At, SHORT_AAD_LEN};
use super::{BatchUnit, EpochLimits, KeyRing};
use crate::error::{ProviderError, SealError, SealErrorKind};
use crate::meta::{FORMAT, META_LEN, TAG_LEN, UnitMeta};
use crate::place::{Place, WriteVersion};
use crate::provider::{Nonce, Tag, UnitKey};
use crate::suite::NonceMode;

impl KeyRing {
    /// Encrypts `buffer` in place and gives the meta to store beside it.
    ///
    /// # Shapes
    ///
    /// | argument | octets | content                                  |
    /// |----------|-------:|------------------------------------------|
    /// | `buffer` | 0-2^30 | plaintext in, ciphertext out             |
    /// | result   |     48 | meta; `place` and `version` are not in it |
    ///
    /// # Errors
    ///
    /// [`SealErrorKind::TooLong`], [`SealErrorKind::Exhausted`] (the unit alone is beyond the
    /// limits of an epoch), [`SealErrorKind::Forked`], [`SealErrorKind::Provider`] (no random octets
    /// for a new epoch).
    ///
    /// # Specification
    ///
    /// `docs/formats/unit.md`, sections 2 to 4; NIST SP 800-38D, 7.1 and 8.2.1.
    pub fn seal(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
    ) -> Result<UnitMeta, SealError> {
        let len = buffer.len();
        self.seal_unit(At { place, version }, len, |key, nonce, aad| {
            key.seal(nonce, aad, buffer)
        })
        .map_err(|kind| self.not_sealed(place, kind))
    }

    /// Seals the octets of `buffer` before the last 48, and writes the meta into those
    /// (`docs/formats/unit.md`, section 2.1).
    ///
    /// # Shapes
    ///
    /// | argument | octets | content                                             |
    /// |----------|-------:|-----------------------------------------------------|
    /// | `buffer` |   n+48 | plaintext (n) and room in, ciphertext and meta out |
    ///
    /// # Errors
    ///
    /// [`SealErrorKind::WrongLength`] when there is no room for the meta, and those of
    /// [`Self::seal`].
    pub fn seal_inline(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
    ) -> Result<(), SealError> {
        let len = buffer.len();
        let Some((body, room)) = buffer.split_last_chunk_mut::<META_LEN>() else {
            let needed = META_LEN;
            let kind = SealErrorKind::WrongLength { len, needed };
            return Err(self.not_sealed(place, kind));
        };
        *room = self.seal(place, version, body)?.to_octets();
        Ok(())
    }

    /// Seals `src` into `dst`, which has the same length, and gives the meta. On failure `dst` is
    /// zeroed.
    ///
    /// A provider that cannot do it in one turn copies first: ring does, AWS-LC does not.
    ///
    /// # Errors
    ///
    /// [`SealErrorKind::WrongLength`] when the lengths differ, and those of [`Self::seal`].
    pub fn seal_into(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        src: &[u8],
        dst: &mut [u8],
    ) -> Result<UnitMeta, SealError> {
        let (len, needed) = (dst.len(), src.len());
        let sealed = if len == needed {
            self.seal_unit(At { place, version }, len, |key, nonce, aad| {
                key.seal_into(nonce, aad, src, dst)
            })
        } else {
            Err(SealErrorKind::WrongLength { len, needed })
        };
        sealed.map_err(|kind| {
            // It may hold a copy of the plaintext.
            dst.fill(0);
            self.not_sealed(place, kind)
        })
    }

    /// As [`Self::seal_inline`], from `src` into `dst`, which has 48 octets more.
    ///
    /// # Errors
    ///
    /// Those of [`Self::seal_into`].
    pub fn seal_inline_into(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        src: &[u8],
        dst: &mut [u8],
    ) -> Result<(), SealError> {
        let len = dst.len();
        match dst.split_last_chunk_mut::<META_LEN>() {
            Some((body, room)) if body.len() == src.len() => {
                *room = self.seal_into(place, version, src, body)?.to_octets();
                Ok(())
            }
            _ => {
                dst.fill(0);
                let needed = src.len().saturating_add(META_LEN);
                let kind = SealErrorKind::WrongLength { len, needed };
                Err(self.not_sealed(place, kind))
            }
        }
    }

    /// Seals several units in place, with numbers of one epoch that are taken at once, and writes
    /// their metas.
    ///
    /// # Errors
    ///
    /// Those of [`Self::seal`], of the first unit that has one; nothing is sealed then.
    /// [`SealErrorKind::Exhausted`] also when the units together are beyond the limits of an epoch.
    /// After [`SealErrorKind::Provider`] the units before the one it names are sealed.
    pub fn seal_batch(&self, units: &mut [BatchUnit<'_>]) -> Result<(), SealError> {
        let Some(last) = units.last() else {
            return Ok(());
        };
        let last = last.place;
        let mut total: u64 = 0;
        for unit in &*units {
            let numbers = self.numbers(unit.buffer.len());
            let numbers = numbers.map_err(|kind| self.not_sealed(&unit.place, kind))?;
            total = total.saturating_add(numbers.get());
        }
        let octets = || units.iter().map(|unit| unit.buffer.len()).sum();
        let fits = NonZeroU64::new(total).filter(|total| self.epoch_limits().fit(total.get()));
        let Some(total) = fits else {
            let kind = SealErrorKind::Exhausted { len: octets() };
            return Err(self.not_sealed(&last, kind));
        };
        self.under_claim(total, |epoch, end| {
            let mut counter = end.saturating_sub(total.get());
            for unit in &mut *units {
                let (place, version) = (&unit.place, unit.version);
                let sealed = self.numbers(unit.buffer.len()).and_then(|numbers| {
                    counter = counter.saturating_add(numbers.get());
                    let seal = |key: &dyn UnitKey, nonce: &mut Nonce, aad: &[u8]| {
                        key.seal(nonce, aad, unit.buffer)
                    };
                    let sealed = self.seal_counted(epoch, counter, At { place, version }, seal);
                    sealed.map_err(SealErrorKind::Provider)
                });
                unit.meta = sealed.map_err(|kind| self.not_sealed(place, kind))?;
            }
            Ok(())
        })
        .map_err(|kind| self.not_sealed(&last, kind))?
    }

    /// Seals one unit of `len` octets by `seal`, under the next counter.
    #[inline]
    fn seal_unit(
        &self,
        at: At<'_>,
        len: usize,
        seal: impl FnOnce(&dyn UnitKey, &mut Nonce, &[u8]) -> Result<Tag, ProviderError>,
    ) -> Result<UnitMeta, SealErrorKind> {
        let numbers = self.numbers(len)?;
        let sealed = self.under_claim(numbers, |epoch, counter| {
            self.seal_counted(epoch, counter, at, seal)
        })?;
        Ok(sealed?)
    }

    /// The numbers that a unit of `len` octets takes.
    fn numbers(&self, len: usize) -> Result<NonZeroU64, SealErrorKind> {
        if len > Self::UNIT_LEN_MAX {
            return Err(SealErrorKind::TooLong { len });
        }
        (self.epoch_limits().numbers(len)).ok_or(SealErrorKind::Exhausted { len })
    }

    fn epoch_limits(&self) -> EpochLimits {
        self.limits.within(self.suite)
    }

    /// Runs `work` with the write epoch, or a new one when that is at its end, and the last of the
    /// numbers that it gave.
    #[inline]
    fn under_claim<R>(
        &self,
        numbers: NonZeroU64,
        work: impl FnOnce(&WriteEpoch, u64) -> R,
    ) -> Result<R, SealErrorKind> {
        // Each turn that ends without a counter found an epoch that others had used up.
        loop {
            let state = self.state.load();
            if !self.is_here(&state) {
                return Err(SealErrorKind::Forked);
            }
            if let Some(epoch) = &state.write
                && let Some(counter) = epoch.claim(numbers)
            {
                return Ok(work(epoch, counter));
            }
            self.roll(&state)?;
        }
    }

    /// Seals one unit by `seal` with a counter that nobody else has.
    #[inline]
    fn seal_counted(
        &self,
        epoch: &WriteEpoch,
        counter: u64,
        at: At<'_>,
        seal: impl FnOnce(&dyn UnitKey, &mut Nonce, &[u8]) -> Result<Tag, ProviderError>,
    ) -> Result<UnitMeta, ProviderError> {
        if self.scope.is_short(at) {
            self.seal_within(&mut [0; SHORT_AAD_LEN], (epoch, counter), at, seal)
        } else {
            self.seal_within(&mut [0; AAD_LEN_MAX], (epoch, counter), at, seal)
        }
    }

    #[inline]
    fn seal_within(
        &self,
        area: &mut [u8],
        (epoch, counter): (&WriteEpoch, u64),
        at: At<'_>,
        seal: impl FnOnce(&dyn UnitKey, &mut Nonce, &[u8]) -> Result<Tag, ProviderError>,
    ) -> Result<UnitMeta, ProviderError> {
        let suite = epoch.epoch.suite;
        let drawn = suite.nonce_mode() == NonceMode::Provider;
        let mut meta = UnitMeta {
            format: FORMAT,
            suite: suite.number(),
            flags: 0,
            generation: epoch.epoch.generation,
            epoch: epoch.epoch.epoch,
            counter: if drawn { 0 } else { counter },
            tag: [0; TAG_LEN],
        };
        let aad = self.scope.associated_data(area, at, &meta)?;
        let mut nonce = meta.nonce(suite);
        meta.tag = seal(&*epoch.subkey, &mut nonce, aad)?;
        if drawn {
            meta.set_drawn(nonce);
        }
        Ok(meta)
    }

    #[cold]
    fn not_sealed(&self, place: &Place<'_>, kind: SealErrorKind) -> SealError {
        SealError {
            key_id: self.scope.key_id.clone(),
            unit: place.unit(),
            kind,
        }
    }
}
