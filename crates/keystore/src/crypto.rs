//! The keystore's use of the cipher crate: derivations, seals and proofs under their labels.
//!
//! May touch: memory and randomness, by `strongroom_cipher` only. The labels and inputs are
//! drawn in `docs/formats/keystore.md`, 2.

use strongroom_cipher::envelope::{self, Hkdf, HmacSha256};
use strongroom_cipher::{Dek, DekGeneration, KeyId, ProviderError, StoreId};
use strongroom_secret::SecretBytes;

use crate::bulk;
use crate::error::DekError;
use crate::master::MasterKey;
use crate::metadata::{
    CHECK_LEN, DekRecord, EntrySalt, Metadata, PROOF_LEN, SALT_LEN, SEALED_LEN, Seal,
};

/// Octets of every symmetric key here.
const KEY_LEN: usize = 32;

const CHECK_LABEL: &[u8] = b"\x1bstrongroom/keystore/2/check";
const SEAL_LABEL: &[u8] = b"\x1astrongroom/keystore/2/seal";
const KSK_LABEL: &[u8] = b"\x19strongroom/keystore/2/ksk";
const MAC_LABEL: &[u8] = b"\x19strongroom/keystore/2/mac";
const WRAP_LABEL: &[u8] = b"\x1astrongroom/keystore/2/wrap";
const LOG_MAC_LABEL: &[u8] = b"\x1dstrongroom/keystore/2/log-mac";
const LOG_LABEL: &[u8] = b"\x19strongroom/keystore/2/log";
const ENTRY_LABEL: &[u8] = b"\x1bstrongroom/keystore/2/entry";
const DEK_LABEL: &[u8] = b"\x19strongroom/keystore/2/dek";

/// Fresh random octets, not secret.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], ProviderError> {
    let mut octets = [0; N];
    envelope::random(&mut octets)?;
    Ok(octets)
}

pub(crate) fn sha256(octets: &[u8]) -> [u8; PROOF_LEN] {
    envelope::sha256(&[octets])
}

/// The keystore key (KSK): random, fresh whenever the set of masters changes.
pub(crate) struct KeystoreKey(SecretBytes);

impl KeystoreKey {
    pub(crate) fn generate() -> Result<Self, ProviderError> {
        envelope::random_secret(KEY_LEN).map(Self)
    }

    /// Mutant: the same key for another list of masters. For the tests.
    #[cfg(test)]
    pub(crate) fn again(&self) -> Self {
        Self(self.0.duplicate())
    }
}

/// What a seal of the KSK is bound to besides its own master.
pub(crate) struct Binding<'a> {
    pub(crate) store_id: StoreId,
    pub(crate) rotation_number: u64,
    /// Unique Identifiers of all masters, in order.
    pub(crate) masters: Vec<&'a str>,
}

impl<'a> Binding<'a> {
    pub(crate) fn of(content: &'a Metadata) -> Self {
        Self {
            store_id: content.store_id,
            rotation_number: content.rotation_number,
            masters: content.master_ids(),
        }
    }

    fn aad(&self) -> Vec<u8> {
        let mut aad = KSK_LABEL.to_vec();
        aad.extend_from_slice(self.store_id.octets());
        aad.extend_from_slice(&self.rotation_number.to_be_bytes());
        // One or two masters, by the format.
        aad.push(u8::try_from(self.masters.len()).unwrap_or(u8::MAX));
        for master in &self.masters {
            aad.extend_from_slice(&text_len(master));
            aad.extend_from_slice(master.as_bytes());
        }
        aad
    }
}

/// A sealed KSK did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealRefusal {
    /// The check value does not fit: other octets than it was sealed under.
    WrongKey,
    /// The check value fits and the tag does not.
    DoesNotOpen,
}

/// Seals `ksk` under `master` with a fresh salt, so that the sealing key is used once.
pub(crate) fn seal_ksk(
    (unique_identifier, master): (&str, &MasterKey),
    binding: &Binding<'_>,
    ksk: &KeystoreKey,
) -> Result<Seal, ProviderError> {
    let salt = random::<SALT_LEN>()?;
    let hkdf = Hkdf::extract(&salt, master.secret().expose())?;
    let check = check_value(&hkdf, binding.store_id, unique_identifier)?;
    let key = seal_key(&hkdf, binding.store_id, unique_identifier)?;
    let sealed = envelope::seal_once(key, &binding.aad(), ksk.0.expose())?;
    Ok(Seal {
        salt,
        check,
        sealed: fixed(&sealed)?,
    })
}

