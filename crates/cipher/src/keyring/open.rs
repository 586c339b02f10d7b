//! Opening: in place, inline, from one buffer into another, several units at once.
//!
//! May touch: memory only.

use std::sync::Arc;

use super::cache::{EpochRef, SubkeyCache};
use super::input::{AAD_LEN_MAX, At, SHORT_AAD_LEN};
use super::{BatchUnit, EpochLimits, KeyRing, Opened};
use crate::error::{OpenError, OpenErrorKind, ProviderError};
use crate::meta::{FORMAT, META_LEN, UnitMeta};
use crate::place::{Place, WriteVersion};
use crate::provider::{Nonce, UnitKey};
use crate::suite::{NonceMode, Suite};

impl KeyRing {
    /// Verifies and decrypts `buffer` in place. On failure the buffer is zeroed.
    ///
    /// # Shapes
    ///
    /// | argument | octets | content                                        |
    /// |----------|-------:|------------------------------------------------|
    /// | `buffer` | 0-2^30 | ciphertext in, plaintext out                   |
    /// | `meta`   |     48 | as `seal` gave it; the caller need not trust it |
    ///
    /// # Errors
    ///
    /// One [`OpenErrorKind`] per cause. The key is fixed by the generation in `meta`; no other is
    /// tried.
    ///
    /// # Specification
    ///
    /// `docs/formats/unit.md`, sections 2 to 5; NIST SP 800-38D, 7.2.
    pub fn open(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
        meta: &UnitMeta,
    ) -> Result<Opened, OpenError> {
        self.open_in_place(At { place, version }, buffer, meta)
            .map_err(|kind| {
                buffer.fill(0);
                self.not_opened(place, kind)
            })
    }

