//! The parts of the run, two at a time: CI has two cores, and a key server leaves its client waiting.
//!
//! May touch: threads of its own, one per lane; each part starts and ends its own servers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::matrix::{self, Matrix};
use super::site::Stage;
use super::trial::Trial;
use super::{Part, cuts, forged, moves, rows, table};
use crate::Outcome;

const LANES: usize = 2;

/// What was played.
#[derive(Default)]
pub(super) struct Played {
    pub(super) trials: Vec<Trial>,
    pub(super) matrices: Vec<Matrix>,
}

/// One part; what it plays is independent of the others.
type Job = Box<dyn Fn(&Stage<'_>) -> Result<Played, String> + Send + Sync>;

/// Plays all parts, or those of `only`; the report has them in one order, however they ended.
pub(super) fn play(stage: &Stage<'_>, only: Option<Part>) -> Outcome<Played> {
    let jobs = jobs(only);
    let next = AtomicUsize::new(0);
    let ended: Vec<Mutex<Option<Result<Played, String>>>> =
        jobs.iter().map(|_| Mutex::default()).collect();
    thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::SeqCst);
                    let (Some(job), Some(slot)) = (jobs.get(place), ended.get(place)) else {
                        return;
                    };
                    let result = job(stage);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(result);
                    }
                }
            });
        }
    });
    let mut played = Played::default();
    for slot in ended {
        let part = slot.into_inner().ok().flatten();
        let part = part.ok_or("a part of the run did not come to its end")??;
        played.trials.extend(part.trials);
        played.matrices.extend(part.matrices);
    }
    Ok(played)
}

/// The long ones first, so that no lane is left with one of them at the end.
fn jobs(only: Option<Part>) -> Vec<Job> {
    let wanted =
        |part| only.is_none_or(|only| only == part || only == Part::Stores && part != Part::Matrix);
    let mut jobs: Vec<Job> = Vec::new();
    if wanted(Part::Stores) {
        for series in cuts::SERIES.iter().rev() {
            jobs.push(trials(move |stage| cuts::play(stage, series)));
        }
    }
    if wanted(Part::Moves) {
        for series in &moves::SERIES {
            jobs.push(trials(move |stage| moves::cuts(stage, series)));
        }
        jobs.push(trials(moves::play));
    }
    if wanted(Part::Table) {
        for part in 0..table::PARTS {
            jobs.push(trials(move |stage| table::play(stage, part)));
        }
    }
    if wanted(Part::Stores) {
        jobs.push(trials(rows::play));
    }
    if wanted(Part::Forged) {
        jobs.push(trials(forged::play));
    }
    if wanted(Part::Matrix) {
        jobs.push(Box::new(|stage| {
            let matrices = matrix::play(stage).map_err(|error| error.to_string())?;
            Ok(Played {
                matrices,
                ..Played::default()
            })
        }));
    }
    jobs
}

fn trials(play: impl Fn(&Stage<'_>) -> Outcome<Vec<Trial>> + Send + Sync + 'static) -> Job {
    Box::new(move |stage| {
        let trials = play(stage).map_err(|error| error.to_string())?;
        Ok(Played {
            trials,
            ..Played::default()
        })
    })
}
