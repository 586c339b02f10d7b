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
/// Header, key id and object with their lengths, unit number, version with its length.
pub(super) const AAD_LEN_MAX: usize = HEADER_LEN + 1 + 255 + 1 + 255 + 8 + 1 + 8;

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
        GcmKey::derive(dek.prk()?, &info)
    }

    /// What the tag of one unit covers beside the unit, written into `area`.
    pub(super) fn associated_data<'a>(
        &self,
        area: &'a mut AadArea,
        (place, version): (&Place<'_>, WriteVersion),
        meta: &UnitMeta,
    ) -> Result<&'a [u8], ProviderError> {
        let number;
        let version: &[u8] = match version {
            WriteVersion::Unversioned => &[0],
            WriteVersion::At(at) => {
                let [a, b, c, d, e, f, g, h] = at.to_be_bytes();
                number = [8, a, b, c, d, e, f, g, h];
                &number
            }
        };
        let mut rest = area.as_mut_slice();
        meta.write_header(take(&mut rest)?);
        *take(&mut rest)? = [self.key_id.length_octet()];
        put(&mut rest, self.key_id.as_str().as_bytes())?;
        *take(&mut rest)? = [place.object_len()];
        put(&mut rest, place.object())?;
        *take(&mut rest)? = place.unit().to_be_bytes();
        put(&mut rest, version)?;
        let unused = rest.len();
        let len = AAD_LEN_MAX.saturating_sub(unused);
        area.get(..len).ok_or(ProviderError::Length)
    }
}

/// Room for any AAD, on the stack: no allocation per unit.
pub(super) type AadArea = [u8; AAD_LEN_MAX];

/// The next `N` octets of `rest`. All parts are bounded, so there is always room.
fn take<'a, const N: usize>(rest: &mut &'a mut [u8]) -> Result<&'a mut [u8; N], ProviderError> {
    let (part, after) =
        (std::mem::take(rest).split_first_chunk_mut()).ok_or(ProviderError::Length)?;
    *rest = after;
    Ok(part)
}

/// Copies `part` to the front of `rest`.
fn put(rest: &mut &mut [u8], part: &[u8]) -> Result<(), ProviderError> {
    let (room, after) =
        (std::mem::take(rest).split_at_mut_checked(part.len())).ok_or(ProviderError::Length)?;
    room.copy_from_slice(part);
    *rest = after;
    Ok(())
}

/// Four zero octets and the counter. Unique in an epoch because the counter is.
pub(super) fn nonce(counter: u64) -> [u8; 12] {
    let [a, b, c, d, e, f, g, h] = counter.to_be_bytes();
    [0, 0, 0, 0, a, b, c, d, e, f, g, h]
}
