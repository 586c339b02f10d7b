//! Known-bad rotations: what judges the real one must find each of them out.
//!
//! A rotation is driven step by step over the public parts, once as it should be and once with each
//! flaw. The judges are the same for the real `rotate`, for the sound driver, and for the flawed ones.

use std::collections::BTreeSet;
use std::path::Path;

use strongroom::client::Session;
use strongroom::config::Config;
use strongroom::keystore::{
    Activation, AttemptId, Keystore, MasterKey, MasterOrigin, NewMaster, RotationPhase,
    RotationPlan,
};
use strongroom::kmip::CryptographicUsageMask;
use strongroom::kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, Name, RevocationReason,
};
use strongroom::kmip::enumeration::{CryptographicAlgorithm, Operation, RevocationReasonCode};
use strongroom::kmip::object::ManagedObject;
use strongroom::kmip::operation::{CreateRequest, LocateRequest};
use strongroom::{LABEL_INTENT, LABEL_STORE, Options, TakeOver};
use strongroom_server::{FaultAction, HandshakeFault, Profile};

use crate::forged::{found, put_back, save};
use crate::harness::{Harness, opens, session, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 2000"];
const MANY: u64 = 100;

/// Who rotates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// `strongroom::rotate`.
    Real,
    /// The driver below, without a flaw.
    Sound,
    /// Leaves the old key before every server returns the new one.
    NoWait,
    /// Destroys the old key at the end.
    Destroys,
    /// Sends Create again when its reply was lost.
    RetriesBlindly,
    /// Takes a key that bears the label of the attempt.
    AdoptsByLabel,
    /// Deactivates the old key before the keystore has left it. Only a kill shows it (`killed.rs`).
    RetiresFirst,
}

const GOOD: [Who; 2] = [Who::Real, Who::Sound];

type Judged = Result<(), String>;

/// Asks the key server as a rotation does.
pub(crate) struct Driver {
    who: Who,
    session: Session,
    config: Config,
}

impl Driver {
    pub(crate) async fn connect(who: Who, config: Config) -> Self {
        let session = session(&config).await;
        Self {
            who,
            session,
            config,
        }
    }

    async fn octets(&mut self, id: &str) -> Result<MasterKey, String> {
        let answer = self.session.get(id).await.map_err(said)?;
        match answer.object {
            ManagedObject::SymmetricKey(block) => {
                MasterKey::new(block.plain_key().unwrap().duplicate()).map_err(said)
            }
            _ => Err("no symmetric key".to_owned()),
        }
    }

    async fn create(&mut self, name: &str, store: &str, attempt: &str) -> Result<String, String> {
        for again in [true, false] {
            let made = self.session.create(request(name, store, attempt)).await;
            match made {
                Ok(made) => return Ok(made.unique_identifier.to_string()),
                Err(_) if again && self.who == Who::RetriesBlindly => {
                    self.session = session(&self.config).await;
                }
                Err(error) => return Err(said(error)),
            }
        }
        Err("no answer".to_owned())
    }

    /// The key that bears the label of an attempt.
    async fn labelled(&mut self, attempt: &str) -> Option<String> {
        let label = ApplicationSpecificInformation::new(LABEL_INTENT, attempt);
        let label = AttributeValue::ApplicationSpecificInformation(label);
        let found = self.session.locate(LocateRequest::new(vec![label.into()]));
        let found = found.await.ok()?;
        found.unique_identifiers.first().map(ToString::to_string)
    }

    /// Whether every server returns the key.
    async fn everywhere(&mut self, id: &str) -> Judged {
        if self.who == Who::NoWait {
            return Ok(());
        }
        let servers = strongroom::KeyServers::from_config(&self.config).unwrap();
        for session in servers.client().unwrap().connect_each().await {
            session.map_err(said)?.get(id).await.map_err(said)?;
        }
        Ok(())
    }

