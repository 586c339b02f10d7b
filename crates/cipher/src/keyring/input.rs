//! The two inputs that bind a subkey and a unit: HKDF info and AAD (`docs/formats/unit.md`, 3-4).
//!
//! May touch: values only.

use std::sync::Arc;

use strongroom_secret::scrubbed;
use zeroize::Zeroizing;

use super::cache::EpochRef;
use crate::envelope::Hkdf;
use crate::error::ProviderError;
use crate::id::{KeyId, StoreId};
use crate::meta::{HEADER_LEN, UnitMeta};
use crate::place::{Place, WriteVersion};
use crate::provider::{self, KEY_LEN, Provider, UnitKey};

/// Domain of the subkeys.
const SUBKEY_LABEL: &[u8] = b"strongroom unit subkey v1";
/// Header, key id and object with their lengths, unit number, version with its length.
pub(super) const AAD_LEN_MAX: usize = HEADER_LEN + 1 + 255 + 1 + 255 + 8 + 1 + 8;
/// Room for the AAD of a unit whose key id and object have names of usual lengths. Zeroing the
/// longest room takes longer than a tenth of sealing 512 octets.
pub(super) const SHORT_AAD_LEN: usize = 128;
/// Octets of an AAD beside key id and object.
const FIXED_AAD_LEN: usize = AAD_LEN_MAX - 255 - 255;

/// What every subkey and unit of a ring is bound to.
#[derive(PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) store_id: StoreId,
    pub(super) key_id: KeyId,
}

/// What a unit is bound to beside its ring.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) place: &'a Place<'a>,
    pub(super) version: WriteVersion,
}

impl Scope {
    /// The subkey of one epoch.
    pub(super) fn subkey(
        &self,
        provider: &dyn Provider,
        dek: &Hkdf,
        EpochRef {
            suite,
            generation,
            epoch,
        }: EpochRef,
    ) -> Result<Arc<dyn UnitKey>, ProviderError> {
        let info: [&[u8]; 7] = [
            SUBKEY_LABEL,
            &[suite.number()],
            self.store_id.octets(),
            &[self.key_id.length_octet()],
            self.key_id.as_str().as_bytes(),
            &generation.value().to_be_bytes(),
            epoch.octets(),
        ];
        let prk = dek.prk()?;
        scrubbed(|| {
            let mut key = Zeroizing::new([0; KEY_LEN]);
            provider::expand(prk, &info, key.as_mut_slice())?;
            provider.unit_key(suite, &key).map(Arc::from)
        })
    }

    /// Whether [`SHORT_AAD_LEN`] is room enough.
    pub(super) fn is_short(&self, at: At<'_>) -> bool {
        let len = [self.key_id.length_octet(), at.place.object_len()];
        let len = len.map(usize::from).iter().sum::<usize>();
        len <= const { SHORT_AAD_LEN - FIXED_AAD_LEN }
    }

    /// What the tag of one unit covers beside the unit, written into `area`.
    pub(super) fn associated_data<'a>(
        &self,
        area: &'a mut [u8],
        At { place, version }: At<'_>,
        meta: &UnitMeta,
    ) -> Result<&'a [u8], ProviderError> {
        let room = area.len();
        let mut rest = &mut *area;
        meta.write_header(take(&mut rest)?);
        *take(&mut rest)? = [self.key_id.length_octet()];
        put(&mut rest, self.key_id.as_str().as_bytes())?;
        *take(&mut rest)? = [place.object_len()];
        put(&mut rest, place.object())?;
        *take(&mut rest)? = place.unit().to_be_bytes();
        match version {
            WriteVersion::Unversioned => *take(&mut rest)? = [0],
            WriteVersion::At(at) => {
                *take(&mut rest)? = [8];
                *take(&mut rest)? = at.to_be_bytes();
            }
        }
        let len = room.saturating_sub(rest.len());
        area.get(..len).ok_or(ProviderError::Length)
    }
}

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
