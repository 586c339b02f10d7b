//! The shapes of WiredTiger's extension interface, as far as they are the same in every version.
//!
//! May touch: nothing; these are types. Nothing past slot 12 of the extension interface is named:
//! from there on members moved.

use std::ffi::{c_char, c_int, c_void};

/// `WT_CONNECTION`: a table of functions whose slots differ by version (`crate::layout`).
#[repr(C)]
pub(crate) struct Connection {
    _opaque: [u8; 0],
}

/// `WT_SESSION`, passed back to the host and never looked into.
#[repr(C)]
pub(crate) struct Session {
    _opaque: [u8; 0],
}

/// `WT_CONFIG_ARG`, passed back to the host and never looked into.
#[repr(C)]
pub(crate) struct ConfigArg {
    _opaque: [u8; 0],
}

/// `WT_CONFIG_ITEM`. The text is not terminated by a zero.
#[repr(C)]
pub(crate) struct ConfigItem {
    pub(crate) text: *const c_char,
    pub(crate) len: usize,
    pub(crate) value: i64,
    /// 0 string, 1 boolean, 2 identifier, 3 number, 4 structure.
    pub(crate) kind: c_int,
}

impl ConfigItem {
    pub(crate) const EMPTY: Self = Self {
        text: std::ptr::null(),
        len: 0,
        value: 0,
        kind: 0,
    };
}

/// The kind of an item that is `true` or `false`.
pub(crate) const KIND_BOOLEAN: c_int = 1;
/// What `config_get` returns for a key that is not there.
pub(crate) const WT_NOTFOUND: c_int = -31803;

pub(crate) type Printf =
    unsafe extern "C" fn(*mut ExtensionApi, *mut Session, *const c_char, ...) -> c_int;
pub(crate) type ConfigGet = unsafe extern "C" fn(
    *mut ExtensionApi,
    *mut Session,
    *mut ConfigArg,
    *const c_char,
    *mut ConfigItem,
) -> c_int;

pub(crate) type ParserOpen = unsafe extern "C" fn(
    *mut ExtensionApi,
    *mut Session,
    *mut ConfigArg,
    *mut *mut ConfigParser,
) -> c_int;

/// `WT_CONFIG_PARSER`, up to what is called.
#[repr(C)]
pub(crate) struct ConfigParser {
    pub(crate) close: Option<unsafe extern "C" fn(*mut Self) -> c_int>,
    pub(crate) next:
        Option<unsafe extern "C" fn(*mut Self, *mut ConfigItem, *mut ConfigItem) -> c_int>,
}

/// The beginning of `WT_EXTENSION_API`: slots 0 to 12.
#[repr(C)]
pub(crate) struct ExtensionApi {
    pub(crate) conn: *mut c_void,
    pub(crate) err_printf: Option<Printf>,
    pub(crate) msg_printf: Option<Printf>,
    pub(crate) slots_3_to_8: [*const c_void; 6],
    pub(crate) config_get: Option<ConfigGet>,
    pub(crate) slots_10_and_11: [*const c_void; 2],
    pub(crate) config_parser_open_arg: Option<ParserOpen>,
}

pub(crate) type AddEncryptor =
    unsafe extern "C" fn(*mut Connection, *const c_char, *mut WtEncryptor, *const c_char) -> c_int;
pub(crate) type GetExtensionApi = unsafe extern "C" fn(*mut Connection) -> *mut ExtensionApi;
pub(crate) type GetHome = unsafe extern "C" fn(*mut Connection) -> *const c_char;

/// `encrypt` and `decrypt`.
pub(crate) type Crypt = unsafe extern "C" fn(
    *mut WtEncryptor,
    *mut Session,
    *mut u8,
    usize,
    *mut u8,
    usize,
    *mut usize,
) -> c_int;
pub(crate) type Sizing = unsafe extern "C" fn(*mut WtEncryptor, *mut Session, *mut usize) -> c_int;
pub(crate) type Customize = unsafe extern "C" fn(
    *mut WtEncryptor,
    *mut Session,
    *mut ConfigArg,
    *mut *mut WtEncryptor,
) -> c_int;
pub(crate) type Terminate = unsafe extern "C" fn(*mut WtEncryptor, *mut Session) -> c_int;

/// `WT_ENCRYPTOR`, with zeros where later versions may look for more.
#[repr(C)]
pub(crate) struct WtEncryptor {
    pub(crate) encrypt: Option<Crypt>,
    pub(crate) decrypt: Option<Crypt>,
    pub(crate) sizing: Option<Sizing>,
    pub(crate) customize: Option<Customize>,
    pub(crate) terminate: Option<Terminate>,
    pub(crate) later: [*const c_void; 4],
}