/// Whether the octets of `master` are those that `seal` was made under; constant time.
pub(crate) fn fits(
    (unique_identifier, master): (&str, &MasterKey),
    store_id: StoreId,
    seal: &Seal,
) -> bool {
    Hkdf::extract(&seal.salt, master.secret().expose())
        .and_then(|hkdf| check_value(&hkdf, store_id, unique_identifier))
        .is_ok_and(|check| SecretBytes::copy_from(&check).ct_eq(&seal.check))
}

/// Seals a random keystore key under `master` as a store of its own and opens it again.
pub(crate) fn seals_and_opens(master: &MasterKey) -> Result<bool, ProviderError> {
    let binding = Binding {
        store_id: StoreId::new(random()?),
        rotation_number: 0,
        masters: vec!["trial"],
    };
    let ksk = KeystoreKey::generate()?;
    let seal = seal_ksk(("trial", master), &binding, &ksk)?;
    let opened = open_ksk(("trial", master), &binding, &seal);
    Ok(opened.is_ok_and(|opened| opened.0.ct_eq(ksk.0.expose())))
}

/// Opens a sealed KSK, check value first.
pub(crate) fn open_ksk(
    master: (&str, &MasterKey),
    binding: &Binding<'_>,
    seal: &Seal,
) -> Result<KeystoreKey, SealRefusal> {
    if !fits(master, binding.store_id, seal) {
        return Err(SealRefusal::WrongKey);
    }
    let refused = |_| SealRefusal::DoesNotOpen;
    let hkdf = Hkdf::extract(&seal.salt, master.1.secret().expose()).map_err(refused)?;
    let key = seal_key(&hkdf, binding.store_id, master.0).map_err(refused)?;
    envelope::open_once(&key, &binding.aad(), &seal.sealed)
        .map(KeystoreKey)
        .map_err(|_| SealRefusal::DoesNotOpen)
}

/// What one snapshot's salt makes of the KSK.
pub(crate) struct SnapshotKeys {
    mac: HmacSha256,
    log_mac: HmacSha256,
    /// Makes the wrap keys of log entries.
    log: SecretBytes,
    wrap: Hkdf,
    store_id: StoreId,
    generation: u64,
}

impl SnapshotKeys {
    /// For the snapshot with this store id, snapshot generation and salt.
    pub(crate) fn derive(ksk: &KeystoreKey, content: &Metadata) -> Result<Self, ProviderError> {
        let hkdf = Hkdf::extract(&content.salt, ksk.0.expose())?;
        let generation = content.snapshot_generation.to_be_bytes();
        let expand = |label| {
            let info: [&[u8]; 3] = [label, content.store_id.octets(), &generation];
            hkdf.expand_secret(&info, KEY_LEN)
        };
        Ok(Self {
            mac: HmacSha256::new(&expand(MAC_LABEL)?)?,
            log_mac: HmacSha256::new(&expand(LOG_MAC_LABEL)?)?,
            log: expand(LOG_LABEL)?,
            wrap: Hkdf::from_prk(expand(WRAP_LABEL)?.expose())?,
            store_id: content.store_id,
            generation: content.snapshot_generation,
        })
    }

    /// The generation of the snapshot.
    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    /// The MAC of a log entry whose predecessor's MAC is `before`.
    pub(crate) fn log_mac(
        &self,
        before: &[u8; PROOF_LEN],
        signed: &[u8],
    ) -> Result<[u8; PROOF_LEN], ProviderError> {
        self.log_mac.sign(&[before, signed])
    }

    /// Whether it is that MAC.
    pub(crate) fn is_log_mac(&self, before: &[u8; PROOF_LEN], signed: &[u8], mac: &[u8]) -> bool {
        self.log_mac.verify(&[before, signed], mac)
    }

    /// The wrap key of a log entry.
    pub(crate) fn entry_wrap(&self, entry: &EntrySalt) -> Result<Hkdf, ProviderError> {
        let hkdf = Hkdf::extract(&entry.salt, self.log.expose())?;
        let (generation, sequence) = (self.generation.to_be_bytes(), entry.sequence.to_be_bytes());
        let info: [&[u8]; 4] = [ENTRY_LABEL, self.store_id.octets(), &generation, &sequence];
        Hkdf::from_prk(hkdf.expand_secret(&info, KEY_LEN)?.expose())
    }

    /// The wrap key of this snapshot.
    pub(crate) const fn wrap(&self) -> &Hkdf {
        &self.wrap
    }

    pub(crate) fn mac(&self, octets: &[u8]) -> Result<[u8; PROOF_LEN], ProviderError> {
        self.mac.sign(&[octets])
    }