    pub(crate) async fn run(&mut self, dbpath: &Path) -> Judged {
        let found = found(dbpath);
        let mut masters = found.metadata().masters();
        let old_id = masters.next().unwrap().unique_identifier.clone();
        let old = self.octets(&old_id).await?;
        let mut keystore = found.unlock(&old_id, &old).map_err(said)?;
        if phase(&keystore) != Some(RotationPhase::Both) {
            self.begin(&mut keystore, (&old_id, &old)).await?;
        }
        let new_id = keystore.metadata().masters().next_back().unwrap();
        let new_id = new_id.unique_identifier.clone();
        self.everywhere(&new_id).await?;
        let new = self.octets(&new_id).await?;
        // A key that was taken may be Active already.
        let _ = self.session.activate(&new_id).await;
        keystore.mark_activated(&new_id).map_err(said)?;
        if self.who == Who::RetiresFirst {
            self.retire(&old_id).await?;
        }
        keystore
            .seal_under_new(&new, Activation::Required)
            .map_err(said)?;
        if self.who != Who::RetiresFirst {
            self.retire(&old_id).await?;
        }
        keystore.mark_deactivated(&old_id).map_err(said)?;
        if self.who == Who::Destroys {
            self.session.destroy(&old_id).await.map_err(said)?;
        }
        Ok(())
    }

    async fn retire(&mut self, id: &str) -> Judged {
        let reason = RevocationReason::new(RevocationReasonCode::SUPERSEDED);
        let revoked = self.session.revoke(id, reason).await;
        revoked.map(drop).map_err(said)
    }

    /// Up to phase *both*.
    async fn begin(&mut self, keystore: &mut Keystore, old: (&str, &MasterKey)) -> Judged {
        let label = keystore.metadata().label().to_string();
        let recorded = keystore.metadata().rotation();
        let creating = recorded.filter(|rotation| rotation.phase == RotationPhase::Creating);
        let creating = creating.map(|rotation| rotation.plan.clone());
        let adopted = match (&creating, self.who) {
            (Some(plan), Who::AdoptsByLabel) => self.labelled(&plan.attempt.to_string()).await,
            (Some(plan), _) => {
                keystore.burn_attempt(plan.number).map_err(said)?;
                None
            }
            (None, _) => None,
        };
        let number = match (&adopted, &creating) {
            (Some(_), Some(plan)) => plan.number,
            _ => keystore.metadata().next_number().unwrap(),
        };
        let name = format!("key_name/{label}/v{number}");
        let new_id = match adopted {
            Some(id) => id,
            None => {
                if let (Some(plan), Who::AdoptsByLabel) = (&creating, self.who) {
                    keystore.burn_attempt(plan.number).map_err(said)?;
                }
                let attempt = AttemptId::generate().map_err(said)?;
                let number = keystore.metadata().next_number().unwrap();
                let plan = RotationPlan {
                    number,
                    attempt,
                    logical_identifier: Some("key_name".to_owned()),
                };
                keystore.record_rotation(plan).map_err(said)?;
                let name = format!("key_name/{label}/v{number}");
                self.create(&name, &label, &attempt.to_string()).await?
            }
        };
        let number = keystore
            .metadata()
            .rotation()
            .map_or(number, |one| one.plan.number);
        let new = self.octets(&new_id).await?;
        let master = NewMaster {
            unique_identifier: new_id,
            name: Some(name),
            number,
            origin: MasterOrigin::Create,
            shared: false,
            activated: false,
            servers: Vec::new(),
            algorithm: "AES".to_owned(),
            length_bits: 256,
            wrapped: None,
        };
        keystore.seal_under_both(master, old.1, &new).map_err(said)
    }
}

fn phase(keystore: &Keystore) -> Option<RotationPhase> {
    keystore
        .metadata()
        .rotation()
        .map(|rotation| rotation.phase)
}

fn said(error: impl ToString) -> String {
    error.to_string()
}

fn request(name: &str, store: &str, attempt: &str) -> CreateRequest {
    let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    let label = |space, data, index| {
        let label = ApplicationSpecificInformation::new(space, data);
        Attribute::new(AttributeValue::ApplicationSpecificInformation(label)).with_index(index)
    };
    CreateRequest::symmetric_key(vec![
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(256).into(),
        AttributeValue::CryptographicUsageMask(mask).into(),
        Name::text(name).into(),
        label(LABEL_STORE, store, 0),
        label(LABEL_INTENT, attempt, 1),
    ])
}

/// One run of a rotation; how it ended is no judge's matter.
async fn rotate(who: Who, harness: &Harness, dbpath: &Path) -> Judged {
    if who == Who::Real {
        return harness.rotate(NAMED, dbpath).await.map(drop).map_err(said);
    }
    let mut driver = Driver::connect(who, harness.config(NAMED)).await;
    driver.run(dbpath).await
}

async fn start(harness: &Harness, dbpath: &Path, sealed: &[u8]) -> Judged {
    let mut unlocked = harness.unlock(NAMED, dbpath).await.map_err(said)?;
    match opens(&mut unlocked, sealed) {
        true => Ok(()),
        false => Err("what was sealed does not open".to_owned()),
    }
}

