//! Rotations in a process of their own, which SIGKILL ends at a seeded moment; then the store opens (I3).
//!
//! The moment is a count: of requests at one of the two key servers, answered or not, or of changes in
//! the store's directory. `STRONGROOM_KILLS` says how many (`cargo xtask crash` runs 1,000); without it
//! a few. The same kills find out a rotation that is known to be bad.
#![expect(
    clippy::print_stdout,
    reason = "the harness says what its kills struck"
)]

use std::fs;
use std::future::Future;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::inotify;
use strongroom::config::Config;
use strongroom::keystore::RotationPhase;
use strongroom::kmip::enumeration::State;
use strongroom_server::testing::TestServer;
use strongroom_server::{FaultAction, Faults};

use crate::forged::found;
use crate::harness::{Harness, opens, witness};
use crate::kill::Draw;
use crate::mutants::{Driver, Who};

const NAMED: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 20000"];
const FEW: u64 = 12;
/// Kills of one store, before it is left in peace and a new one is made.
const KILLS_OF_ONE_STORE: u64 = 20;
/// Requests of one rotation to one server, and changes that it makes in the directory; a little more.
const REQUESTS: u64 = 32;
const CHANGES: u64 = 56;
/// Kills within which a known-bad rotation is found out.
const ENOUGH: u64 = 60;
/// For [`child`]: who rotates, with which configuration, which store; a line each.
const CHILD: &str = "STRONGROOM_ROTATION_CHILD";

#[tokio::test]
#[ignore = "the process that the tests beside it start and kill"]
async fn child() {
    let task = std::env::var(CHILD).unwrap();
    let words: Vec<&str> = task.lines().collect();
    let [who, config, dbpath] = *words else {
        panic!("{task}")
    };
    let yaml = fs::read_to_string(config).unwrap();
    let config = Config::from_yaml(&yaml, Path::new(config)).unwrap().0;
    let dbpath = Path::new(dbpath);
    let driven = match who {
        "real" => {
            let options = strongroom::Options::default();
            drop(strongroom::rotate(&config, dbpath, &options).await.unwrap());
            return;
        }
        "sound" => Who::Sound,
        "retires-first" => Who::RetiresFirst,
        other => panic!("{other}"),
    };
    let mut driver = Driver::connect(driven, config).await;
    driver.run(dbpath).await.unwrap();
}

/// When the process is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// At this request to a server; silent, it waits there for an answer that does not come.
    Request {
        second: bool,
        number: u64,
        silent: bool,
    },
    /// At this change in the store's directory.
    Change(u64),
}

impl Moment {
    fn draw(draw: &mut Draw) -> Self {
        let third = draw.below(3);
        if third == 0 {
            return Self::Change(draw.below(CHANGES).saturating_add(1));
        }
        Self::Request {
            // All go to the first, except where every server is asked.
            second: draw.below(4) == 0,
            number: draw.below(REQUESTS).saturating_add(1),
            silent: third == 1,
        }
    }
}

/// A store on two servers.
struct Store {
    harness: Harness,
    second: TestServer,
    dbpath: PathBuf,
    config: PathBuf,
    sealed: Vec<u8>,
}

impl Store {
    async fn new() -> Self {
        let (harness, second, _) = Harness::start_pair().await;
        let dbpath = harness.dbpath("db");
        let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
        let sealed = witness(&mut unlocked);
        drop(unlocked);
        let config = harness.file("node.yaml");
        fs::write(&config, harness.yaml(NAMED)).unwrap();
        Self {
            harness,
            second,
            dbpath,
            config,
            sealed,
        }
    }

    fn clear(&self) {
        self.harness.faults().clear();
        self.second.faults().clear();
    }

    /// Rotates in a process of its own and kills that at `moment`; whether it lived until then.
    async fn rotate_and_kill(&self, who: &str, moment: Moment) -> bool {
        self.clear();
        match moment {
            Moment::Request {
                second,
                number,
                silent,
            } => {
                let faults = match second {
                    true => self.second.faults(),
                    false => self.harness.faults(),
                };
                if silent {
                    faults.at(number, FaultAction::Silence);
                }
                self.kill_when(who, moment, requests(faults, number)).await
            }
            Moment::Change(number) => {
                let changes = changes(watch(&self.dbpath), number);
                self.kill_when(who, moment, changes).await
            }
        }
    }

