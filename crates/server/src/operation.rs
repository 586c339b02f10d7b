//! What the server does for each operation, one file each.
//!
//! May touch: the vault, the clock that it is given, the random source.

mod add_attribute;
mod archive;
mod check;
mod create;
mod create_key_pair;
mod decrypt;
mod delete_attribute;
mod derive_key;
mod encrypt;
mod export;
mod get;
mod hash;
mod import;
mod insert;
mod interop;
mod locate;
mod mac;
mod mac_verify;
mod modify_attribute;
mod obtain_lease;
mod query;
mod re_key;
mod register;
mod rng_retrieve;
mod rng_seed;
mod set_attribute;
mod sign;
mod state;
mod usable;
mod wrapping;

use std::sync::Arc;

pub(crate) use insert::random_text;
pub(crate) use query::OPERATIONS;

use strongroom_kmip::{ProtocolVersion, UniqueIdentifier};

use crate::identity::Identity;
use crate::object::{Object, ObjectName};
use crate::profile::Profile;
use crate::refusal::Refusal;
use crate::vault::{Table, Vault};

/// What an operation is done with: on whose behalf, when, in which version, on which objects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) profile: &'a Profile,
    pub(crate) identity: &'a Identity,
    /// Seconds since 1970 (UTC).
    pub(crate) now: i64,
    pub(crate) version: ProtocolVersion,
}

impl Context<'_> {
    /// The caller's object with this Unique Identifier.
    fn find(&self, table: &Table, uid: &str) -> Result<Arc<Object>, Refusal> {
        let object = table.find(uid).ok_or_else(|| self.absent(uid, false))?;
        if object.owner != *self.identity {
            return Err(self.absent(uid, true));
        }
        Ok(Arc::clone(object))
    }

    /// Why the caller does not get this object: another has it, or nobody.
    fn absent(&self, uid: &str, foreign: bool) -> Refusal {
        let uid = uid.to_owned();
        match (foreign, self.profile.pykmip_ways) {
            (true, false) => Refusal::Foreign(uid),
            (false, false) => Refusal::NotFound(uid),
            (foreign, true) => Refusal::Pykmip { uid, foreign },
        }
    }

    /// As [`Self::find`]; `None` is a request without identifier outside a batch.
    fn object(&self, uid: Option<&UniqueIdentifier>) -> Result<Arc<Object>, Refusal> {
        let uid = uid
            .and_then(UniqueIdentifier::as_text)
            .ok_or(Refusal::NoIdentifier)?;
        self.vault.read(|table| self.find(table, uid))
    }

    /// Changes the caller's object; a refusal leaves it as it is, and so does its being archived.
    fn change(
        &self,
        uid: Option<&UniqueIdentifier>,
        change: impl FnOnce(&mut Object) -> Result<(), Refusal>,
    ) -> Result<Arc<Object>, Refusal> {
        self.change_any(uid, |object| {
            object.refuse_archived()?;
            change(object)
        })
    }

    /// As [`Self::change`], archived or not.
    fn change_any(
        &self,
        uid: Option<&UniqueIdentifier>,
        change: impl FnOnce(&mut Object) -> Result<(), Refusal>,
    ) -> Result<Arc<Object>, Refusal> {
        let uid = uid
            .and_then(UniqueIdentifier::as_text)
            .ok_or(Refusal::NoIdentifier)?;
        Ok(self.vault.update(|table| {
            let mut object = Object::clone(&*self.find(table, uid)?);
            change(&mut object)?;
            Ok(object)
        })?)
    }

    /// Names of objects that are not destroyed are unique on a server (KMIP 1.0, 3.2).
    fn refuse_taken_names(&self, table: &Table, names: &[ObjectName]) -> Result<(), Refusal> {
        if self.profile.duplicate_names {
            return Ok(());
        }
        let lives = |object: &&Arc<Object>| !object.life.state_at(self.now).is_destroyed();
        for (at, name) in names.iter().enumerate() {
            let twice = names.iter().take(at).any(|other| other.value == name.value);
            if twice || table.named(&name.value).any(|object| lives(&object)) {
                return Err(Refusal::NameTaken(name.value.clone()));
            }
        }
        Ok(())
    }
}
