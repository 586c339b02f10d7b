//! Broken connections: a cut at each message of first start and of rotation, and a server that
//! dies between two messages. What was struck must go on by the same command.

use std::collections::BTreeSet;

use super::proxy::{Cut, Proxy};
use super::pykmip::{Server, kill_group};
use super::rows::started;
use super::site::{Answer, Site, Stage, Store};
use super::trial::Trial;
use crate::Outcome;

/// No command sends more messages; a run that is struck here still means an endless one.
const MESSAGES_MAX: u32 = 60;
/// Both jobs need more: fewer cuts would mean that the proxy counts wrongly.
const MESSAGES_MIN: usize = 3;
/// PyKMIP looks at each of its objects at every Locate: after so many rows it begins anew.
const ROWS_PER_SERVER: u32 = 8;
/// 0: the rest was done on a new connection, or the message was not needed any more.
/// 3: unreachable. 13: the rotation goes on later. 17: the outcome is unknown.
const STRUCK_CODES: [i32; 4] = [0, 3, 13, 17];
const TIMEOUT: &str = "--kmipConnectTimeoutMS 3000";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Job {
    FirstStart,
    Rotation,
}

impl Job {
    fn name(self) -> &'static str {
        match self {
            Self::FirstStart => "first start",
            Self::Rotation => "rotation",
        }
    }

    fn words(self) -> String {
        match self {
            Self::FirstStart => format!("unlock {TIMEOUT}"),
            Self::Rotation => format!("rotate {TIMEOUT}"),
        }
    }
}

/// One job, cut on one side of each of its messages.
pub(super) struct Series {
    /// Also the name of the folder of its key servers.
    pub(super) name: &'static str,
    job: Job,
    how: &'static str,
    cut: fn(u32) -> Cut,
}

const fn series(name: &'static str, job: Job, how: &'static str, cut: fn(u32) -> Cut) -> Series {
    Series {
        name,
        job,
        how,
        cut,
    }
}

pub(super) const SERIES: [Series; 4] = [
    series("start-before", Job::FirstStart, ARRIVES, Cut::Before),
    series("start-after", Job::FirstStart, LOST, Cut::After),
    series("rotation-before", Job::Rotation, ARRIVES, Cut::Before),
    series("rotation-after", Job::Rotation, LOST, Cut::After),
];
const ARRIVES: &str = "before it arrives";
const LOST: &str = "its reply lost";

/// Plays one series: a row for each message, and one for the run that is not struck any more.
pub(super) fn play(stage: &Stage<'_>, series: &Series) -> Outcome<Vec<Trial>> {
    let Series { job, how, cut, .. } = *series;
    let mut rows = Vec::new();
    let mut site = Site::start(stage, series.name, 1)?;
    for message in 1..=MESSAGES_MAX {
        if message % ROWS_PER_SERVER == 0 {
            site = Site::start(stage, &format!("{}-{message}", series.name), 1)?;
        }
        let name = format!("{}: cut at message {message}, {how}", job.name());
        // Without a result the row has failed, and more of its kind would say the same.
        let mut struck = None;
        let mut row = Trial::play(name, &site, |site, row| {
            struck = Some(cut_once(site, row, job, cut(message))?);
            Ok(())
        });
        if struck == Some(true) {
            rows.push(row);
            continue;
        }
        if struck == Some(false) {
            row.row = format!("{}: no message left to cut, {how}", job.name());
            let enough = rows.len() >= MESSAGES_MIN;
            row.holds("all messages were cut", enough, "too few messages");
        }
        rows.push(row);
        return Ok(rows);
    }
    if let Some(row) = rows.last_mut() {
        row.holds("an end", false, "the command never came to its end");
    }
    Ok(rows)
}

/// Plays one cut in a store of its own; `false` when the command sent too few messages for it.
fn cut_once(site: &Site, row: &mut Trial, job: Job, cut: Cut) -> Outcome<bool> {
    let before = site.objects(site.port)?;
    let name = format!("cut-{}", cut.message());
    let store = match job {
        Job::FirstStart => site.store(&name)?,
        Job::Rotation => started(site, &name)?,
    };
    let proxy = Proxy::start(site.port, cut)?;
    let answer = site.run(&store.clone().port(proxy.port), &job.words())?;
    let struck = proxy.struck();
    drop(proxy);
    if struck {
        row.exits_one_of("struck", &answer, &STRUCK_CODES, "");
    } else {
        row.exits("not struck", &answer, 0, "");
    }
    goes_on(site, row, job, &store)?;
    no_stray(site, row, &before, &store)?;
    Ok(struck)
}

/// The same command without the proxy; a store in rotation opens first.
fn goes_on(site: &Site, row: &mut Trial, job: Job, store: &Store) -> Outcome {
    if job == Job::Rotation {
        let answer = site.run(store, "unlock")?;
        row.exits_one_of("unlock", &answer, &[0, 13], "master key");
    }
    row.exits("again", &site.run(store, &job.words())?, 0, "");
    row.exits("unlock", &site.run(store, "unlock")?, 0, "");
    Ok(())
}

/// Of the keys made since `before`: the one in use is Active, at most one is left Pre-Active.
fn no_stray(site: &Site, row: &mut Trial, before: &BTreeSet<String>, store: &Store) -> Outcome {
    let port = store.port;
    let in_use = site.fact(store, "/masterKey/uniqueIdentifier")?;
    let (mut active, mut waiting) = (Vec::new(), Vec::new());
    for key in site.objects(port)?.difference(before) {
        match site.state(port, key)?.as_str() {
            "Active" => active.push(key.clone()),
            "Pre-Active" => waiting.push(key.clone()),
            _ => {}
        }
    }
    let good = active == [in_use.clone()] && waiting.len() <= 1;
    let found = format!("in use {in_use}, Active {active:?}, Pre-Active {waiting:?}");
    row.holds("no Active stray, at most one Pre-Active", good, found);
    Ok(())
}

/// Kills the second server when the third message is on its way.
fn death(site: &Site, row: &mut Trial, job: Job) -> Outcome {
    site.second(|server| death_of(site, row, (job, server)))
}

fn death_of(site: &Site, row: &mut Trial, (job, server): (Job, &mut Server)) -> Outcome {
    let port = server.port;
    let before = site.objects(port)?;
    let name = format!("death-{}", job as u8);
    let store = site.store(&name)?.port(port);
    if job == Job::Rotation {
        row.exits("first start", &site.run(&store, "unlock")?, 0, "");
    }
    let group = server.group().ok_or("the second server does not run")?;
    let hook = Box::new(move || kill_group(group));
    let proxy = Proxy::with_hook(port, Cut::Before(3), hook)?;
    let struck = site.run(&store.clone().port(proxy.port), &job.words())?;
    row.holds("the server died", proxy.struck(), "fewer than 3 messages");
    drop(proxy);
    row.exits_one_of("struck", &struck, &[3, 13, 17], "");
    down(row, &site.run(&store, &job.words())?);
    server.go()?;
    goes_on(site, row, job, &store)?;
    no_stray(site, row, &before, &store)
}

fn down(row: &mut Trial, answer: &Answer) {
    row.exits("server down", answer, 3, "key-server-unreachable");
}

pub(super) fn death_at_start(site: &Site, row: &mut Trial) -> Outcome {
    death(site, row, Job::FirstStart)
}

pub(super) fn death_at_rotation(site: &Site, row: &mut Trial) -> Outcome {
    death(site, row, Job::Rotation)
}