    async fn kill_when(
        &self,
        who: &str,
        moment: Moment,
        reached: impl Future<Output = ()>,
    ) -> bool {
        let task = [who, text(&self.config), text(&self.dbpath)].join("\n");
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "killed::child", "--ignored", "--nocapture"])
            .env(CHILD, task)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let mut child = tokio::process::Command::from(child).spawn().unwrap();
        let ended = tokio::select! {
            ended = child.wait() => Some(ended.unwrap()),
            () = reached => None,
        };
        match ended {
            Some(status) => {
                assert!(status.success(), "{who}, {moment:?}: {status}");
                false
            }
            None => {
                child.kill().await.unwrap();
                true
            }
        }
    }

    /// A start of the store; why it opens nothing, if it does not.
    async fn opens(&self) -> Result<(), String> {
        self.clear();
        let unlocked = self.harness.unlock(NAMED, &self.dbpath).await;
        let mut unlocked = unlocked.map_err(|error| error.to_string())?;
        match opens(&mut unlocked, &self.sealed) {
            true => Ok(()),
            false => Err("what was sealed does not open".to_owned()),
        }
    }

    /// The rotation that was left comes to its end, and no key is left over.
    async fn finish(&self, what: &str) {
        self.clear();
        let rotated = self.harness.rotate(NAMED, &self.dbpath).await;
        drop(rotated.unwrap_or_else(|error| panic!("{what}: {error}")));
        self.opens().await.unwrap();
        let found = found(&self.dbpath);
        let metadata = found.metadata();
        assert!(metadata.rotation().is_none(), "{what}");
        let used: Vec<&str> = metadata
            .masters()
            .map(|entry| entry.unique_identifier.as_str())
            .collect();
        let keys = self.harness.keys().await;
        let active: Vec<&str> = keys
            .iter()
            .filter(|key| key.state == State::ACTIVE)
            .map(|key| key.id.as_str())
            .collect();
        assert_eq!(active, used, "{what}");
    }

    fn phase(&self) -> Option<RotationPhase> {
        let found = found(&self.dbpath);
        found.metadata().rotation().map(|rotation| rotation.phase)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn requests(faults: &Faults, number: u64) {
    while faults.seen() < number {
        tokio::task::yield_now().await;
    }
}

/// Tells of names that come and go, and of writes, in the directory.
fn watch(dbpath: &Path) -> OwnedFd {
    let flags = inotify::CreateFlags::NONBLOCK | inotify::CreateFlags::CLOEXEC;
    let watched = inotify::init(flags).unwrap();
    let what = inotify::WatchFlags::CREATE
        | inotify::WatchFlags::MODIFY
        | inotify::WatchFlags::MOVED_TO
        | inotify::WatchFlags::CLOSE_WRITE
        | inotify::WatchFlags::DELETE;
    inotify::add_watch(&watched, dbpath, what).unwrap();
    watched
}

async fn changes(watched: OwnedFd, number: u64) {
    let mut seen = 0_u64;
    let mut room = [const { MaybeUninit::uninit() }; 4096];
    let mut events = inotify::Reader::new(&watched, &mut room);
    while seen < number {
        match events.next() {
            Ok(_) => seen = seen.saturating_add(1),
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_opens_whenever_the_process_that_rotates_it_is_killed() {
    let count = std::env::var("STRONGROOM_KILLS").ok();
    let count = count.map_or(FEW, |count| count.parse().unwrap());
    let mut stores: Vec<Store> = Vec::new();
    let (mut killed, mut phases) = (0_u64, [0_u64; 5]);
    for seed in 0..count {
        if seed.is_multiple_of(KILLS_OF_ONE_STORE) {
            if let Some(old) = stores.pop() {
                old.finish(&format!("before seed {seed}")).await;
            }
            stores.push(Store::new().await);
        }
        let store = stores.last().unwrap();
        let moment = Moment::draw(&mut Draw(seed));
        let lived = store.rotate_and_kill("real", moment).await;
        killed = killed.saturating_add(u64::from(lived));
        let phase = &mut phases[store.phase().map_or(0, |phase| phase as usize + 1)];
        *phase = phase.saturating_add(1);
        let opened = store.opens().await;
        opened.unwrap_or_else(|error| panic!("seed {seed}, {moment:?}: {error}"));
    }
    for store in stores {
        store.finish("the last store").await;
    }
    println!(
        "{count} rotations, {killed} killed; the store was then in no rotation, planned, creating, \
         both, done: {phases:?}"
    );
    assert!(killed > count / 2, "{killed} of {count} killed");
    if count >= 500 {
        assert!(phases.iter().all(|seen| *seen > 0), "{phases:?}");
    }
}

/// The first kill after which a new store of `who` does not open.
async fn found_out(who: &str, count: u64) -> Option<String> {
    for seed in 0..count {
        let store = Store::new().await;
        let moment = Moment::draw(&mut Draw(seed));
        store.rotate_and_kill(who, moment).await;
        if let Err(error) = store.opens().await {
            return Some(format!("seed {seed}, {moment:?}: {error}"));
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_find_out_a_rotation_that_retires_the_old_key_first() {
    assert_eq!(found_out("sound", FEW).await, None);
    let found = found_out("retires-first", ENOUGH).await;
    println!("{found:?}");
    assert!(found.is_some(), "not found out");
}