    /// Whether the MAC in a whole snapshot (digest checked before) is this one's.
    pub(crate) fn authentic(&self, snapshot: &[u8]) -> bool {
        let split = |octets: &[u8]| octets.len().checked_sub(PROOF_LEN);
        let Some((signed, _digest)) = split(snapshot).and_then(|at| snapshot.split_at_checked(at))
        else {
            return false;
        };
        let Some((signed, mac)) = split(signed).and_then(|at| signed.split_at_checked(at)) else {
            return false;
        };
        self.mac.verify(&[signed], mac)
    }

    /// Seals `dek` under a key of its own, made of `wrap`: this snapshot's or one of its entries'.
    pub(crate) fn seal_dek(
        &self,
        wrap: &Hkdf,
        (id, generation): (&KeyId, DekGeneration),
        dek: &Dek,
    ) -> Result<[u8; SEALED_LEN], ProviderError> {
        let key = dek_key(wrap, id, generation)?;
        let aad = self.dek_aad(id, generation);
        let sealed = envelope::seal_once(key, &aad, dek.secret().expose())?;
        fixed(&sealed)
    }

    /// Opens every record.
    pub(crate) fn open_all(&self, content: &Metadata) -> Result<(), DekError> {
        bulk::for_each(content.deks.iter().collect(), |record| {
            self.open_dek(record).map(drop)
        })
    }

    /// Opens a record and compares its check value.
    pub(crate) fn open_dek(&self, record: &DekRecord) -> Result<Dek, DekError> {
        let refused = || DekError::DoesNotOpen {
            id: record.id.clone(),
            generation: record.generation,
        };
        let (id, generation) = (&record.id, record.generation);
        let of_entry = record.entry.as_ref().map(|entry| self.entry_wrap(entry));
        let of_entry = of_entry.transpose().map_err(|_| refused())?;
        let wrap = of_entry.as_ref().unwrap_or(&self.wrap);
        let key = dek_key(wrap, id, generation).map_err(|_| refused())?;
        let aad = self.dek_aad(id, generation);
        let octets = envelope::open_once(&key, &aad, &record.sealed).map_err(|_| refused())?;
        let dek = Dek::from_secret(octets).map_err(|_| refused())?;
        let fits = dek.matches(&self.store_id, id, generation, &record.check);
        fits.is_ok_and(|fits| fits)
            .then_some(dek)
            .ok_or_else(refused)
    }

    fn dek_aad(&self, id: &KeyId, generation: DekGeneration) -> Vec<u8> {
        let mut aad = DEK_LABEL.to_vec();
        aad.extend_from_slice(self.store_id.octets());
        aad.extend_from_slice(&id_len(id));
        aad.extend_from_slice(id.as_str().as_bytes());
        aad.extend_from_slice(&generation.value().to_be_bytes());
        aad
    }
}

fn dek_key(
    wrap: &Hkdf,
    id: &KeyId,
    generation: DekGeneration,
) -> Result<SecretBytes, ProviderError> {
    let generation = generation.value().to_be_bytes();
    let info: [&[u8]; 4] = [DEK_LABEL, &id_len(id), id.as_str().as_bytes(), &generation];
    wrap.expand_secret(&info, KEY_LEN)
}

fn check_value(
    hkdf: &Hkdf,
    store_id: StoreId,
    unique_identifier: &str,
) -> Result<[u8; CHECK_LEN], ProviderError> {
    let mut check = [0; CHECK_LEN];
    let len = text_len(unique_identifier);
    let id = unique_identifier.as_bytes();
    hkdf.expand(&[CHECK_LABEL, store_id.octets(), &len, id], &mut check)?;
    Ok(check)
}

fn seal_key(
    hkdf: &Hkdf,
    store_id: StoreId,
    unique_identifier: &str,
) -> Result<SecretBytes, ProviderError> {
    let len = text_len(unique_identifier);
    let id = unique_identifier.as_bytes();
    hkdf.expand_secret(&[SEAL_LABEL, store_id.octets(), &len, id], KEY_LEN)
}

/// A sealed key as the format stores it.
fn fixed(sealed: &[u8]) -> Result<[u8; SEALED_LEN], ProviderError> {
    sealed.try_into().map_err(|_| ProviderError::Length)
}

/// Identifiers have at most 1024 octets, by the format.
fn text_len(text: &str) -> [u8; 2] {
    u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes()
}

/// Key ids have at most 255 octets, by their type.
fn id_len(id: &KeyId) -> [u8; 1] {
    [u8::try_from(id.as_str().len()).unwrap_or(u8::MAX)]
}
