//! The life cycle on the wire, against the bundled server in this process.

#[cfg(test)]
mod cuts;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod lag;
#[cfg(test)]
mod masters;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod pin;
#[cfg(test)]
mod polling;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod running;
#[cfg(test)]
mod shred;
#[cfg(test)]
mod start;
#[cfg(test)]
mod status;
#[cfg(test)]
mod table;
#[cfg(test)]
mod take_over;
#[cfg(test)]
mod wrap;
