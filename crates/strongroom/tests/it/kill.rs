//! Seeded rotations with two servers: lag, lost messages, kills and failovers drawn at random (I3).
//!
//! `STRONGROOM_ROTATIONS` says how many (`cargo xtask crash` runs 1,000); without it a few.

use std::path::Path;

use strongroom::kmip::enumeration::State;
use strongroom::{Options, TakeOver};
use strongroom_server::testing::TestServer;
use strongroom_server::{FaultAction, Faults, HandshakeFault, Replica};

use crate::forged::{found, put_back, save};
use crate::harness::{Harness, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 2000"];
const FEW: u64 = 10;
/// Cuts in one rotation, before it is left in peace.
const CUTS: u64 = 5;
/// More connections than a start makes.
const MANY: u64 = 100;

/// SplitMix64: the same seed, the same run.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(end).unwrap()
    }
}

/// One store on two servers.
struct Life {
    seed: u64,
    draw: Draw,
    harness: Harness,
    second: TestServer,
    replica: Replica,
    sealed: Vec<u8>,
}

impl Life {
    /// The server that the next cut strikes.
    fn struck(&mut self) -> Faults {
        match self.draw.below(2) {
            0 => self.harness.faults().clone(),
            _ => self.second.faults().clone(),
        }
    }

    /// One attempt to rotate, which something happens to.
    async fn attempt(&mut self, dbpath: &Path) {
        let faults = self.struck();
        let k = self.draw.below(30).saturating_add(1);
        faults.clear();
        let kill = match self.draw.below(4) {
            0 => true,
            1 => {
                faults.at(k, FaultAction::DropBeforeHandling);
                false
            }
            2 => {
                faults.at(k, FaultAction::CutAfter(20));
                false
            }
            _ => {
                faults.at(k, FaultAction::DropAfterHandling);
                false
            }
        };
        let config = self.harness.config(NAMED);
        let options = Options::default();
        let rotation = strongroom::rotate(&config, dbpath, &options);
        if kill {
            // Dropped where it stands: what is durable is all that is left of it.
            tokio::select! {
                rotated = rotation => drop(rotated),
                () = reached(&faults, k) => {}
            }
        } else {
            drop(rotation.await);
        }
        self.harness.faults().clear();
        self.second.faults().clear();
    }

    /// A start, perhaps with one of the servers away.
    async fn start(&mut self, dbpath: &Path) {
        let away = match self.draw.below(3) {
            0 => None,
            1 => Some(self.harness.faults().clone()),
            _ => Some(self.second.faults().clone()),
        };
        if let Some(away) = &away {
            for connection in 1..=MANY {
                away.at_handshake(connection, HandshakeFault::Close);
            }
        }
        let unlocked = self.harness.unlock(NAMED, dbpath).await;
        let mut unlocked = unlocked.unwrap_or_else(|error| panic!("seed {}: {error}", self.seed));
        assert!(opens(&mut unlocked, &self.sealed), "seed {}", self.seed);
        drop(unlocked);
        self.harness.faults().clear();
        self.second.faults().clear();
    }
}

async fn reached(faults: &Faults, k: u64) {
    while faults.seen() < k {
        tokio::task::yield_now().await;
    }
}

async fn live(seed: u64) {
    let (harness, second, replica) = Harness::start_pair().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    let backup = save(&dbpath);
    let draw = Draw(seed);
    let mut life = Life {
        seed,
        draw,
        harness,
        second,
        replica,
        sealed,
    };
    for _ in 0..CUTS {
        match life.draw.below(3) {
            0 => life.replica.hold(),
            1 => drop(life.replica.catch_up(1)),
            _ => life.replica.follow(),
        }
        life.attempt(&dbpath).await;
        life.start(&dbpath).await;
    }
    life.replica.follow();
    let rotated = life.harness.rotate(NAMED, &dbpath).await;
    drop(rotated.unwrap_or_else(|error| panic!("seed {seed}: {error}")));
    life.start(&dbpath).await;
    assert!(
        found(&dbpath).metadata().rotation().is_none(),
        "seed {seed}"
    );
    no_active_stray(&life, &dbpath).await;
    // The backup from before it all.
    let other = life.harness.dbpath("backup");
    put_back(&other, &backup);
    let options = Options::default();
    let kind = (TakeOver::Clone, &options);
    let taken = strongroom::take_over(&life.harness.config(NAMED), &other, kind).await;
    drop(taken.unwrap_or_else(|error| panic!("seed {seed}: backup: {error}")));
    life.start(&other).await;
}

async fn no_active_stray(life: &Life, dbpath: &Path) {
    let used: Vec<String> = found(dbpath)
        .metadata()
        .masters()
        .map(|entry| entry.unique_identifier.clone())
        .collect();
    let keys = life.harness.keys().await;
    let active = keys.iter().filter(|key| key.state == State::ACTIVE);
    let stray: Vec<_> = active.filter(|key| !used.contains(&key.id)).collect();
    assert!(stray.is_empty(), "seed {}: {stray:?}", life.seed);
}

#[tokio::test(flavor = "multi_thread")]
async fn seeded_rotations_with_lag_cuts_kills_and_failover_lose_nothing() {
    let count = std::env::var("STRONGROOM_ROTATIONS").ok();
    let count = count.map_or(FEW, |count| count.parse().unwrap());
    for seed in 0..count {
        live(seed).await;
    }
}
