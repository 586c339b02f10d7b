//! What the benches share: rows of a results' table, each a piece of work and a yardstick that
//! are timed in turn in one process, so that their ratio means something on a busy machine.
//! May touch: the clock, standard output, and the file that `STRONGROOM_BENCH_JSON` names.
#![forbid(unsafe_code)]

mod row;
mod scaling;
mod session;
mod timing;

pub use row::{Allocations, Goal, Row};
pub use scaling::{Threaded, UnitWork};
pub use session::Session;
pub use timing::Work;

/// The front page's example, compiled by `cargo test --doc`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct FrontPage;
