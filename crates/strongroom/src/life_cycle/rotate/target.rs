//! Which key a rotation goes to. May touch: the key servers; sends Locate and Get Attributes only.

use strongroom_config::{Config, KeyIdentifierKind};
use strongroom_keystore::Metadata;

use super::super::find::{Demands, find, judge};
use super::super::{Options, kmip};
use super::key_identifier;
use crate::error::Error;
use crate::master::{KeyFacts, KeyServers, later_name, number_of};

/// The key that a rotation goes to.
pub(super) enum Target {
    /// One that the operator gave.
    Given {
        facts: KeyFacts,
        number: u32,
        logical: String,
        shared: bool,
    },
    /// One that is to be made under this Name.
    New {
        name: String,
        number: u32,
        logical: Option<String>,
    },
}

impl Target {
    pub(super) fn number(&self) -> u32 {
        match self {
            Self::Given { number, .. } | Self::New { number, .. } => *number,
        }
    }

    pub(super) fn logical_identifier(&self) -> Option<&str> {
        match self {
            Self::Given { logical, .. } => Some(logical),
            Self::New { logical, .. } => logical.as_deref(),
        }
    }

    pub(super) fn shared(&self) -> bool {
        matches!(self, Self::Given { shared: true, .. })
    }
}

/// Decides from the configuration, the keystore's record and what is on the servers.
pub(super) async fn target(
    config: &Config,
    servers: &KeyServers,
    metadata: &Metadata,
    options: &Options,
) -> Result<Target, Error> {
    let number = next_number(servers, metadata).await?;
    match key_identifier(config, options)? {
        Some(identifier) if metadata.logical_identifier() != Some(identifier) => {
            named(config, servers, metadata, (identifier, number, options)).await
        }
        _ => next_version(servers, metadata, number).await,
    }
}

/// The operator names another key: it is taken if it is there, made if it is a Name and absent.
async fn named(
    config: &Config,
    servers: &KeyServers,
    metadata: &Metadata,
    (identifier, number, options): (&str, u32, &Options),
) -> Result<Target, Error> {
    let kmip = kmip(config)?;
    let label = metadata.label().as_str();
    let kind = kmip.key_identifier_kind.value;
    let Some(facts) = find(servers, identifier, kind).await? else {
        if kind == KeyIdentifierKind::UniqueIdentifier {
            return Err(servers.not_found(identifier));
        }
        return Ok(Target::New {
            name: identifier.to_owned(),
            number,
            logical: Some(identifier.to_owned()),
        });
    };
    if options
        .source_label
        .as_deref()
        .is_some_and(|source| facts.bears(source))
    {
        // The key of another copy of this store, which shares no key with this one.
        let base = facts.names.iter().any(|name| name == identifier);
        let base = base.then_some(identifier);
        return free_name(servers, (base, label, number), Some(identifier)).await;
    }
    let mut known = metadata.masters().chain(metadata.history());
    if known.any(|entry| entry.unique_identifier == facts.unique_identifier) {
        return Err(Error::RotationToSameKey {
            identifier: identifier.to_owned(),
        });
    }
    if facts.bears(label) && facts.state == Some(strongroom_kmip::enumeration::State::PRE_ACTIVE) {
        // A stray of an attempt whose reply was lost. Nothing is adopted by its label (I8).
        return free_name(servers, (Some(identifier), label, number), Some(identifier)).await;
    }
    let demands = Demands {
        label,
        strict: kmip.activate_keys.value,
        shared_key: options.shared_key,
        own_may_wait: false,
    };
    judge(&facts, demands)?;
    Ok(Target::Given {
        shared: facts.other_store(label).is_some(),
        facts,
        number,
        logical: identifier.to_owned(),
    })
}

/// The next version of the same logical key.
async fn next_version(
    servers: &KeyServers,
    metadata: &Metadata,
    number: u32,
) -> Result<Target, Error> {
    let logical = metadata.logical_identifier();
    // A Unique Identifier is no Name to build upon.
    let mut masters = metadata.masters().chain(metadata.history());
    let mut is_id = |identifier: &str| masters.any(|entry| entry.unique_identifier == identifier);
    let base = logical.filter(|identifier| !is_id(identifier));
    free_name(servers, (base, metadata.label().as_str(), number), logical).await
}

/// The first number from `number` on whose Name is free; a taken one is skipped.
async fn free_name(
    servers: &KeyServers,
    (base, label, number): (Option<&str>, &str, u32),
    logical: Option<&str>,
) -> Result<Target, Error> {
    let mut link = servers.connect().await?;
    let free = link
        .first_free(number, |number| later_name(base, label, number))
        .await;
    link.close().await;
    let (name, number) = free?;
    Ok(Target::New {
        name,
        number,
        logical: logical.map(str::to_owned),
    })
}

/// One more than the highest number in the record or on the server.
async fn next_number(servers: &KeyServers, metadata: &Metadata) -> Result<u32, Error> {
    let recorded = metadata.next_number().ok_or(Error::NumbersExhausted)?;
    let label = metadata.label().as_str();
    let mut link = servers.connect().await?;
    let ours = link.labelled(label).await;
    link.close().await;
    let highest = ours?
        .iter()
        .flat_map(|key| &key.names)
        .filter_map(|name| number_of(name, label))
        .max()
        .unwrap_or(0);
    let beyond = highest.checked_add(1).ok_or(Error::NumbersExhausted)?;
    Ok(recorded.max(beyond))
}