/// The second server lags behind; then the first one is lost.
async fn opens_after_failover(who: Who) -> Judged {
    let (harness, _second, replica) = Harness::start_pair().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    replica.hold();
    for _ in 0..2 {
        drop(rotate(who, &harness, &dbpath).await);
    }
    for connection in 1..=MANY {
        let closed = HandshakeFault::Close;
        harness.faults().at_handshake(connection, closed);
    }
    start(&harness, &dbpath, &sealed).await
}

/// A backup from before the rotation is restored after it.
async fn keeps_backups(who: Who) -> Judged {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    let backup = save(&dbpath);
    rotate(who, &harness, &dbpath).await.unwrap();
    start(&harness, &dbpath, &sealed).await.unwrap();
    put_back(&dbpath, &backup);
    let options = Options::default();
    let kind = (TakeOver::Restore, &options);
    let taken = strongroom::take_over(&harness.config(NAMED), &dbpath, kind).await;
    drop(taken.map_err(said)?);
    start(&harness, &dbpath, &sealed).await
}

/// The reply to Create is lost, on a server that lets a Name stand twice.
async fn sends_no_create_twice(who: Who) -> Judged {
    let harness = Harness::start_as(Profile::PYKMIP).await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    harness.faults().clear();
    let lost = FaultAction::DropAfterHandling;
    harness.faults().on(Operation::CREATE, 1, lost);
    for _ in 0..2 {
        drop(rotate(who, &harness, &dbpath).await);
    }
    let keys = harness.keys().await;
    let names: BTreeSet<&str> = keys.iter().map(|key| key.name.as_str()).collect();
    match names.len() == keys.len() {
        true => Ok(()),
        false => Err(format!("a request was sent twice: {keys:?}")),
    }
}

/// Somebody who reads the keystore's record puts a key of his own where the lost one would be.
async fn takes_no_planted_key(who: Who) -> Judged {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    harness.faults().clear();
    let lost = FaultAction::DropBeforeHandling;
    harness.faults().on(Operation::CREATE, 1, lost);
    drop(rotate(who, &harness, &dbpath).await);
    let (label, attempt, number) = {
        let found = found(&dbpath);
        let metadata = found.metadata();
        let plan = &metadata.rotation().unwrap().plan;
        let label = metadata.label().to_string();
        (label, plan.attempt.to_string(), plan.number)
    };
    let name = format!("key_name/{label}/v{number}");
    let mut session = harness.session().await;
    let planted = session.create(request(&name, &label, &attempt)).await;
    let planted = planted.unwrap().unique_identifier.to_string();
    drop(rotate(who, &harness, &dbpath).await);
    let found = found(&dbpath);
    let mut masters = found.metadata().masters();
    match masters.any(|entry| entry.unique_identifier == planted) {
        true => Err("the keystore is sealed under a planted key".to_owned()),
        false => Ok(()),
    }
}

/// Every good rotation passes, and the flawed one does not.
fn verdict(good: [Judged; 2], (flaw, flawed): (Who, Judged), why: &str) {
    for (who, judged) in GOOD.into_iter().zip(good) {
        assert_eq!(judged, Ok(()), "{who:?}");
    }
    let found = flawed.expect_err("not found out");
    assert!(found.contains(why), "{flaw:?}: {found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_does_not_wait_for_lagging_servers_is_found_out() {
    let good = [
        opens_after_failover(Who::Real).await,
        opens_after_failover(Who::Sound).await,
    ];
    let flaw = Who::NoWait;
    verdict(good, (flaw, opens_after_failover(flaw).await), "127.0.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_destroys_is_found_out() {
    let good = [
        keeps_backups(Who::Real).await,
        keeps_backups(Who::Sound).await,
    ];
    let flaw = Who::Destroys;
    verdict(good, (flaw, keeps_backups(flaw).await), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_retries_blindly_is_found_out() {
    let good = [
        sends_no_create_twice(Who::Real).await,
        sends_no_create_twice(Who::Sound).await,
    ];
    let flaw = Who::RetriesBlindly;
    verdict(
        good,
        (flaw, sends_no_create_twice(flaw).await),
        "sent twice",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_adopts_by_label_is_found_out() {
    let good = [
        takes_no_planted_key(Who::Real).await,
        takes_no_planted_key(Who::Sound).await,
    ];
    let flaw = Who::AdoptsByLabel;
    verdict(good, (flaw, takes_no_planted_key(flaw).await), "planted");
}
