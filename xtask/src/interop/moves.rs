//! A store moves from one PyKMIP to another that knows nothing of it, by one rotation
//! (`security.kmip.migrateFrom`): whole, and cut at each message to either of them.
//!
//! May touch: servers on loopback that it starts, folders below the run's.

use std::fs;

use super::proxy::{Cut, Proxy};
use super::rows::started;
use super::site::{Site, Stage, Store};
use super::trial::Trial;
use crate::Outcome;

/// No move sends more messages to one of its lists.
const MESSAGES_MAX: u32 = 60;
const MESSAGES_MIN: usize = 3;
/// PyKMIP looks at each of its objects at every Locate: after so many rows it begins anew.
const ROWS_PER_SERVER: u32 = 8;
const STRUCK_CODES: [i32; 4] = [0, 3, 13, 17];
const TIMEOUT: &str = "--kmipConnectTimeoutMS 3000";
/// A start with one list alone: that of the other list's key.
const REFUSED_CODES: [i32; 4] = [2, 6, 8, 20];

/// Which list the cut connection leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

/// A move, cut at each message to one side.
pub(super) struct Series {
    side: Side,
    name: &'static str,
    what: &'static str,
    cut: fn(u32) -> Cut,
}

pub(super) const SERIES: [Series; 2] = [
    Series {
        side: Side::New,
        name: "move-new",
        what: "to the new list, its reply lost",
        cut: Cut::After,
    },
    Series {
        side: Side::Old,
        name: "move-old",
        what: "to the old list, before it arrives",
        cut: Cut::Before,
    },
];

/// A store under the first server, and its configurations.
struct Move {
    old: Store,
    new: Store,
    /// What names the old list beside the new one.
    from: String,
}

impl Move {
    fn prepare(site: &Site, name: &str) -> Outcome<Self> {
        let old = started(site, name)?;
        let new = old.clone().port(site.second(|second| Ok(second.port))?);
        let file = old.dbpath.with_extension("old.yaml");
        let from = format!("--kmipMigrateFrom {}", file.display());
        let this = Self { old, new, from };
        this.write()?;
        Ok(this)
    }

    /// Leads one list through the proxy, for as long as this value lives.
    fn through(&mut self, side: Side, proxy: &Proxy) -> Outcome {
        match side {
            Side::Old => self.old.port = proxy.port,
            Side::New => self.new.port = proxy.port,
        }
        self.write()
    }

    fn write(&self) -> Outcome {
        let file = self.old.dbpath.with_extension("old.yaml");
        Ok(fs::write(file, self.old.yaml())?)
    }

    fn both(&self, words: &str) -> String {
        format!("{words} {TIMEOUT} {}", self.from)
    }

    /// Whether the keystore is sealed under two master keys.
    fn is_between(&self, site: &Site) -> Outcome<bool> {
        let answer = site.run(&self.new, "status --json")?;
        let document: serde_json::Value = serde_json::from_str(&answer.stdout)
            .map_err(|error| format!("status --json: {error}: {}", answer.line()))?;
        Ok(document
            .get("nextMasterKey")
            .is_some_and(|next| !next.is_null()))
    }
}

/// The whole move, and what each list alone opens before and after it.
pub(super) fn play(stage: &Stage<'_>) -> Outcome<Vec<Trial>> {
    let site = Site::start(stage, "move", 2)?;
    let whole = Trial::play("move to another key server", &site, |site, row| {
        let store = Move::prepare(site, "moved")?;
        let (old_port, new_port) = (store.old.port, store.new.port);
        let first = site.fact(&store.old, "/masterKey/uniqueIdentifier")?;
        let objects = (site.objects(old_port)?, site.objects(new_port)?);
        let plan = site.run(&store.new, &store.both("rotate --dry-run"))?;
        row.exits("rotate --dry-run", &plan, 0, "would leave");
        let same = objects == (site.objects(old_port)?, site.objects(new_port)?);
        row.holds("a look changes nothing", same, "objects changed");
        let early = site.run(&store.new, &store.both("unlock"))?;
        row.exits("unlock with both, before", &early, 0, "");
        let moved = site.run(&store.new, &store.both("rotate"))?;
        row.exits("rotate", &moved, 0, "rotated: master key from");
        row.exits("the new list", &site.run(&store.new, "unlock")?, 0, "");
        let late = site.run(&store.old, "unlock")?;
        row.exits_one_of("the old list", &late, &REFUSED_CODES, "");
        let state = site.state(old_port, &first)?;
        let good = state == "Deactivated";
        row.holds("old key Deactivated", good, format!("old key {state}"));
        let again = site.run(&store.new, "rotate")?;
        row.exits("rotate on the new list", &again, 0, "master key from");
        Ok(())
    });
    Ok(vec![whole])
}

/// A row for each message, and one for the move that is not struck any more.
pub(super) fn cuts(stage: &Stage<'_>, series: &Series) -> Outcome<Vec<Trial>> {
    let mut rows = Vec::new();
    let mut site = Site::start(stage, series.name, 2)?;
    for message in 1..=MESSAGES_MAX {
        if message % ROWS_PER_SERVER == 0 {
            site = Site::start(stage, &format!("{}-{message}", series.name), 2)?;
        }
        let name = format!("move: cut at message {message} {}", series.what);
        let mut struck = None;
        let mut row = Trial::play(name, &site, |site, row| {
            struck = Some(cut_once(site, row, series, message)?);
            Ok(())
        });
        if struck == Some(true) {
            rows.push(row);
            continue;
        }
        if struck == Some(false) {
            row.row = format!("move: no message left to cut {}", series.what);
            let enough = rows.len() >= MESSAGES_MIN;
            row.holds("all messages were cut", enough, "too few messages");
        }
        rows.push(row);
        return Ok(rows);
    }
    if let Some(row) = rows.last_mut() {
        row.holds("an end", false, "the move never came to its end");
    }
    Ok(rows)
}

/// `false` when the move sent too few messages for it.
fn cut_once(site: &Site, row: &mut Trial, series: &Series, message: u32) -> Outcome<bool> {
    let mut store = Move::prepare(site, &format!("move-{message}"))?;
    let upstream = match series.side {
        Side::Old => store.old.port,
        Side::New => store.new.port,
    };
    let proxy = Proxy::start(upstream, (series.cut)(message))?;
    store.through(series.side, &proxy)?;
    let answer = site.run(&store.new, &store.both("rotate"))?;
    let struck = proxy.struck();
    if struck {
        row.exits_one_of("struck", &answer, &STRUCK_CODES, "");
    } else {
        row.exits("not struck", &answer, 0, "");
    }
    let old = site.run(&store.old, "unlock")?.code;
    let new = site.run(&store.new, "unlock")?.code;
    let found = format!("exit {old} with the old list alone, {new} with the new one");
    let good = match store.is_between(site)? {
        true => new == 2 && matches!(old, 0 | 2),
        false => (old == 0) != (new == 0),
    };
    row.holds("one of the lists alone, or between them", good, found);
    let both = site.run(&store.new, &store.both("unlock"))?;
    row.exits("unlock with both", &both, 0, "");
    if new != 0 {
        let again = site.run(&store.new, &store.both("rotate"))?;
        row.exits("again", &again, 0, "");
    }
    row.exits("the new list", &site.run(&store.new, "unlock")?, 0, "");
    Ok(struck)
}
