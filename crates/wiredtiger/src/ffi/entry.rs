//! The entry points that a host finds by name: one that looks for the layout itself, and one for
//! each layout that is known.
//!
//! May touch: the host's connection, the configuration file. Keys are fetched later, by customize.

use std::ffi::c_int;
use std::ptr;
use std::sync::Arc;

use strongroom::config::Environment;

use super::abi::{ConfigArg, Connection};
use super::encryptor::Encryptor;
use super::host::{self, Attached, NotAttached, guarded, stay_loaded};
use crate::error::{Refusal, WT_ERROR};
use crate::layout::Layout;
use crate::settings;
use crate::store::Store;

/// The name that the host's `encryption=(name=...)` refers to.
const NAME: &std::ffi::CStr = c"strongroom";

/// Registers the encryptor with the host.
///
/// # Safety
///
/// `conn` and `config` are what a WiredTiger host gave to an entry point.
pub(crate) unsafe fn load(
    conn: *mut Connection,
    config: *mut ConfigArg,
    named: Option<Layout>,
) -> c_int {
    guarded(None, ptr::null_mut(), || {
        if conn.is_null() {
            return WT_ERROR;
        }
        // SAFETY: by this function's contract.
        match unsafe { host::attach(conn, named) } {
            // SAFETY: as above.
            Ok(attached) => guarded(Some(attached.host), ptr::null_mut(), || unsafe {
                register(&attached, config)
            }),
            Err(NotAttached { host, refusal }) => match host {
                Some(host) => host.refuse(ptr::null_mut(), &refusal),
                None => refusal.code(),
            },
        }
    })
}

/// # Safety
///
/// As for [`load`].
unsafe fn register(attached: &Attached, config: *mut ConfigArg) -> c_int {
    let host = attached.host;
    let value = |key: &'static str| -> Result<Option<String>, Refusal> {
        // SAFETY: the configuration is that of the running call.
        unsafe { host.value(ptr::null_mut(), config, key) }
    };
    // SAFETY: as above.
    let keys = unsafe { host.keys(config) };
    if let Some(refusal) = keys.and_then(|keys| settings::known(&keys)).err() {
        return host.refuse(ptr::null_mut(), &refusal);
    }
    let home = attached.home().map(|home| settings::home(&home));
    let settings = match settings::read(value, home, &Environment::process()) {
        Ok(settings) => settings,
        Err(refusal) => return host.refuse(ptr::null_mut(), &refusal),
    };
    for notice in &settings.notices {
        host.message(ptr::null_mut(), &format!("notice: {notice}"));
    }
    stay_loaded();
    let encryptor = Encryptor::leak(host, Arc::new(Store::new(settings)), None);
    // SAFETY: complete, and freed by `terminate`, which the host calls when it took it.
    let code = unsafe { attached.add_encryptor(NAME, encryptor) };
    if code != 0 {
        // SAFETY: the host did not take it.
        unsafe { Encryptor::free(encryptor) };
    }
    code
}

macro_rules! entries {
    ($($(#[$doc:meta])* $name:ident => $layout:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// To be called by a WiredTiger host alone, with its own arguments.
        // SAFETY: no other library of a process has functions of this name; the host calls the one
        // of the library that it loaded.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(conn: *mut Connection, config: *mut ConfigArg) -> c_int {
            // SAFETY: by this function's contract.
            unsafe { load(conn, config, $layout) }
        }
    )*};
}

entries! {
    /// WiredTiger's default entry point: finds the layout by itself.
    wiredtiger_extension_init => None;
    /// 16 slots: MongoDB 3.2.12 to 3.2.22 and 3.4.2 to 3.4.24.
    strongroom_slots_16_12 => Some(Layout::S16_12);
    /// 18 slots: MongoDB 4.4.2 to 4.4.4.
    strongroom_slots_18_14 => Some(Layout::S18_14);
    /// 20 slots, `add_encryptor` in slot 16: MongoDB 3.6, 4.0, 4.2, 4.4.0, 4.4.1.
    strongroom_slots_20_16 => Some(Layout::S20_16);
    /// 20 slots, `add_encryptor` in slot 14: MongoDB 4.4.5 to 7.3.
    strongroom_slots_20_14 => Some(Layout::S20_14);
    /// 21 slots: MongoDB 8.0.
    strongroom_slots_21_15 => Some(Layout::S21_15);
    /// 20 slots, `add_encryptor` in slot 15: MongoDB 8.1.
    strongroom_slots_20_15 => Some(Layout::S20_15);
    /// 22 slots: the development branch of June 2025.
    strongroom_slots_22_15 => Some(Layout::S22_15);
    /// MongoDB 3.4.2 to 3.4.24.
    strongroom_mongodb_3_4 => Some(Layout::S16_12);
    /// MongoDB 3.6, 4.0 and 4.2.
    strongroom_mongodb_3_6 => Some(Layout::S20_16);
    /// MongoDB 4.4.0 and 4.4.1.
    strongroom_mongodb_4_4_0 => Some(Layout::S20_16);
    /// MongoDB 4.4.2 to 4.4.4.
    strongroom_mongodb_4_4_2 => Some(Layout::S18_14);
    /// MongoDB 4.4.5 to 4.4.29, 5.0, 6.0, 7.0 to 7.3.
    strongroom_mongodb_4_4_5 => Some(Layout::S20_14);
    /// MongoDB 8.0.
    strongroom_mongodb_8_0 => Some(Layout::S21_15);
    /// MongoDB 8.1.
    strongroom_mongodb_8_1 => Some(Layout::S20_15);
}
