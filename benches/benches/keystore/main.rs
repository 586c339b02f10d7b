//! A keystore of 100,000 data keys: opening it, adding one key, rotating all; each against a fixed time
//! or the same work on 1,000 keys.
//!
//! May touch: a directory in memory (`/dev/shm`) where there is one, so that what is timed is our work and not a
//! disk's; `STRONGROOM_BENCH_DIR` names another.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use strongroom_benches::{Goal, Row, Session, Work};
use strongroom_cipher::{KeyId, StoreId};
use strongroom_keystore::{
    Activation, AttemptId, DirState, DirStorage, Keystore, LockedDir, MasterKey, MasterOrigin,
    NewMaster, NewStore, RotationPlan, StoreLabel,
};
use strongroom_secret::SecretBytes;
use tempfile::TempDir;

const MANY: usize = 100_000;
const FEW: usize = 1000;

fn main() -> io::Result<()> {
    let mut session = Session::new();
    let (many, few) = (Store::with(MANY), Store::with(FEW));
    let row = |work, against, goal| Row {
        group: "keystore",
        work,
        message: "100000 keys",
        bytes: 0,
        against,
        goal,
        allocations: None,
    };
    session.row(
        row("open", "150 ms", Goal::TimeAtMost(1.0)),
        opens(&many),
        lasts(150),
    );
    session.row(
        row("add", "1000 keys", Goal::TimeAtMost(2.0)),
        adds(Store::with(MANY)),
        adds(Store::with(FEW)),
    );
    session.row(
        row("rotate", "1 s", Goal::TimeAtMost(1.0)),
        rotates(many),
        lasts(1000),
    );
    session.row(
        row("open", "1000 keys", Goal::Time),
        opens(&Store::with(MANY)),
        opens(&few),
    );
    session.run()
}

/// A yardstick: so many milliseconds, not spent.
fn lasts(milliseconds: u64) -> Work<'static> {
    Work::timed(move |runs| Duration::from_millis(milliseconds).saturating_mul(runs))
}

/// A keystore in a directory of its own, under master number `number`.
struct Store {
    dir: Rc<TempDir>,
    number: Rc<Cell<u8>>,
}

impl Store {
    fn with(count: usize) -> Self {
        let dir = TempDir::new_in(place()).expect("a directory");
        let id = |at| KeyId::new(&format!("database-{at:06}")).expect("a key id");
        let ids: Vec<_> = (0..count).map(id).collect();
        let store = NewStore {
            store_id: StoreId::generate().expect("random octets"),
            label: StoreLabel::generate().expect("random octets"),
            logical_identifier: None,
            master: master(1),
        };
        let mut keystore =
            Keystore::create(&lock(dir.path()), store, &key(1)).expect("a new keystore");
        keystore.add_deks(&ids).expect("keys are added");
        Self {
            dir: Rc::new(dir),
            number: Rc::new(Cell::new(1)),
        }
    }

    fn open(&self) -> Keystore {
        let number = self.number.get();
        match lock(self.dir.path()).inspect(&[]).expect("readable") {
            DirState::Keystore(found) => found.unlock(&uid(number), &key(number)).expect("opens"),
            other => unreachable(&other),
        }
    }

    fn share(&self) -> Self {
        Self {
            dir: Rc::clone(&self.dir),
            number: Rc::clone(&self.number),
        }
    }
}

fn opens(store: &Store) -> Work<'static> {
    let store = store.share();
    Work::new(move || drop(store.open()))
}

/// One key more each time. The snapshot that is due when the log has grown is part of what an addition
/// costs.
fn adds(store: Store) -> Work<'static> {
    let mut keystore = store.open();
    let mut number = 0_u64;
    Work::new(move || {
        let _kept = &store.dir;
        number = number.wrapping_add(1);
        let id = KeyId::new(&format!("added-{number}")).expect("a key id");
        keystore.add_dek(&id).expect("added");
    })
}

/// The step that leaves the old master: a fresh keystore key, every data key sealed anew, both files replaced
/// and read back. The steps before it are not timed.
fn rotates(store: Store) -> Work<'static> {
    Work::timed(move |runs| {
        let mut total = Duration::ZERO;
        for _ in 0..runs {
            total = total.saturating_add(rotate_once(&store));
        }
        total
    })
}

fn rotate_once(store: &Store) -> Duration {
    let mut keystore = store.open();
    let old = store.number.get();
    let new = old.wrapping_add(1);
    let plan = RotationPlan {
        number: new.into(),
        attempt: AttemptId::generate().expect("random octets"),
        logical_identifier: None,
    };
    keystore.record_rotation(plan).expect("recorded");
    keystore
        .seal_under_both(master(new), &key(old), &key(new))
        .expect("sealed under both");
    let begun = Instant::now();
    keystore
        .seal_under_new(&key(new), Activation::Waived)
        .expect("sealed under the new one");
    let took = begun.elapsed();
    keystore.finish_rotation().expect("finished");
    store.number.set(new);
    took
}

fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    match std::env::var_os("STRONGROOM_BENCH_DIR") {
        Some(dir) => dir.into(),
        None if memory.is_dir() => memory.to_owned(),
        None => std::env::temp_dir(),
    }
}

fn lock(dir: &Path) -> LockedDir {
    LockedDir::lock(Arc::new(DirStorage::new(dir))).expect("not locked")
}

fn key(octet: u8) -> MasterKey {
    MasterKey::new(SecretBytes::copy_from(&[octet; 32])).expect("32 octets")
}

fn uid(number: u8) -> String {
    format!("uid-{number}")
}

fn master(number: u8) -> NewMaster {
    NewMaster {
        unique_identifier: uid(number),
        name: None,
        number: number.into(),
        origin: MasterOrigin::Create,
        shared: false,
        activated: true,
        servers: Vec::new(),
        algorithm: "AES".to_owned(),
        length_bits: 256,
        wrapped: None,
    }
}

#[expect(clippy::panic, reason = "a bench that cannot run must say so and stop")]
fn unreachable(state: &DirState) -> ! {
    panic!("no keystore: {state:?}")
}
