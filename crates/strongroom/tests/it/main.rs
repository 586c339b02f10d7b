//! The life cycle on the wire, against the bundled server in this process.

mod cuts;
mod harness;
mod rotation;
mod start;
mod status;
