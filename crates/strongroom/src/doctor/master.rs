//! The master key on every server: there, readable, the same, in a state to be used; and strays.
//!
//! May touch: the key servers. Sends Locate, Get and Get Attributes only (I12).

use strongroom_client::{ErrorKind, ReplicaStanding};
use strongroom_config::KmipConfig;
use strongroom_keystore::{MasterEntry, Metadata, UnverifiedKeystore};
use strongroom_kmip::enumeration::State;

use super::finding::Finding;
use crate::error::Error;
use crate::life_cycle::find::{Demands, find, judge};
use crate::master::{KeyFile, KeyRef, KeyServers};

const KEY: &str = "master key";
const STRAY: &str = "stray key";

/// The keys that the keystore names, on every server.
pub(super) async fn of_keystore(
    servers: &KeyServers,
    kmip: &KmipConfig,
    found: &UnverifiedKeystore,
) -> Vec<Finding> {
    let metadata = found.metadata();
    let label = metadata.label().to_string();
    let mut findings = Vec::new();
    for entry in metadata.masters() {
        let id = entry.unique_identifier.as_str();
        let demands = Demands {
            label: &label,
            strict: kmip.activate_keys.value,
            shared_key: entry.shared,
            own_may_wait: true,
        };
        let home = servers.home(entry);
        findings.extend(state(home, id, demands).await);
        // A key that never leaves its server is given out by none.
        if entry.wrapped.is_none() {
            findings.extend(everywhere(home, id).await);
        }
        findings.extend(opens(home, entry, found).await);
    }
    findings.extend(strays(servers, metadata).await);
    findings
}

/// The key that the configuration names, before there is a keystore.
pub(super) async fn of_configuration(servers: &KeyServers, kmip: &KmipConfig) -> Vec<Finding> {
    let Some(identifier) = &kmip.key_identifier else {
        let text = "keyIdentifier is not given: a first start makes a key with a Name of its own";
        return vec![Finding::note(KEY, text)];
    };
    let kind = kmip.key_identifier_kind.value;
    let key = match find(servers, &identifier.value, kind).await {
        Ok(Some(key)) => key,
        Ok(None) if kind == strongroom_config::KeyIdentifierKind::UniqueIdentifier => {
            return vec![Finding::error(KEY, &servers.not_found(&identifier.value))];
        }
        Ok(None) => {
            let text = format!(
                "no key has the Name {:?}: a first start makes it",
                identifier.value
            );
            return vec![Finding::note(KEY, text)];
        }
        Err(error) => return vec![Finding::error(KEY, &error)],
    };
    let demands = Demands {
        label: "",
        strict: kmip.activate_keys.value,
        shared_key: false,
        own_may_wait: false,
    };
    let mut findings = match judge(&key, demands) {
        // Without the directory nobody knows whether it is this store's.
        Err(error @ Error::AnotherStoresKey { .. }) => {
            let text = format!("{error}, unless that is the store that this configuration is for");
            vec![Finding::note(KEY, text)]
        }
        Err(error) => vec![Finding::error(KEY, &error)],
        Ok(()) => vec![Finding::ok(
            KEY,
            format!("{} may be used", key.unique_identifier),
        )],
    };
    findings.extend(everywhere(servers, &key.unique_identifier).await);
    findings
}

/// Its worst state on the servers that answer.
async fn state(servers: &KeyServers, id: &str, demands: Demands<'_>) -> Option<Finding> {
    let standing = servers.standing(id).await;
    let worst = standing.worst()?;
    Some(match judge(worst, demands) {
        Ok(()) => {
            let state = worst
                .state
                .map_or("not told".to_owned(), |state| state.to_string());
            Finding::ok(KEY, format!("{id} has the state {state}"))
        }
        Err(error) => Finding::error(KEY, &error),
    })
}

