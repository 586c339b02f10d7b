//! The end of a generation of a data encryption key. May touch: the keystore's files.

use strongroom_cipher::{DekGeneration, KeyId};
use strongroom_keystore::Keystore;

use crate::error::Error;

/// Takes a generation that no unit needs any more out of the key rings that the keystore gives out
/// from now on. Its record stays, so that its number is never used again.
///
/// Nothing here knows which units there are: `not_needed` is the word of who does.
///
/// # Errors
///
/// [`Error::StillNeeded`] without that word; [`Error::Update`] for the active generation, and for one
/// that is not there.
pub fn retire_key(
    keystore: &mut Keystore,
    id: &KeyId,
    generation: DekGeneration,
    not_needed: bool,
) -> Result<(), Error> {
    if !not_needed {
        return Err(Error::StillNeeded {
            id: id.clone(),
            generation,
        });
    }
    Ok(keystore.retire_dek(id, generation)?)
}
