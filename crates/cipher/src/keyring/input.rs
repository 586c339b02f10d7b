//! The two inputs that bind a subkey and a unit: HKDF info and AAD (`docs/formats/unit.md`, 3-4).
//!
//! May touch: values only.

use crate::envelope::Hkdf;
use crate::error::ProviderError;
use crate::id::{DekGeneration, EpochId, KeyId, StoreId};
use crate::meta::{HEADER_LEN, SUITE_AES_256_GCM, UnitMeta};
use crate::place::{Place, WriteVersion};
use crate::provider::GcmKey;

/// Domain of the subkeys.
const SUBKEY_LABEL: &[u8] = b"strongroom unit subkey v1";
/// Header, key id and object with their lengths, unit number, kind and number of the version.
const AAD_LEN_MAX: usize = HEADER_LEN + 1 + 255 + 1 + 255 + 8 + 1 + 8;

/// What every subkey and unit of a ring is bound to.
pub(super) struct Scope {
    pub(super) store_id: StoreId,
    pub(super) key_id: KeyId,
}

impl Scope {
    /// The subkey of one epoch.
    pub(super) fn subkey(
        &self,
        dek: &Hkdf,
        generation: DekGeneration,
        epoch: EpochId,
    ) -> Result<GcmKey, ProviderError> {
        let info: [&[u8]; 7] = [
            SUBKEY_LABEL,
            &[SUITE_AES_256_GCM],
            self.store_id.octets(),
            &[self.key_id.length_octet()],
            self.key_id.as_str().as_bytes(),
            &generation.value().to_be_bytes(),
            epoch.octets(),
        ];
        GcmKey::derive(dek.prk(), &info)
    }

    /// What the tag of one unit covers beside the unit.
    pub(super) fn associated_data(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        meta: &UnitMeta,
    ) -> Result<AssociatedData, ProviderError> {
        let (kind, number) = match version {
            WriteVersion::Unversioned => (0, 0),
            WriteVersion::At(number) => (1, number),
        };
        let mut aad = AssociatedData {
            octets: [0; AAD_LEN_MAX],
            len: 0,
        };
        aad.put(&meta.header())?;
        aad.put(&[self.key_id.length_octet()])?;
        aad.put(self.key_id.as_str().as_bytes())?;
        aad.put(&[place.object_len()])?;
        aad.put(place.object())?;
        aad.put(&place.unit().to_be_bytes())?;
        aad.put(&[kind])?;
        aad.put(&u64::to_be_bytes(number))?;
        Ok(aad)
    }
}

/// AAD on the stack: no allocation per unit.
pub(super) struct AssociatedData {
    octets: [u8; AAD_LEN_MAX],
    len: usize,
}

impl AssociatedData {
    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    /// Appends; refuses what does not fit (all parts are bounded, so nothing is refused).
    fn put(&mut self, part: &[u8]) -> Result<(), ProviderError> {
        let end = self.len.checked_add(part.len());
        let room = end.and_then(|end| self.octets.get_mut(self.len..end));
        let (room, end) = room.zip(end).ok_or(ProviderError::Length)?;
        room.copy_from_slice(part);
        self.len = end;
        Ok(())
    }
}

/// Four zero octets and the counter. Unique in an epoch because the counter is.
pub(super) fn nonce(counter: u64) -> [u8; 12] {
    let [a, b, c, d, e, f, g, h] = counter.to_be_bytes();
    [0, 0, 0, 0, a, b, c, d, e, f, g, h]
}
