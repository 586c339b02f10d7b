//! redb over sealed units against redb on its own file backend, and against the fork redbx, which seals the
//! leaves of its trees: filling a database, and reading rows here and there. By the wall and by the
//! processor.
//!
//! May touch: a folder for temporary files of the build, on a disk that is waited for at each commit;
//! `STRONGROOM_BENCH_DIR` names another, such as one in memory.
#![cfg(target_os = "linux")]
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

mod clock;
mod engine;

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use redb::Database;
use strongroom_benches::{Goal, Row, Session, Work};
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId};
use strongroom_redb::{OpenOptions, Opened, open_database_with};
use tempfile::TempDir;

use clock::{both, time};
use engine::{CACHE_LEN, READS, ROWS};

/// Octets of the values and keys that a load writes.
const LOADED: usize = 60_000 * 208;
/// Octets of the values that one run of the random reads gives.
const READ: usize = 20_000 * 200;

fn main() -> io::Result<()> {
    let mut session = Session::new();
    loads(&mut session);
    reads(&mut session);
    session.run()
}

/// A row of wall time and one of processor time, of the first two works against those from `at` on.
fn pair(
    [wall, processor]: [&'static str; 2],
    bytes: usize,
    (against, at): (&'static str, usize),
    goal: Goal,
) -> [(Row, (usize, usize)); 2] {
    let row = |work| Row::on_octets(["redb", work, against], bytes, goal);
    [
        (row(wall), (0, at)),
        (row(processor), (1, at.saturating_add(1))),
    ]
}

/// Works by the wall and by the processor, in turn: ours, plain, the fork where it is.
fn loads(session: &mut Session<'static>) {
    let mut works = Vec::new();
    works.extend(both(|| {
        let folder = folder();
        let opened = ours(folder.path());
        time(|| engine::redb::load(&opened.database))
    }));
    works.extend(both(|| {
        let folder = folder();
        let database = plain(folder.path());
        time(|| engine::redb::load(&database))
    }));
    let work = ["load", "load, CPU"];
    let mut rows = Vec::new();
    rows.extend(pair(work, LOADED, ("redb", 2), Goal::TimeAtMost(1.15)));
    #[cfg(feature = "peers")]
    {
        works.extend(both(|| {
            let folder = folder();
            let database = fork(folder.path());
            time(|| engine::redbx::load(&database))
        }));
        rows.extend(pair(work, LOADED, ("redbx", 4), Goal::Time));
    }
    session.rows(works, &rows);
}

fn reads(session: &mut Session<'static>) {
    let folder = Rc::new(folder());
    let mut works = Vec::new();
    let opened = ours(folder.path());
    engine::redb::load(&opened.database);
    works.extend(reading(&folder, move |turn| {
        engine::redb::read(&opened.database, turn)
    }));
    let database = plain(folder.path());
    engine::redb::load(&database);
    works.extend(reading(&folder, move |turn| {
        engine::redb::read(&database, turn)
    }));
    let work = ["random read", "random read, CPU"];
    let mut rows = Vec::new();
    rows.extend(pair(work, READ, ("redb", 2), Goal::SpeedAtLeast(0.8)));
    #[cfg(feature = "peers")]
    {
        let database = fork(folder.path());
        engine::redbx::load(&database);
        works.extend(reading(&folder, move |turn| {
            engine::redbx::read(&database, turn)
        }));
        rows.extend(pair(work, READ, ("redbx", 4), Goal::Speed));
    }
    session.rows(works, &rows);
}

/// Each run reads other rows; the folder stays as long as the work.
fn reading(folder: &Rc<TempDir>, read: impl Fn(u64) + 'static) -> [Work<'static>; 2] {
    let (folder, mut turn) = (Rc::clone(folder), 0_u64);
    both(move || {
        let _kept = &folder;
        turn = turn.wrapping_add(1);
        time(|| read(turn))
    })
}

fn folder() -> TempDir {
    let place = match std::env::var_os("STRONGROOM_BENCH_DIR") {
        Some(dir) => dir.into(),
        None => PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
    };
    TempDir::new_in(place).expect("a folder")
}

fn ours(folder: &Path) -> Opened {
    let generation = DekGeneration::FIRST;
    let deks = vec![(generation, Dek::generate().expect("random octets"))];
    let store = StoreId::generate().expect("random octets");
    let key_id = KeyId::new("rows").expect("a key id");
    let ring = KeyRing::new(store, key_id, deks, generation).expect("one DEK");
    let mut options = OpenOptions::default();
    options.cache_len = Some(CACHE_LEN);
    open_database_with(folder.join("ours"), Arc::new(ring), &options).expect("a new database")
}

fn plain(folder: &Path) -> Database {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_LEN);
    builder
        .create(folder.join("plain"))
        .expect("a new database")
}

#[cfg(feature = "peers")]
fn fork(folder: &Path) -> redbx::Database {
    let mut builder = redbx::Builder::new();
    builder.set_cache_size(CACHE_LEN);
    let path = folder.join("fork");
    builder
        .create(path, "correct horse")
        .expect("a new database")
}

const _: () = assert!(LOADED as u64 == ROWS * 208 && READ as u64 == READS * 200);