    /// Opens what [`Self::seal_inline`] made, in place, and gives the plaintext, the octets of
    /// `buffer` before the last 48. On failure all of the buffer is zeroed.
    ///
    /// # Errors
    ///
    /// [`OpenErrorKind::WrongLength`] when there is not even a meta, and those of [`Self::open`].
    pub fn open_inline<'b>(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &'b mut [u8],
    ) -> Result<(&'b mut [u8], Opened), OpenError> {
        let opened = match buffer.split_last_chunk_mut() {
            Some((body, meta)) => {
                let meta = UnitMeta::from_octets(meta);
                self.open_in_place(At { place, version }, body, &meta)
            }
            None => Err(no_meta(buffer)),
        };
        let opened = opened.map_err(|kind| {
            buffer.fill(0);
            self.not_opened(place, kind)
        })?;
        let body = buffer.len().saturating_sub(META_LEN);
        let (body, _) = buffer.split_at_mut(body);
        Ok((body, opened))
    }

    /// Opens `src` into `dst`, which has the same length. On failure `dst` is zeroed; `src` stays as
    /// it is.
    ///
    /// # Errors
    ///
    /// [`OpenErrorKind::WrongLength`] when the lengths differ, and those of [`Self::open`].
    pub fn open_into(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        (src, meta): (&[u8], &UnitMeta),
        dst: &mut [u8],
    ) -> Result<Opened, OpenError> {
        let (len, needed) = (dst.len(), src.len());
        let opened = if len == needed {
            self.open_unit(At { place, version }, len, meta, |key, nonce, aad| {
                key.open_into(nonce, aad, (src, &meta.tag), dst)
            })
        } else {
            Err(OpenErrorKind::WrongLength { len, needed })
        };
        opened.map_err(|kind| {
            dst.fill(0);
            self.not_opened(place, kind)
        })
    }

    /// As [`Self::open_inline`], from `src` into `dst`, which has 48 octets less.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open_into`].
    pub fn open_inline_into(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        src: &[u8],
        dst: &mut [u8],
    ) -> Result<Opened, OpenError> {
        match src.split_last_chunk() {
            Some((body, meta)) => {
                let meta = UnitMeta::from_octets(meta);
                self.open_into(place, version, (body, &meta), dst)
            }
            None => {
                dst.fill(0);
                Err(self.not_opened(place, no_meta(src)))
            }
        }
    }

    /// Opens several units in place and gives how many are stale. All or none: when one is refused,
    /// the buffers of all are zeroed.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`], of the first unit that has one.
    pub fn open_batch(&self, units: &mut [BatchUnit<'_>]) -> Result<usize, OpenError> {
        let mut stale = 0_usize;
        for unit in &mut *units {
            let at = At {
                place: &unit.place,
                version: unit.version,
            };
            match self.open_in_place(at, unit.buffer, &unit.meta) {
                Ok(opened) => stale = stale.saturating_add(usize::from(opened.stale)),
                Err(kind) => {
                    let refused = self.not_opened(&unit.place, kind);
                    units.iter_mut().for_each(|unit| unit.buffer.fill(0));
                    return Err(refused);
                }
            }
        }
        Ok(stale)
    }

    /// Why a unit with [`OpenErrorKind::WrongTag`] does not open: [`OpenErrorKind::Swapped`] when it
    /// opens in one of the `candidates`, the places and versions that it may have been moved from.
    ///
    /// For reports on damage: a unit's place is not in it, so it has to be tried. `scratch` has the
    /// length of `ciphertext` and is zeroed at the end. Nothing is opened for use.
    pub fn diagnose<'p>(
        &self,
        candidates: impl IntoIterator<Item = (Place<'p>, WriteVersion)>,
        (ciphertext, meta): (&[u8], &UnitMeta),
        scratch: &mut [u8],
    ) -> OpenErrorKind {
        let mut cause = OpenErrorKind::WrongTag;
        for (place, version) in candidates {
            match self.open_into(&place, version, (ciphertext, meta), scratch) {
                Ok(_) => cause = OpenErrorKind::Swapped { unit: place.unit() },
                Err(error) if error.kind == OpenErrorKind::WrongTag => continue,
                Err(error) => cause = error.kind,
            }
            break;
        }
        scratch.fill(0);
        cause
    }

    /// As [`Self::open`]; `buffer` holds anything after a failure.
    pub(super) fn open_in_place(
        &self,
        at: At<'_>,
        buffer: &mut [u8],
        meta: &UnitMeta,
    ) -> Result<Opened, OpenErrorKind> {
        self.open_unit(at, buffer.len(), meta, |key, nonce, aad| {
            key.open(nonce, aad, buffer, &meta.tag)
        })
    }

    /// Opens one unit of `len` octets by `open`, under the one subkey that the meta names: the write
    /// epoch's, a cached one, or one derived now.
    #[inline]
    fn open_unit(
        &self,
        at: At<'_>,
        len: usize,
        meta: &UnitMeta,
        open: impl FnOnce(&dyn UnitKey, &Nonce, &[u8]) -> Result<bool, ProviderError>,
    ) -> Result<Opened, OpenErrorKind> {
        let suite = self.known_suite(meta)?;
        if len > Self::UNIT_LEN_MAX {
            return Err(OpenErrorKind::TooLong { len });
        }
        let state = self.state.load();
        if !self.is_here(&state) {
            return Err(OpenErrorKind::Forked);
        }
        let bound = meta.bound(suite);
        let epoch = EpochRef {
            suite,
            generation: meta.generation,
            epoch: bound.epoch,
        };
        let of = (at, suite, meta, &bound);
        if let Some(own) = &state.write
            && own.epoch == epoch
        {
            self.open_under(&*own.subkey, of, open)?;
        } else if let Some(subkey) = self.readers.load().subkey(&epoch) {
            self.open_under(subkey, of, open)?;
        } else {
            let dek = (state.deks.get(&meta.generation))
                .ok_or(OpenErrorKind::UnknownGeneration(meta.generation))?;
            let subkey = self.scope.subkey(&*self.provider, dek, epoch)?;
            self.open_under(&*subkey, of, open)?;
            self.enter(epoch, subkey);
        }
        Ok(Opened {
            generation: meta.generation,
            stale: meta.generation != state.active,
        })
    }

    #[inline]
    fn open_under(
        &self,
        subkey: &dyn UnitKey,
        (at, suite, meta, bound): (At<'_>, Suite, &UnitMeta, &UnitMeta),
        open: impl FnOnce(&dyn UnitKey, &Nonce, &[u8]) -> Result<bool, ProviderError>,
    ) -> Result<(), OpenErrorKind> {
        let nonce = meta.nonce(suite);
        let opened = if self.scope.is_short(at) {
            let mut area = [0; SHORT_AAD_LEN];
            open(
                subkey,
                &nonce,
                self.scope.associated_data(&mut area, at, bound)?,
            )
        } else {
            let mut area = [0; AAD_LEN_MAX];
            open(
                subkey,
                &nonce,
                self.scope.associated_data(&mut area, at, bound)?,
            )
        };
        match opened? {
            true => Ok(()),
            false => Err(OpenErrorKind::WrongTag),
        }
    }

    /// Keeps a subkey under which a tag verified.
    #[cold]
    fn enter(&self, epoch: EpochRef, subkey: Arc<dyn UnitKey>) {
        let _changing = self.change();
        // Its DEK may have been dropped since it was looked up.
        if !self.state.load().deks.contains_key(&epoch.generation) {
            return;
        }
        let mut readers = SubkeyCache::clone(&self.readers.load());
        readers.enter(epoch, subkey);
        self.readers.store(Arc::new(readers));
    }

    /// The suite of a unit whose meta says nothing unknown.
    fn known_suite(&self, meta: &UnitMeta) -> Result<Suite, OpenErrorKind> {
        if meta.format != FORMAT {
            return Err(OpenErrorKind::UnknownFormat(meta.format));
        }
        let suite = Suite::from_number(meta.suite)
            // The ring's own is known: no question through the table of the provider.
            .filter(|suite| *suite == self.suite || self.provider.knows(*suite))
            .ok_or(OpenErrorKind::UnknownSuite(meta.suite))?;
        if meta.flags != 0 {
            return Err(OpenErrorKind::UnknownFlags(meta.flags));
        }
        match (suite.nonce_mode(), meta.counter) {
            (NonceMode::Provider, _) | (_, 1..=EpochLimits::UNITS_MAX) => Ok(suite),
            (NonceMode::Caller, counter) => Err(OpenErrorKind::BadCounter(counter)),
        }
    }

    #[cold]
    pub(super) fn not_opened(&self, place: &Place<'_>, kind: OpenErrorKind) -> OpenError {
        OpenError {
            key_id: self.scope.key_id.clone(),
            unit: place.unit(),
            kind,
        }
    }
}

const fn no_meta(buffer: &[u8]) -> OpenErrorKind {
    OpenErrorKind::WrongLength {
        len: buffer.len(),
        needed: META_LEN,
    }
}
