//! The host that loaded the library: who it is, its log, its configuration.
//!
//! May touch: the host's connection table for reading, the dynamic linker, the host's own functions.

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::ptr;

use super::abi::{
    AddEncryptor, ConfigArg, ConfigItem, ConfigParser, Connection, ExtensionApi, GetExtensionApi,
    GetHome, KIND_BOOLEAN, Session, WT_NOTFOUND, WtEncryptor,
};
use crate::error::{Refusal, WT_ERROR};
use crate::layout::{self, Layout, Version};

/// The table is read no further: the longest known has 22 slots.
const SLOTS_MAX: usize = 40;

/// The host's extension interface, which lives as long as the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host {
    api: *mut ExtensionApi,
}

// SAFETY: WiredTiger documents its extension interface as usable from any thread; only functions of
// the interface are called through the pointer.
unsafe impl Send for Host {}
// SAFETY: as for Send.
unsafe impl Sync for Host {}

/// A host whose layout is certain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attached {
    pub(crate) host: Host,
    pub(crate) conn: *mut Connection,
    layout: Layout,
}

/// What went wrong before, or after, the host's log could be found.
pub(crate) struct NotAttached {
    pub(crate) host: Option<Host>,
    pub(crate) refusal: Refusal,
}

/// Finds the layout of `conn` and the host's interface. With `named` the layout is given and only
/// compared with what is seen.
///
/// # Safety
///
/// `conn` is the connection that a WiredTiger host gave to an entry point.
pub(crate) unsafe fn attach(
    conn: *mut Connection,
    named: Option<Layout>,
) -> Result<Attached, NotAttached> {
    // SAFETY: by this function's contract.
    let slots = unsafe { count_slots(conn) };
    // SAFETY: as above.
    let version = unsafe { version(conn) };
    let layout = match named {
        Some(named) => layout::confirm(named, slots, version),
        None => layout::choose(slots, version),
    };
    // The interface lies in the last slot of every layout, so a refusal can be told in the log.
    let host = match slots.checked_sub(1) {
        // SAFETY: slot `last` exists, and holds `get_extension_api` in every layout.
        Some(last) if slots >= 15 => unsafe { interface(conn, last) },
        _ => None,
    };
    let refused = |refusal| NotAttached { host, refusal };
    let layout = layout.map_err(|error| refused(error.into()))?;
    let Some(host) = host else {
        return Err(refused(Refusal::Interface));
    };
    Ok(Attached { host, conn, layout })
}

/// The word in slot `at` of the table that the connection begins with.
///
/// # Safety
///
/// `conn` is a host's connection, and `at` is below [`SLOTS_MAX`]: the object behind the table is
/// far longer than that in every version.
unsafe fn slot(conn: *mut Connection, at: usize) -> *const c_void {
    // SAFETY: by this function's contract.
    unsafe { conn.cast::<*const c_void>().add(at).read() }
}

/// How many words at the beginning point into one and the same loaded object. The word after the
/// table points to the heap.
///
/// # Safety
///
/// As for [`slot`].
unsafe fn count_slots(conn: *mut Connection) -> usize {
    // SAFETY: by this function's contract; 0 is below SLOTS_MAX.
    let first = object_of(unsafe { slot(conn, 0) });
    let Some(first) = first else { return 0 };
    (0..SLOTS_MAX)
        // SAFETY: by this function's contract.
        .take_while(|&at| object_of(unsafe { slot(conn, at) }) == Some(first))
        .count()
}

/// What the dynamic linker knows of an address.
fn linked(address: *const c_void) -> Option<libc::Dl_info> {
    let mut info = libc::Dl_info {
        dli_fname: ptr::null(),
        dli_fbase: ptr::null_mut(),
        dli_sname: ptr::null(),
        dli_saddr: ptr::null_mut(),
    };
    // SAFETY: dladdr takes any address, and writes to `info` alone.
    let known = unsafe { libc::dladdr(address, &raw mut info) };
    (known != 0).then_some(info)
}

/// The base of the loaded object that `address` lies in.
fn object_of(address: *const c_void) -> Option<*mut c_void> {
    Some(linked(address)?.dli_fbase)
}

/// What the host's `wiredtiger_version` says, when the host shows that function.
///
/// # Safety
///
/// As for [`slot`].
unsafe fn version(conn: *mut Connection) -> Option<Version> {
    // SAFETY: by this function's contract.
    let info = linked(unsafe { slot(conn, 0) })?;
    let symbol = symbol_of(&info)?;
    // SAFETY: the function's signature is the same in every version:
    // const char *wiredtiger_version(int *, int *, int *).
    let ask: unsafe extern "C" fn(*mut c_int, *mut c_int, *mut c_int) -> *const c_char =
        unsafe { std::mem::transmute(symbol) };
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: it writes three integers and returns a constant string.
    unsafe { ask(&raw mut major, &raw mut minor, &raw mut patch) };
    Some(Version {
        major,
        minor,
        patch,
    })
}