/// Whether every server gives it out, and the same octets.
async fn everywhere(servers: &KeyServers, id: &str) -> Vec<Finding> {
    // A key file is on no server.
    let Some(client) = servers.client().filter(|_| !KeyFile::names(id)) else {
        return Vec::new();
    };
    let replicas = client.replicas(id).await;
    let is_same = |standing: &ReplicaStanding| matches!(standing, ReplicaStanding::Same);
    let somewhere = replicas.servers.iter().any(|one| is_same(&one.standing));
    if replicas.missing_everywhere() {
        return vec![Finding::error(KEY, &servers.not_found(id))];
    }
    let findings = replicas.servers.into_iter().filter_map(|replica| {
        let server = replica.server.to_string();
        let missing = |server, cause| Error::NotOnEveryServer {
            unique_identifier: id.to_owned(),
            server,
            cause,
        };
        match replica.standing {
            ReplicaStanding::Same => Some(Finding::ok(KEY, format!("{server} gives out {id}"))),
            ReplicaStanding::Different => {
                let unique_identifier = id.to_owned();
                Some(Finding::error(
                    KEY,
                    &Error::ServersDisagree { unique_identifier },
                ))
            }
            // The connection has a finding of its own.
            ReplicaStanding::Failed(error) if no_connection(error.kind()) => None,
            ReplicaStanding::Failed(error) => {
                let error = missing(server, Some(Box::new(error.into())));
                Some(Finding::error(KEY, &error))
            }
            _ => {
                let finding = Finding::error(KEY, &missing(server, None));
                Some(if somewhere {
                    finding.softened()
                } else {
                    finding
                })
            }
        }
    });
    findings.collect()
}

const fn no_connection(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Tls | ErrorKind::Authentication
    )
}

/// Whether the keystore opens under it. The keystore is read only.
async fn opens(
    servers: &KeyServers,
    entry: &MasterEntry,
    found: &UnverifiedKeystore,
) -> Option<Finding> {
    let id = entry.unique_identifier.as_str();
    // A key that no server gives out has its finding already.
    let store = found.metadata().store_id();
    let key = servers.fetch(KeyRef::of(entry, store)).await.ok()?;
    Some(match found.verify(id, &key) {
        Ok(()) => Finding::ok(
            "keystore",
            format!("opens under {id}, with every data key in it"),
        ),
        Err(strongroom_keystore::VerifyError::Copy { copy, health }) => Finding::warning(
            "keystore",
            format!("opens under {id}, but {copy} is {health}"),
            "run `strongroom unlock`, which writes the bad copy again",
        ),
        Err(error) => Finding::error("keystore", &Error::from(error)),
    })
}

/// Keys with our label that the keystore does not name: left by attempts whose outcome stayed
/// unknown.
async fn strays(servers: &KeyServers, metadata: &Metadata) -> Vec<Finding> {
    let label = metadata.label().to_string();
    let found = match servers.connect().await {
        Ok(mut link) => {
            let found = link.labelled(&label).await;
            link.close().await;
            found
        }
        // The connection has a finding of its own.
        Err(_) => return Vec::new(),
    };
    let keys = match found {
        Ok(keys) => keys,
        Err(error) => return vec![Finding::error(STRAY, &error).softened()],
    };
    let named = |id: &str| {
        let mut entries = metadata.masters().chain(metadata.history());
        entries.any(|entry| entry.unique_identifier == id)
    };
    let gone = [State::DESTROYED, State::DESTROYED_COMPROMISED];
    let strays = keys.into_iter().filter(|key| {
        !named(&key.unique_identifier) && !key.state.is_some_and(|state| gone.contains(&state))
    });
    strays
        .map(|key| {
            let id = &key.unique_identifier;
            let state = key.state.map_or("state not told".to_owned(), |state| state.to_string());
            let text = format!("{id} bears this store's label ({label}), {state}, and the keystore does not name it");
            let fix = format!("when `strongroom master list` shows it as burnt, `strongroom master destroy {id} --yes` destroys it; else find out which copy of this store uses it");
            Finding::warning(STRAY, text, fix)
        })
        .collect()
}
