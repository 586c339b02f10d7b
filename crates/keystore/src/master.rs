//! What the keystore records of master keys. The keys themselves are on the key server.
//!
//! May touch: memory only.

use std::fmt;

use strongroom_cipher::ProviderError;
use strongroom_secret::SecretBytes;

use crate::crypto;

/// Octets of a master key: AES-256, the only length this format takes.
pub const MASTER_KEY_LEN: usize = 32;

/// A master key's octets, in memory for as long as a call needs them.
pub struct MasterKey(SecretBytes);

impl MasterKey {
    /// Takes a master key of [`MASTER_KEY_LEN`] octets.
    ///
    /// # Errors
    ///
    /// [`MasterKeyLengthError`] for any other length (AES-128 and AES-192 keys included).
    pub fn new(octets: SecretBytes) -> Result<Self, MasterKeyLengthError> {
        let len = octets.len();
        if len == MASTER_KEY_LEN {
            Ok(Self(octets))
        } else {
            Err(MasterKeyLengthError { len })
        }
    }

    /// Whether both are the same octets, compared in constant time.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.expose())
    }

    /// Uses the key once, before anything depends on it: seals a random keystore key under it
    /// and opens it again. `false` when what was sealed does not open.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] when the system gives no random octets.
    pub fn try_out(&self) -> Result<bool, ProviderError> {
        crypto::seals_and_opens(self)
    }

    pub(crate) fn secret(&self) -> &SecretBytes {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// The key server's key is not 256 bits long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the master key has {len} octets and must have {MASTER_KEY_LEN} (AES-256)")]
#[non_exhaustive]
pub struct MasterKeyLengthError {
    /// Octets it has.
    pub len: usize,
}

/// How a master key came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MasterOrigin {
    /// The key server made it at our request.
    Create,
    /// We made it and registered it there.
    Register,
    /// The operator gave it; we never change its state.
    Given,
}

/// A master key that the keystore does not know yet; becomes a [`MasterEntry`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMaster {
    /// The server's Unique Identifier, 1 to 1024 octets.
    pub unique_identifier: String,
    /// Its Name there, if any; at most 1024 octets.
    pub name: Option<String>,
    /// Its number N in our names (`.../v<N>`); in a rotation the record's number.
    pub number: u32,
    /// How it came to be.
    pub origin: MasterOrigin,
    /// Whether other stores use it too (`--shared-key`); never deactivated by us then.
    pub shared: bool,
    /// Whether it was seen Active.
    pub activated: bool,
    /// Servers (`host:port`) that returned it; at most 64 of at most 512 octets.
    pub servers: Vec<String>,
    /// Algorithm as the server names it; at most 64 octets.
    pub algorithm: String,
    /// Length in bits as the server states it.
    pub length_bits: u32,
    /// What the key server made of a local key, where the master key never leaves it; at most 512
    /// octets. The local key then stands in its place here.
    pub wrapped: Option<Vec<u8>>,
}

/// A master key that this keystore is or was sealed under.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MasterEntry {
    /// The server's Unique Identifier.
    pub unique_identifier: String,
    /// Its Name there, if any.
    pub name: Option<String>,
    /// Its number N in our names.
    pub number: u32,
    /// How it came to be.
    pub origin: MasterOrigin,
    /// Whether other stores use it too.
    pub shared: bool,
    /// Whether it was seen Active on every server of the list.
    pub activated: bool,
    /// Whether we deactivated it.
    pub deactivated: bool,
    /// Whether the key server no longer has it.
    pub destroyed: bool,
    /// Servers (`host:port`) that returned it.
    pub servers: Vec<String>,
    /// Algorithm as the server names it.
    pub algorithm: String,
    /// Length in bits as the server states it.
    pub length_bits: u32,
    /// First keystore generation sealed under it.
    pub first_generation: u64,
    /// First keystore generation no longer sealed under it; `None` while it is in use.
    pub retired_generation: Option<u64>,
    /// What the key server made of a local key, where the master key never leaves it.
    pub wrapped: Option<Vec<u8>>,
}

impl MasterEntry {
    pub(crate) fn begin(master: NewMaster, generation: u64) -> Self {
        Self {
            unique_identifier: master.unique_identifier,
            name: master.name,
            number: master.number,
            origin: master.origin,
            shared: master.shared,
            activated: master.activated,
            deactivated: false,
            destroyed: false,
            servers: master.servers,
            algorithm: master.algorithm,
            length_bits: master.length_bits,
            first_generation: generation,
            retired_generation: None,
            wrapped: master.wrapped,
        }
    }

    /// Whether a finished rotation may deactivate it: we made it, alone, and have not yet.
    #[must_use]
    pub fn may_be_deactivated(&self) -> bool {
        let ours = matches!(self.origin, MasterOrigin::Create | MasterOrigin::Register);
        ours && !self.shared && !self.deactivated
    }
}
