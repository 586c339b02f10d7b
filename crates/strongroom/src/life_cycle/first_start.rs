//! A first start: find or make the master key, use it once, and only then make the keystore (I4).
//!
//! May touch: the store's directory (intent file, then keystore), the key servers.

use strongroom_cipher::StoreId;
use strongroom_config::{Config, KeyIdentifierKind, MasterKeyMode};
use strongroom_keystore::{
    AttemptId, Intent, IntentState, Keystore, LockedDir, MasterOrigin, NewMaster, NewStore,
    StoreLabel,
};
use strongroom_kmip::enumeration::State;

use super::find::{Demands, find, judge};
use super::report::{KeyOrigin, Warning};
use super::{Options, kmip};
use crate::error::Error;
use crate::master::{KeyFacts, KeyFile, KeyRef, KeyServers, NewKey, first_name, number_of};

/// The key that the store gets, before it was tried.
struct Candidate {
    facts: KeyFacts,
    number: u32,
    origin: MasterOrigin,
    shared: bool,
}

/// Makes the store. `left` is the intent file of an earlier attempt that did not get here.
pub(super) async fn run(
    config: &Config,
    servers: &KeyServers,
    dir: &LockedDir,
    (left, options): (Option<IntentState>, &Options),
) -> Result<(Keystore, KeyOrigin, Vec<Warning>), Error> {
    let intent = intent(left)?;
    if let Some(file) = servers.key_file() {
        if servers.client().is_some() {
            return Err(Error::TwoMasterKeys);
        }
        let candidate = of_file(file)?;
        let keystore = settle(config, servers, dir, (&intent, candidate)).await?;
        return Ok((keystore, KeyOrigin::Taken, Vec::new()));
    }
    let (candidate, origin) = match named_key(config, servers, &intent, options).await? {
        Some(candidate) => (candidate, KeyOrigin::Taken),
        None => (
            make(config, servers, dir, intent.clone()).await?,
            KeyOrigin::Made,
        ),
    };
    let keystore = settle(config, servers, dir, (&intent, candidate)).await?;
    Ok((keystore, origin, Vec::new()))
}

/// Store id and label of an earlier attempt are kept, so that a lost reply heals itself: the key
/// that it made bears this label. Its attempt and number are burnt.
fn intent(left: Option<IntentState>) -> Result<Intent, Error> {
    let intent_id = AttemptId::generate().map_err(|_| Error::NoRandomness)?;
    if let Some(IntentState::Whole(mut left)) = left {
        left.burnt.push(left.number);
        left.number = left.number.checked_add(1).ok_or(Error::NumbersExhausted)?;
        left.intent_id = intent_id;
        return Ok(left);
    }
    Ok(Intent {
        store_id: StoreId::generate().map_err(|_| Error::NoRandomness)?,
        label: StoreLabel::generate().map_err(|_| Error::NoRandomness)?,
        intent_id,
        number: 1,
        burnt: Vec::new(),
        key_name: None,
    })
}

/// The key that `keyIdentifier` names, if there is one.
async fn named_key(
    config: &Config,
    servers: &KeyServers,
    intent: &Intent,
    options: &Options,
) -> Result<Option<Candidate>, Error> {
    let kmip = kmip(config)?;
    let Some(identifier) = &kmip.key_identifier else {
        return Ok(None);
    };
    let kind = kmip.key_identifier_kind.value;
    let Some(facts) = find(servers, &identifier.value, kind).await? else {
        return match kind {
            KeyIdentifierKind::UniqueIdentifier => Err(servers.not_found(&identifier.value)),
            _ => Ok(None),
        };
    };
    let label = intent.label.as_str();
    let demands = Demands {
        label,
        strict: kmip.activate_keys.value,
        shared_key: options.shared_key,
        own_may_wait: true,
    };
    judge(&facts, demands)?;
    let ours = facts.bears(label);
    Ok(Some(Candidate {
        number: facts
            .name()
            .and_then(|name| number_of(name, label))
            .unwrap_or(1),
        origin: if ours {
            made_by(kmip.master_key_mode.value)
        } else {
            MasterOrigin::Given
        },
        shared: facts.other_store(label).is_some(),
        facts,
    }))
}

