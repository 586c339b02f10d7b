//! Tests through the public interface: a simulated disk, its crashes and faults, real files.

mod corruption;
mod crash;
mod directory;
mod explorer;
mod faults;
mod rotation;
mod sim;
mod stores;
mod vectors;
