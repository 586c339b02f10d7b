//! Tests through the public interface: a simulated disk, its crashes and faults, real files.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "tests count small things, and print what they explored"
)]

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod corruption;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod crash_unreadable;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod explorer;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod rotation_model;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod vectors;