/// The key of the key file: it is there already, and nobody else is told.
fn of_file(file: &KeyFile) -> Result<Candidate, Error> {
    let (unique_identifier, _) = file.read()?;
    Ok(Candidate {
        facts: KeyFile::facts(unique_identifier),
        number: 1,
        origin: MasterOrigin::Given,
        shared: false,
    })
}

/// Makes a key. The intent is durable before the key server hears of it.
async fn make(
    config: &Config,
    servers: &KeyServers,
    dir: &LockedDir,
    mut intent: Intent,
) -> Result<Candidate, Error> {
    let kmip = kmip(config)?;
    let identifier = kmip
        .key_identifier
        .as_ref()
        .map(|setting| setting.value.as_str());
    let name = match identifier {
        Some(name) => name.to_owned(),
        None => {
            let label = intent.label.to_string();
            let mut link = servers.connect().await?;
            let free = link
                .first_free(intent.number, |number| first_name(&label, number))
                .await;
            link.close().await;
            let (name, number) = free?;
            intent.number = number;
            name
        }
    };
    intent.key_name = Some(name.clone());
    dir.write_intent(&intent)?;
    let key = NewKey {
        name,
        store: intent.label.to_string(),
        intent: intent.intent_id.to_string(),
        replaces: None,
    };
    let facts = servers.make(&key, kmip.master_key_mode.value).await?;
    Ok(Candidate {
        facts,
        number: intent.number,
        origin: made_by(kmip.master_key_mode.value),
        shared: false,
    })
}

/// Fetches the key from every listed server, uses it once, and makes both copies of the keystore.
async fn settle(
    config: &Config,
    servers: &KeyServers,
    dir: &LockedDir,
    (intent, candidate): (&Intent, Candidate),
) -> Result<Keystore, Error> {
    let identifier = config.kmip.as_ref();
    let identifier = identifier.and_then(|kmip| kmip.key_identifier.as_ref());
    let id = candidate.facts.unique_identifier.clone();
    let wraps = wraps(config) && !KeyFile::names(&id);
    let (key, wrapped) = match wraps {
        true => {
            let wrapped = servers.wrap(&candidate.facts, intent.store_id).await?;
            (wrapped.key, Some(wrapped.octets))
        }
        false => (servers.fetch(KeyRef::plain(&id)).await?, None),
    };
    if !KeyFile::names(&id) {
        let key_ref = KeyRef::new(&id, wrapped.as_deref(), intent.store_id);
        servers.readable_everywhere(key_ref, &key).await?;
    }
    if !key.try_out().map_err(|_| Error::NoRandomness)? {
        return Err(Error::TrialFailed {
            unique_identifier: id,
        });
    }
    let store = NewStore {
        store_id: intent.store_id,
        label: intent.label,
        logical_identifier: identifier.map(|setting| setting.value.clone()),
        master: new_master(
            servers,
            &candidate.facts,
            (candidate.number, candidate.origin, candidate.shared),
            wrapped,
        ),
    };
    Ok(Keystore::create(dir, store, &key)?)
}

/// What the keystore records of a key.
pub(super) fn new_master(
    servers: &KeyServers,
    facts: &KeyFacts,
    (number, origin, shared): (u32, MasterOrigin, bool),
    wrapped: Option<Vec<u8>>,
) -> NewMaster {
    NewMaster {
        unique_identifier: facts.unique_identifier.clone(),
        name: facts.name().map(str::to_owned),
        number,
        origin,
        shared,
        activated: facts.state == Some(State::ACTIVE),
        servers: match KeyFile::names(&facts.unique_identifier) {
            true => Vec::new(),
            false => servers.names(),
        },
        algorithm: "AES".to_owned(),
        length_bits: 256,
        wrapped,
    }
}

/// Whether the next master key stays on its server.
pub(super) fn wraps(config: &Config) -> bool {
    let kmip = config.kmip.as_ref();
    kmip.is_some_and(|kmip| kmip.master_key_mode.value == MasterKeyMode::Wrap)
}

/// How a key of ours comes to be in this mode.
pub(super) fn made_by(mode: MasterKeyMode) -> MasterOrigin {
    match mode {
        MasterKeyMode::Register => MasterOrigin::Register,
        _ => MasterOrigin::Create,
    }
}
