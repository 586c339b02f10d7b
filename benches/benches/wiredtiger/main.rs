//! An unmodified WiredTiger 11.3.1 host without encryption, with WiredTiger's own encryptors, with
//! ours, and with PSMDB's pages on the system's OpenSSL: processor time and wall time.
//!
//! May touch: a folder for temporary files of the build, the C compiler, one child process at a time.
#![forbid(unsafe_code)]

mod contestant;
mod host;

use std::io;
use std::time::Duration;

use strongroom_benches::{Goal, Row, Session};
use strongroom_cipher::AesPath;

use self::contestant::{Contestant, contestants};
use self::host::{Host, Took};

/// How much is done.
#[derive(Clone, Copy, Debug)]
struct Size {
    rounds: usize,
    records: usize,
    some: usize,
    passes: usize,
}

/// The table is four times as large as the host's cache.
const WHOLE: Size = Size {
    rounds: 9,
    records: 200_000,
    some: 40_000,
    passes: 3,
};
/// To see that it runs.
const QUICK: Size = Size {
    rounds: 1,
    records: 20_000,
    some: 2000,
    passes: 1,
};

/// What the host does, with the most processor time that ours may take of that of `none`.
const WORKS: [(&str, Option<f64>); 4] = [
    ("load", Some(1.05)),
    ("scan", None),
    ("read", Some(1.35)),
    ("update", Some(1.25)),
];

const OURS: &str = "ours";
const NONE: &str = "none";
const NOP: &str = "nop";

const fn row(work: &'static str, message: &'static str, against: &'static str, goal: Goal) -> Row {
    Row {
        group: "wiredtiger",
        work,
        message,
        bytes: 0,
        against,
        goal,
        allocations: None,
    }
}

/// The rows, and of each the places of its two times. A contestant has two times for each work:
/// processor, wall.
fn rows(names: &[&'static str]) -> Vec<(Row, (usize, usize))> {
    let place = |name: &str, work: usize, wall: usize| {
        let of = names.iter().position(|known| *known == name)?;
        let times = of.checked_mul(WORKS.len())?.checked_add(work)?;
        times.checked_mul(2)?.checked_add(wall)
    };
    let mut rows = Vec::new();
    let mut add = |row: Row, of: &str, (work, wall): (usize, usize)| {
        let places = place(of, work, wall).zip(place(row.against, work, wall));
        rows.extend(places.map(|places| (row, places)));
    };
    for (at, &(work, most)) in WORKS.iter().enumerate() {
        for &peer in names.iter().filter(|name| **name != OURS) {
            let goal = match (peer, most) {
                (NONE, Some(most)) => Goal::TimeAtMost(most),
                (NONE | NOP, _) => Goal::Time,
                _ => Goal::TimeAtMost(1.0),
            };
            add(row(work, "processor", peer, goal), OURS, (at, 0));
            add(row(work, "wall", peer, Goal::Time), OURS, (at, 1));
        }
        let floor = row(work, "nop, processor", NONE, Goal::Time);
        add(floor, NOP, (at, 0));
    }
    rows
}

/// All contestants once, another one first each time; their times in the order of their names.
fn round(
    host: &Host,
    contestants: &[Contestant],
    size: Size,
    number: usize,
) -> io::Result<Vec<Duration>> {
    let count = contestants.len();
    let mut times = vec![Vec::new(); count];
    for step in 0..count {
        let at = number.wrapping_add(step).checked_rem(count).unwrap_or(0);
        if let (Some(contestant), Some(times)) = (contestants.get(at), times.get_mut(at)) {
            let took = host.run(contestant, size)?;
            *times = took.into_iter().flat_map(|Took(all)| all).collect();
        }
    }
    Ok(times.concat())
}

fn main() -> io::Result<()> {
    let host = match Host::build() {
        Ok(host) => host,
        Err(reason) => {
            say(&format!("the rows of wiredtiger are left out: {reason}"));
            return Ok(());
        }
    };
    let contestants = contestants(&host)?;
    let names: Vec<_> = contestants.iter().map(|one| one.name).collect();
    let size = match std::env::var_os("STRONGROOM_BENCH_QUICK") {
        Some(_) => QUICK,
        None => WHOLE,
    };
    let mut session = Session::new();
    session.note("host", host.version.clone());
    session.note("aesPath", AesPath::detect().to_string());
    let turn = |number| round(&host, &contestants, size, number);
    session.long(size.rounds, turn, &rows(&names));
    session.run()
}

#[expect(clippy::print_stderr, reason = "what a reader of the rows must know")]
fn say(text: &str) {
    eprintln!("{text}");
}
