//! Two threads at once: a ring of ours that both share against a key of ring's that both share.

use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};

use strongroom_benches::{Goal, Session, Threaded, UnitWork};

use crate::contestant::{Contestant, OUR_AAD_LEN, Ours, Ring};
use crate::row;

/// What of ring's growth is wanted of ours.
const SHARE: f64 = 0.95;

fn sealing<C: Contestant + Send + 'static>(mut contestant: C, len: usize) -> UnitWork<'static> {
    let mut unit = vec![7; len];
    Box::new(move || {
        black_box(contestant.seal(black_box(&mut unit)));
    })
}

fn opening<C>(mut contestant: C, len: usize) -> UnitWork<'static>
where
    C: Contestant<Kept: Send> + Send + 'static,
{
    let mut sealed = vec![7; len];
    let kept = contestant.seal(&mut sealed);
    let mut unit = sealed.clone();
    Box::new(move || {
        unit.copy_from_slice(&sealed);
        contestant.open(black_box(&mut unit), &kept);
    })
}

/// Ours with one lock around everything: what the rows must be able to tell from ours.
#[derive(Clone)]
struct Locked(Arc<Mutex<Ours>>);

impl Contestant for Locked {
    type Kept = <Ours as Contestant>::Kept;

    fn seal(&mut self, unit: &mut [u8]) -> Self::Kept {
        let mut ours = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ours.seal(unit)
    }

    fn open(&mut self, unit: &mut [u8], kept: &Self::Kept) {
        let mut ours = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ours.open(unit, kept);
    }
}

/// Each thread's work shares what the contestant shares.
fn threaded<C: 'static>(
    contestant: C,
    share: fn(&C) -> C,
    work: fn(C, usize) -> UnitWork<'static>,
    len: usize,
) -> Threaded<'static> {
    Box::new(move || work(share(&contestant), len))
}

pub(crate) fn rows(session: &mut Session<'static>, len: usize, is_bulk: bool) {
    let goal = if is_bulk {
        Goal::SpeedAtLeast(SHARE)
    } else {
        Goal::Speed
    };
    let locked = || Locked(Arc::new(Mutex::new(Ours::new())));
    session.threaded(
        vec![
            threaded(Ours::new(), Ours::clone, sealing, len),
            threaded(Ring::new(OUR_AAD_LEN), Ring::share, sealing, len),
            threaded(locked(), Locked::clone, sealing, len),
        ],
        &[
            (row("seal", len, "ring", goal), (0, 1)),
            (
                row("seal behind one lock", len, "ring", Goal::SpeedBelow(SHARE)),
                (2, 1),
            ),
        ],
    );
    session.threaded(
        vec![
            threaded(Ours::new(), Ours::clone, opening, len),
            threaded(Ring::new(OUR_AAD_LEN), Ring::share, opening, len),
        ],
        &[(row("open", len, "ring", Goal::Speed), (0, 1))],
    );
}
