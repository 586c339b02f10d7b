//! Which operations an identity may do, as the roles of key managers with accounts.
//!
//! May touch: nothing.

use std::collections::BTreeMap;
use std::str::FromStr;

use strongroom_kmip::enumeration::Operation;

use crate::faults::term;
use crate::identity::Identity;

/// Identities and the operations that they may do. An identity without a role may do everything
/// that the profile does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(BTreeMap<Identity, Vec<Operation>>);

/// Why text is no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoleError {
    /// Not `CN=operation,operation`.
    #[error("{0:?} is no role; give the subject CN and its operations, as node-1=get,locate")]
    Form(String),
    /// No operation of KMIP.
    #[error("{0:?} is no operation of KMIP")]
    Operation(String),
}

impl Roles {
    /// Lets `identity` do these operations and no others; more for one identity add up.
    #[must_use]
    pub fn with(mut self, identity: Identity, operations: impl Into<Vec<Operation>>) -> Self {
        self.0
            .entry(identity)
            .or_default()
            .extend(operations.into());
        self
    }

    /// All roles of both.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let roles = other.0.iter();
        roles.fold(self, |all, (identity, operations)| {
            all.with(identity.clone(), operations.clone())
        })
    }

    /// Whether `identity` may do `operation`.
    #[must_use]
    pub fn allow(&self, identity: &Identity, operation: Operation) -> bool {
        let role = self.0.get(identity);
        role.is_none_or(|operations| operations.contains(&operation))
    }
}

/// `CN=operation,operation`; nothing after the sign is a role that may do nothing.
impl FromStr for Roles {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        let form = || RoleError::Form(text.to_owned());
        // An operation has no equals sign; a CN may.
        let (name, list) = text.rsplit_once('=').ok_or_else(form)?;
        if name.is_empty() {
            return Err(form());
        }
        let words = list
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        let operations: Result<Vec<Operation>, RoleError> = words
            .map(|word| {
                term(Operation::VOCABULARY, word)
                    .map(Operation::new)
                    .ok_or_else(|| RoleError::Operation(word.to_owned()))
            })
            .collect();
        Ok(Self::default().with(Identity::new(name), operations?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_list_and_no_role_is_everything() {
        let roles: Roles = "a=b=get, get-attributes".parse().unwrap();
        let (known, other) = (Identity::new("a=b"), Identity::new("c"));
        for operation in [Operation::GET, Operation::GET_ATTRIBUTES] {
            assert!(roles.allow(&known, operation));
        }
        assert!(!roles.allow(&known, Operation::CREATE));
        assert!(roles.allow(&other, Operation::CREATE));
        let nothing: Roles = "c=".parse().unwrap();
        let both = roles.and(&nothing);
        assert!(!both.allow(&other, Operation::GET));
        assert!(both.allow(&known, Operation::GET));
    }

    #[test]
    fn what_is_no_role_is_refused() {
        for text in ["", "node-1", "=get"] {
            let error = text.parse::<Roles>().unwrap_err();
            assert_eq!(error, RoleError::Form(text.to_owned()));
        }
        let error = "node-1=get,fly".parse::<Roles>().unwrap_err();
        assert_eq!(error, RoleError::Operation("fly".into()));
    }
}