/// The address of `wiredtiger_version` in the object of `info` and in no other: a process may hold
/// two versions of WiredTiger.
fn symbol_of(info: &libc::Dl_info) -> Option<*mut c_void> {
    let name = c"wiredtiger_version".as_ptr();
    let is_there = |symbol: &*mut c_void| {
        !symbol.is_null() && object_of(symbol.cast_const()) == Some(info.dli_fbase)
    };
    // SAFETY: dli_fname is a string of the dynamic linker; RTLD_NOLOAD loads nothing.
    let handle = unsafe { libc::dlopen(info.dli_fname, libc::RTLD_NOLOAD | libc::RTLD_NOW) };
    let found = if handle.is_null() {
        None
    } else {
        // SAFETY: the handle is open; closing it gives back the one reference taken here.
        let symbol = unsafe { libc::dlsym(handle, name) };
        // SAFETY: as above.
        unsafe { libc::dlclose(handle) };
        Some(symbol).filter(is_there)
    };
    // A main program's own name cannot be opened always.
    // SAFETY: RTLD_DEFAULT searches what is loaded.
    found.or_else(|| Some(unsafe { libc::dlsym(libc::RTLD_DEFAULT, name) }).filter(is_there))
}

/// The host's interface, when it is one: its first word is the connection.
///
/// # Safety
///
/// Slot `at` of `conn` holds `get_extension_api`.
unsafe fn interface(conn: *mut Connection, at: usize) -> Option<Host> {
    // SAFETY: by this function's contract; the word is a function's address, not null.
    let get: GetExtensionApi = unsafe { std::mem::transmute(slot(conn, at)) };
    // SAFETY: the function takes its connection.
    let api = unsafe { get(conn) };
    if api.is_null() {
        return None;
    }
    // SAFETY: the interface lives as long as the connection and is longer than what is declared.
    let is_of_conn = unsafe { (*api).conn } == conn.cast();
    is_of_conn.then_some(Host { api })
}

impl Attached {
    /// The host's folder as it names it.
    pub(crate) fn home(&self) -> Option<std::path::PathBuf> {
        // SAFETY: the layout is certain, so the slot holds `get_home`.
        let get: GetHome = unsafe { std::mem::transmute(slot(self.conn, self.layout.get_home)) };
        // SAFETY: the function takes its connection and gives a string that outlives this call.
        let text = unsafe { get(self.conn) };
        if text.is_null() {
            return None;
        }
        // SAFETY: not null, and terminated by a zero.
        let octets = unsafe { CStr::from_ptr(text) }.to_bytes();
        (!octets.is_empty()).then(|| Path::new(OsStr::from_bytes(octets)).to_owned())
    }

    /// Gives `encryptor` to the host under `name`; the host's own code when it refuses.
    ///
    /// # Safety
    ///
    /// `encryptor` is complete, and stays until the host has called its `terminate`.
    pub(crate) unsafe fn add_encryptor(&self, name: &CStr, encryptor: *mut WtEncryptor) -> c_int {
        // SAFETY: the layout is certain, so the slot holds `add_encryptor`.
        let add: AddEncryptor =
            unsafe { std::mem::transmute(slot(self.conn, self.layout.add_encryptor)) };
        // SAFETY: by this function's contract; the configuration may be null.
        unsafe { add(self.conn, name.as_ptr(), encryptor, ptr::null()) }
    }
}

impl Host {
    /// A line in the host's log of errors.
    pub(crate) fn error(self, session: *mut Session, text: &str) {
        // SAFETY: the interface lives as long as the connection.
        let print = unsafe { (*self.api).err_printf };
        self.print(print, session, text);
    }

    /// A line in the host's log of messages.
    pub(crate) fn message(self, session: *mut Session, text: &str) {
        // SAFETY: as above.
        let print = unsafe { (*self.api).msg_printf };
        self.print(print, session, text);
    }

    fn print(self, print: Option<super::abi::Printf>, session: *mut Session, text: &str) {
        let line: String = format!("strongroom: {text}")
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if let (Some(print), Ok(line)) = (print, CString::new(line)) {
            // SAFETY: the format takes one string, which lives until the call returns; the session
            // is the one that the host gave, or null.
            unsafe { print(self.api, session, c"%s".as_ptr(), line.as_ptr()) };
        }
    }

