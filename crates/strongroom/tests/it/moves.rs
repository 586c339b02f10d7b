//! A store moves from one list of key servers to another, with a rotation in one step
//! (`security.kmip.migrateFrom`). The two servers know nothing of each other.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use strongroom::config::Config;
use strongroom::keystore::RotationPhase;
use strongroom::kmip::enumeration::{Operation, State};
use strongroom::{Class, Error, Options, Rotated, RunOptions, Running, Unlocked};
use strongroom_server::{FaultAction, Profile};

use crate::forged::{first_master, forge_newer, found, put_back, save, steal};
use crate::harness::{Harness, files, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 2000"];

/// The old list, the new list, and a store under the old one with something sealed.
struct Move {
    old: Harness,
    new: Harness,
    dbpath: std::path::PathBuf,
    sealed: Vec<u8>,
}

impl Move {
    async fn prepare(profile: Profile) -> Self {
        let old = Harness::start_as(profile).await;
        let new = Harness::start_as(profile).await;
        let dbpath = old.dbpath("db");
        let mut unlocked = old.unlock(NAMED, &dbpath).await.unwrap();
        let sealed = witness(&mut unlocked);
        drop(unlocked);
        fs::write(new.file("old.yaml"), old.yaml(NAMED)).unwrap();
        Self {
            old,
            new,
            dbpath,
            sealed,
        }
    }

    /// The new list, with the old one as what is left.
    fn both(&self) -> Config {
        self.both_with(NAMED)
    }

    fn both_with(&self, lines: &[&str]) -> Config {
        let from = format!("migrateFrom: {}", self.new.file("old.yaml").display());
        self.new.config(&[lines, &[&from]].concat())
    }

    async fn unlock(&self, config: &Config) -> Result<Unlocked, Error> {
        strongroom::unlock(config, &self.dbpath, &Options::default()).await
    }

    async fn rotate(&self, config: &Config) -> Result<Rotated, Error> {
        strongroom::rotate(config, &self.dbpath, &Options::default()).await
    }

    async fn opens(&self, config: &Config, what: &str) {
        let unlocked = self.unlock(config).await;
        let mut unlocked = unlocked.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(opens(&mut unlocked, &self.sealed), "{what}");
    }

    fn phase(&self) -> Option<RotationPhase> {
        let found = found(&self.dbpath);
        found.metadata().rotation().map(|rotation| rotation.phase)
    }

    fn masters(&self) -> usize {
        found(&self.dbpath).metadata().masters().len()
    }
}

async fn state(harness: &Harness, id: &str) -> State {
    let keys = harness.keys().await;
    keys.into_iter().find(|key| key.id == id).unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn one_rotation_moves_a_store_to_another_list_of_key_servers() {
    // PyKMIP counts: there both servers give out the same Unique Identifiers.
    for profile in [Profile::STRONGROOM, Profile::PYKMIP] {
        let store = Move::prepare(profile).await;
        let both = store.both();
        let first = first_master(&store.dbpath);
        let before = (save(&store.dbpath), store.old.keys().await);
        let options = Options::default();
        let plan = strongroom::plan_rotation(&both, &store.dbpath, &options);
        let plan = plan.await.unwrap();
        assert_eq!((plan.servers.len(), plan.leaves.len()), (1, 1));
        assert_ne!(plan.servers, plan.leaves);
        assert_eq!(before, (save(&store.dbpath), store.old.keys().await));
        assert!(store.new.keys().await.is_empty(), "a look ahead made a key");
        store.opens(&both, "before the move").await;

        let moved = store.rotate(&both).await.unwrap();
        assert!(moved.warnings.is_empty(), "{:?}", moved.warnings);
        drop(moved);
        assert_eq!(state(&store.old, &first).await, State::DEACTIVATED);
        let now = first_master(&store.dbpath);
        assert_eq!(state(&store.new, &now).await, State::ACTIVE);
        store.opens(&store.new.config(NAMED), "the new list").await;
        store.opens(&both, "with both").await;
        let error = store.unlock(&store.old.config(NAMED)).await.unwrap_err();
        let classes = [
            Class::KeyNotFound,
            Class::WrongMasterKey,
            Class::RetiredMaster,
        ];
        assert!(classes.contains(&error.class()), "{error}");
        // From here on it is a store of the new list.
        drop(store.rotate(&store.new.config(NAMED)).await.unwrap());
        store.opens(&store.new.config(NAMED), "rotated again").await;
    }
}

/// After a cut: it opens with both lists; with the old one alone until it is sealed under both keys, with
/// the new one alone from when it is sealed under the new key.
async fn opens_with_one_of_the_two(store: &Move, what: &str) {
    let sealed_under_both = store.masters() == 2;
    let (old, new) = (store.old.config(NAMED), store.new.config(NAMED));
    if sealed_under_both {
        for config in [&old, &new] {
            let error = store.unlock(config).await.unwrap_err();
            let elsewhere = matches!(error, Error::MasterElsewhere { .. });
            assert!(elsewhere, "{what}: {error}");
            assert!(error.help().contains("migrateFrom"), "{what}");
        }
    } else {
        let opens_old = store.unlock(&old).await.is_ok();
        let opens_new = store.unlock(&new).await.is_ok();
        assert_ne!(opens_old, opens_new, "{what}: one of the lists alone");
    }
    store.opens(&store.both(), what).await;
}

async fn cut_at_every_message(of_new: bool, cut: FaultAction) {
    for k in 1..60 {
        let what = format!("new {of_new}, {cut:?} at {k}");
        let store = Move::prepare(Profile::STRONGROOM).await;
        let cut_side = if of_new { &store.new } else { &store.old };
        cut_side.faults().clear();
        cut_side.faults().at(k, cut);
        let cut_short = store.rotate(&store.both()).await;
        let struck = cut_side.faults().seen() >= k;
        cut_side.faults().clear();
        let is_ok = cut_short.is_ok();
        drop(cut_short);
        opens_with_one_of_the_two(&store, &what).await;
        // A start finishes the last step alone; anything before it is the next rotation's.
        let stays = store.phase().is_some() || store.unlock(&store.old.config(NAMED)).await.is_ok();
        if stays {
            assert!(!is_ok, "{what}: done, and yet it stays");
            let again = store.rotate(&store.both()).await;
            drop(again.unwrap_or_else(|error| panic!("{what}: {error}")));
        }
        store.opens(&store.new.config(NAMED), &what).await;
        let strays = store.new.keys().await;
        let active = strays.iter().filter(|key| key.state == State::ACTIVE);
        assert_eq!(active.count(), 1, "{what}: {strays:?}");
        if !struck {
            assert!(k > 3, "only {k} requests were sent");
            return;
        }
    }
    panic!("more requests than expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_cut_at_every_message_to_the_old_list_opens_with_one_of_the_two() {
    for cut in [
        FaultAction::DropBeforeHandling,
        FaultAction::DropAfterHandling,
    ] {
        cut_at_every_message(false, cut).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_cut_at_every_request_to_the_new_list_opens_with_one_of_the_two() {
    cut_at_every_message(true, FaultAction::DropBeforeHandling).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_cut_at_every_answer_of_the_new_list_opens_with_one_of_the_two() {
    cut_at_every_message(true, FaultAction::DropAfterHandling).await;
}

/// A move that stands in phase both.
async fn cut_in_both(store: &Move) {
    let cut = FaultAction::DropBeforeHandling;
    store.new.faults().on(Operation::ACTIVATE, 1, cut);
    drop(store.rotate(&store.both()).await.unwrap_err());
    assert_eq!(store.phase(), Some(RotationPhase::Both));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_holder_of_the_left_master_key_makes_is_refused() {
    for profile in [Profile::STRONGROOM, Profile::PYKMIP] {
        let store = Move::prepare(profile).await;
        let first = first_master(&store.dbpath);
        let before = save(&store.dbpath);
        let key = steal(&store.old, &first).await;
        cut_in_both(&store).await;
        let both = save(&store.dbpath);
        drop(store.rotate(&store.both()).await.unwrap());
        let honest = save(&store.dbpath);
        for (name, saved) in [("before", &before), ("both", &both)] {
            let place = store.old.dbpath(name);
            drop(forge_newer(place.clone(), saved, (&first, &key)));
            for planted in [saved, &save(&place)] {
                for config in [
                    store.both(),
                    store.new.config(NAMED),
                    store.old.config(NAMED),
                ] {
                    put_back(&store.dbpath, planted);
                    let error = store.unlock(&config).await.unwrap_err();
                    let classes = [
                        Class::RetiredMaster,
                        Class::Configuration,
                        Class::KeyNotFound,
                        Class::WrongMasterKey,
                    ];
                    assert!(classes.contains(&error.class()), "{name}: {error}");
                    assert_eq!(&save(&store.dbpath), planted, "{name}");
                }
            }
        }
        put_back(&store.dbpath, &honest);
        store.opens(&store.new.config(NAMED), "honest").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_configuration_alone_gives_a_move_up() {
    let store = Move::prepare(Profile::PYKMIP).await;
    cut_in_both(&store).await;
    let left = store.new.keys().await;
    drop(store.rotate(&store.old.config(NAMED)).await.unwrap());
    store.opens(&store.old.config(NAMED), "given up").await;
    assert_eq!(store.new.keys().await, left, "the new list was touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_left_is_destroyed_only_where_it_is() {
    let store = Move::prepare(Profile::PYKMIP).await;
    let first = first_master(&store.dbpath);
    drop(store.rotate(&store.both()).await.unwrap());
    let untouched = store.new.keys().await;
    let options = Options::default();
    let alone = store.new.config(NAMED);
    let error = strongroom::destroy_master(&alone, &store.dbpath, &first, &options).await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::MasterElsewhere { .. }), "{error}");
    let list = strongroom::list_masters(Some(&alone), &store.dbpath, &options).await;
    let told = list.unwrap().retired[0].key.state.clone().unwrap();
    assert!(told.starts_with("on 127.0.0.1:"), "{told}");
    let both = store.both();
    let gone = strongroom::destroy_master(&both, &store.dbpath, &first, &options).await;
    assert!(!gone.unwrap().was_gone);
    assert!(store.old.keys().await.iter().all(|key| key.id != first));
    assert_eq!(store.new.keys().await, untouched);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_lost_keeps_its_key_and_the_store_goes_on() {
    let store = Move::prepare(Profile::STRONGROOM).await;
    let first = first_master(&store.dbpath);
    let lost = FaultAction::DropBeforeHandling;
    store.old.faults().on(Operation::REVOKE, 1, lost);
    drop(store.rotate(&store.both()).await.unwrap_err());
    assert_eq!(store.phase(), Some(RotationPhase::Done));
    let alone = store.new.config(NAMED);
    let unlocked = store.unlock(&alone).await.unwrap();
    let told: Vec<String> = unlocked.warnings.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|line| line.contains("does not list")),
        "{told:?}"
    );
    drop(unlocked);
    assert_eq!(
        store.phase(),
        Some(RotationPhase::Done),
        "both may come back"
    );
    drop(store.rotate(&alone).await.unwrap());
    assert_eq!(store.phase(), None);
    store.opens(&alone, "after the old list was given up").await;
    assert_ne!(state(&store.old, &first).await, State::DESTROYED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_host_moves_while_it_runs() {
    let store = Move::prepare(Profile::PYKMIP).await;
    let both = store.both();
    let unlocked = store.unlock(&both).await.unwrap();
    let options = RunOptions::default();
    let running = Running::start(unlocked, Arc::new(both), &store.dbpath, options).unwrap();
    running.rotate().await.unwrap();
    drop(running);
    store.opens(&store.new.config(NAMED), "moved live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_names_no_other_list_is_refused_and_nothing_changes() {
    let store = Move::prepare(Profile::STRONGROOM).await;
    let before = (files(&store.dbpath), save(&store.dbpath));
    let old = store.new.file("old.yaml");
    let chain = format!("{}    migrateFrom: x.yaml\n", store.old.yaml(NAMED));
    let key_file = "security:\n  enableEncryption: true\n  encryptionKeyFile: key\n";
    for (text, word) in [
        ("security: [".to_owned(), "old.yaml"),
        (key_file.to_owned(), "no security.kmip.serverName"),
        (chain, "of its own"),
        (store.new.yaml(NAMED), "a list that is only changed"),
    ] {
        fs::write(&old, text).unwrap();
        refused(&store, word, &before).await;
    }
    fs::remove_file(&old).unwrap();
    refused(&store, "old.yaml", &before).await;
}

async fn refused(store: &Move, word: &str, before: &(Vec<String>, [Vec<u8>; 2])) {
    let both = store.both();
    let errors = [
        store.unlock(&both).await.unwrap_err(),
        store.rotate(&both).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.class(), Class::Configuration, "{error}");
        let text = error.to_string();
        assert!(
            text.contains("migrateFrom") && text.contains(word),
            "{text}"
        );
    }
    let path: &Path = &store.dbpath;
    assert_eq!((&files(path), &save(path)), (&before.0, &before.1));
}
