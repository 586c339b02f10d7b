//! The store's master keys, past and present, and the end of those that nothing needs.
//!
//! May touch: the directory through `strongroom-keystore`, the key servers.

mod destroy;
mod list;
mod need;

pub use destroy::{DestroyedMaster, destroy_master};
pub use list::{BurntReport, ListedMaster, MasterList, Stray, list_masters};