    /// The text of `key` in a configuration; `None` when it is not there or empty.
    ///
    /// # Safety
    ///
    /// `config` is what the host gave to the call that is running.
    pub(crate) unsafe fn value(
        self,
        session: *mut Session,
        config: *mut ConfigArg,
        key: &'static str,
    ) -> Result<Option<String>, Refusal> {
        // SAFETY: the interface lives as long as the connection.
        let get = unsafe { (*self.api).config_get };
        let (Some(get), Ok(name)) = (get, CString::new(key)) else {
            return Err(Refusal::Interface);
        };
        if config.is_null() {
            return Ok(None);
        }
        let mut item = ConfigItem::EMPTY;
        // SAFETY: by this function's contract; the host writes to `item` alone.
        match unsafe { get(self.api, session, config, name.as_ptr(), &raw mut item) } {
            0 => {}
            WT_NOTFOUND => return Ok(None),
            _ => return Err(Refusal::Interface),
        }
        // A key without a value, which the host's own defaults have too, is a boolean of no length.
        if item.text.is_null() || item.len == 0 {
            return Ok(None);
        }
        if item.kind == KIND_BOOLEAN {
            return Ok(Some((item.value != 0).to_string()));
        }
        // SAFETY: the host gave `len` octets at `text`, which live as long as its configuration.
        let octets = unsafe { std::slice::from_raw_parts(item.text.cast::<u8>(), item.len) };
        let text = std::str::from_utf8(octets).map_err(|_| Refusal::NotUtf8(key))?;
        Ok(Some(text.to_owned()))
    }

    /// The names of all settings in a configuration, in its order.
    ///
    /// # Safety
    ///
    /// As for [`Self::value`].
    pub(crate) unsafe fn keys(self, config: *mut ConfigArg) -> Result<Vec<String>, Refusal> {
        if config.is_null() {
            return Ok(Vec::new());
        }
        // SAFETY: the interface lives as long as the connection.
        let open = unsafe { (*self.api).config_parser_open_arg };
        let open = open.ok_or(Refusal::Interface)?;
        let mut parser = ptr::null_mut();
        // SAFETY: by this function's contract; the host writes to `parser` alone.
        let opened = unsafe { open(self.api, ptr::null_mut(), config, &raw mut parser) };
        if opened != 0 || parser.is_null() {
            return Err(Refusal::Interface);
        }
        // SAFETY: the host opened it, and its configuration is that of the running call.
        let keys = unsafe { keys_of(parser) };
        // SAFETY: open, and not used afterwards.
        if let Some(close) = unsafe { (*parser).close } {
            // SAFETY: as above.
            unsafe { close(parser) };
        }
        keys
    }

    /// Says why in the log of errors, and gives the code for the host.
    pub(crate) fn refuse(self, session: *mut Session, refusal: &Refusal) -> c_int {
        self.error(session, &refusal.line());
        refusal.code()
    }
}

/// # Safety
///
/// `parser` is open.
unsafe fn keys_of(parser: *mut ConfigParser) -> Result<Vec<String>, Refusal> {
    // SAFETY: by this function's contract.
    let next = unsafe { (*parser).next }.ok_or(Refusal::Interface)?;
    let mut keys = Vec::new();
    loop {
        let (mut key, mut value) = (ConfigItem::EMPTY, ConfigItem::EMPTY);
        // SAFETY: by this function's contract; the host writes to the two items alone.
        match unsafe { next(parser, &raw mut key, &raw mut value) } {
            0 if !key.text.is_null() => {}
            WT_NOTFOUND => return Ok(keys),
            _ => return Err(Refusal::Interface),
        }
        // SAFETY: the host gave `len` octets at `text`, which live until the parser is closed.
        let octets = unsafe { std::slice::from_raw_parts(key.text.cast::<u8>(), key.len) };
        keys.push(String::from_utf8_lossy(octets).into_owned());
    }
}

/// Runs `body`; a panic ends here, as an error of the host's own kind.
pub(crate) fn guarded(
    host: Option<Host>,
    session: *mut Session,
    body: impl FnOnce() -> c_int,
) -> c_int {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(code) => code,
        Err(payload) => {
            // Its drop might panic again.
            std::mem::forget(payload);
            let text = "an error in the library itself stopped this call; report it";
            let told = AssertUnwindSafe(|| host.map(|host| host.error(session, text)));
            drop(catch_unwind(told));
            WT_ERROR
        }
    }
}

/// Keeps the library mapped when the host closes it: memory for keys, and thread-local values whose
/// destructors lie in it, outlive a connection.
pub(crate) fn stay_loaded() {
    let own = stay_loaded as *const c_void;
    if let Some(info) = linked(own) {
        let flags = libc::RTLD_NOLOAD | libc::RTLD_NOW | libc::RTLD_NODELETE;
        // SAFETY: the name is the dynamic linker's own; nothing is loaded anew. The reference is
        // kept on purpose.
        unsafe { libc::dlopen(info.dli_fname, flags) };
    }
}
