//! The library under a host that the tests make: a C table, a log, a configuration.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use strongroom::config::{Config, Environment, Overrides};
use strongroom::kmip::attribute::RevocationReason;
use strongroom::kmip::enumeration::RevocationReasonCode;
use strongroom::{KeyServers, LiveKey, LiveRequest, LiveRotation, LiveStore, Status};
use strongroom_server::testing::TestServer;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::abi::{
    ConfigArg, ConfigItem, ConfigParser, Connection, ExtensionApi, Printf, Session, WT_NOTFOUND,
    WtEncryptor,
};
use super::entry::load;
use super::host::guarded;
use crate::block::OVERHEAD;
use crate::error::WT_ERROR;
use crate::layout::Layout;

/// A connection of the layout with 20 slots and `add_encryptor` in slot 14.
#[repr(C)]
struct Fake {
    table: [*const c_void; 20],
    default_session: *const c_void,
    home: CString,
    api: ExtensionApi,
    log: Mutex<Vec<String>>,
    encryptor: *mut WtEncryptor,
}

type Values = BTreeMap<&'static str, String>;

unsafe extern "C" fn other_slot() -> c_int {
    panic!("the library called a slot that it has no business with")
}

unsafe extern "C" fn get_home(conn: *mut Connection) -> *const c_char {
    unsafe { (*conn.cast::<Fake>()).home.as_ptr() }
}

unsafe extern "C" fn get_api(conn: *mut Connection) -> *mut ExtensionApi {
    unsafe { &raw mut (*conn.cast::<Fake>()).api }
}

unsafe extern "C" fn add_encryptor(
    conn: *mut Connection,
    name: *const c_char,
    encryptor: *mut WtEncryptor,
    _: *const c_char,
) -> c_int {
    assert_eq!(unsafe { CStr::from_ptr(name) }, c"strongroom");
    unsafe { (*conn.cast::<Fake>()).encryptor = encryptor };
    0
}

unsafe extern "C" fn print(
    api: *mut ExtensionApi,
    _: *mut Session,
    format: *const c_char,
    line: *const c_char,
) -> c_int {
    assert_eq!(unsafe { CStr::from_ptr(format) }, c"%s");
    let line = unsafe { CStr::from_ptr(line) }.to_str().unwrap().to_owned();
    let fake = unsafe { (*api).conn }.cast::<Fake>();
    unsafe { (*fake).log.lock().unwrap().push(line) };
    0
}

unsafe extern "C" fn config_get(
    _: *mut ExtensionApi,
    _: *mut Session,
    config: *mut ConfigArg,
    key: *const c_char,
    item: *mut ConfigItem,
) -> c_int {
    let values = unsafe { &*config.cast::<Values>() };
    let key = unsafe { CStr::from_ptr(key) }.to_str().unwrap();
    let Some(value) = values.get(key) else {
        return WT_NOTFOUND;
    };
    let is_switch = ["true", "false", ""].contains(&value.as_str());
    let found = ConfigItem {
        text: value.as_ptr().cast(),
        len: value.len(),
        value: i64::from(value != "false"),
        kind: c_int::from(is_switch),
    };
    unsafe { item.write(found) };
    0
}

/// A parser as the host makes one: walks the names of all values.
#[repr(C)]
struct FakeParser {
    table: ConfigParser,
    names: Vec<&'static str>,
}

unsafe extern "C" fn parser_open(
    _: *mut ExtensionApi,
    _: *mut Session,
    config: *mut ConfigArg,
    parser: *mut *mut ConfigParser,
) -> c_int {
    let values = unsafe { &*config.cast::<Values>() };
    let made = FakeParser {
        table: ConfigParser {
            close: Some(parser_close),
            next: Some(parser_next),
        },
        names: values.keys().rev().copied().collect(),
    };
    unsafe { parser.write(Box::into_raw(Box::new(made)).cast()) };
    0
}

unsafe extern "C" fn parser_next(
    parser: *mut ConfigParser,
    key: *mut ConfigItem,
    _: *mut ConfigItem,
) -> c_int {
    let parser = unsafe { &mut *parser.cast::<FakeParser>() };
    let Some(name) = parser.names.pop() else {
        return WT_NOTFOUND;
    };
    let found = ConfigItem {
        text: name.as_ptr().cast(),
        len: name.len(),
        ..ConfigItem::EMPTY
    };
    unsafe { key.write(found) };
    0
}

unsafe extern "C" fn parser_close(parser: *mut ConfigParser) -> c_int {
    drop(unsafe { Box::from_raw(parser.cast::<FakeParser>()) });
    0
}

impl Fake {
    fn new(home: &Path) -> Box<Self> {
        let mut table = [other_slot as *const c_void; 20];
        table[3] = get_home as *const c_void;
        table[14] = add_encryptor as *const c_void;
        table[19] = get_api as *const c_void;
        // SAFETY: called with exactly one argument behind the format; that is passed as any other.
        let print: Printf = unsafe { std::mem::transmute(print as *const c_void) };
        let mut fake = Box::new(Self {
            table,
            default_session: ptr::null(),
            home: CString::new(home.to_str().unwrap()).unwrap(),
            api: ExtensionApi {
                conn: ptr::null_mut(),
                err_printf: Some(print),
                msg_printf: Some(print),
                slots_3_to_8: [ptr::null(); 6],
                config_get: Some(config_get),
                slots_10_and_11: [ptr::null(); 2],
                config_parser_open_arg: Some(parser_open),
            },
            log: Mutex::default(),
            encryptor: ptr::null_mut(),
        });
        let conn: *mut Self = &raw mut *fake;
        fake.api.conn = conn.cast();
        fake
    }

    fn load(&mut self, values: &[(&'static str, &str)], named: Option<Layout>) -> c_int {
        assert!(self.default_session.is_null());
        let mut values: Values = values.iter().map(|&(k, v)| (k, v.to_owned())).collect();
        let conn: *mut Self = self;
        unsafe { load(conn.cast(), (&raw mut values).cast(), named) }
    }

    /// What the host gets for a key id.
    fn customize(&self, values: &[(&'static str, &str)]) -> Result<Key, c_int> {
        let mut values: Values = values.iter().map(|&(k, v)| (k, v.to_owned())).collect();
        let mut key = ptr::null_mut();
        let customize = unsafe { (*self.encryptor).customize }.unwrap();
        let config = (&raw mut values).cast();
        match unsafe { customize(self.encryptor, ptr::null_mut(), config, &raw mut key) } {
            0 => Ok(Key(key)),
            code => Err(code),
        }
    }

    fn key(&self, id: &str) -> Key {
        let values = [("secretkey", ""), ("keyid", id)];
        self.customize(&values)
            .unwrap_or_else(|code| panic!("{code}: {}", self.log()))
    }

    fn close(self: Box<Self>) {
        let terminate = unsafe { (*self.encryptor).terminate }.unwrap();
        assert_eq!(unsafe { terminate(self.encryptor, ptr::null_mut()) }, 0);
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }
}

/// A customized encryptor, as the host holds it.
struct Key(*mut WtEncryptor);

impl Key {
    fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let mut src = plain.to_vec();
        let mut constant = 0;
        let sizing = unsafe { (*self.0).sizing }.unwrap();
        assert_eq!(
            unsafe { sizing(self.0, ptr::null_mut(), &raw mut constant) },
            0
        );
        let mut dst = vec![0; src.len() + constant];
        let encrypt = unsafe { (*self.0).encrypt }.unwrap();
        let (code, len) = call(self.0, encrypt, &mut src, &mut dst);
        assert_eq!((code, len, constant), (0, dst.len(), OVERHEAD));
        dst
    }

    /// With a buffer as long as the input, as the host gives it.
    fn decrypt(&self, sealed: &[u8]) -> Result<Vec<u8>, c_int> {
        let mut src = sealed.to_vec();
        let mut dst = vec![0; src.len()];
        let decrypt = unsafe { (*self.0).decrypt }.unwrap();
        let (code, len) = call(self.0, decrypt, &mut src, &mut dst);
        dst.truncate(len);
        if code == 0 { Ok(dst) } else { Err(code) }
    }

    fn terminate(self) {
        let terminate = unsafe { (*self.0).terminate }.unwrap();
        assert_eq!(unsafe { terminate(self.0, ptr::null_mut()) }, 0);
    }
}

fn call(
    encryptor: *mut WtEncryptor,
    crypt: super::abi::Crypt,
    src: &mut [u8],
    dst: &mut [u8],
) -> (c_int, usize) {
    let mut len = usize::MAX;
    let (from, to) = (src.as_mut_ptr(), dst.as_mut_ptr());
    let session = ptr::null_mut();
    let code = unsafe {
        crypt(
            encryptor,
            session,
            from,
            src.len(),
            to,
            dst.len(),
            &raw mut len,
        )
    };
    (code, len)
}

/// A key server and a folder for hosts.
struct Site {
    runtime: Runtime,
    server: TestServer,
    dir: TempDir,
}

impl Site {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(TestServer::start_with(|_| {})).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let client = server.client("node-1").unwrap();
        fs::write(dir.path().join("ca.pem"), server.ca_pem()).unwrap();
        let pem = format!("{}{}", client.certificate_pem(), client.key_pem());
        fs::write(dir.path().join("client.pem"), pem).unwrap();
        let yaml = format!(
            "security:\n  enableEncryption: true\n  kmip:\n    serverName: 127.0.0.1\n    port: {}\n    \
             serverCAFile: {dir}/ca.pem\n    clientCertificateFile: {dir}/client.pem\n",
            server.local_addr().port(),
            dir = dir.path().display()
        );
        fs::write(dir.path().join("strongroom.yaml"), yaml).unwrap();
        Self {
            runtime,
            server,
            dir,
        }
    }

    fn yaml(&self) -> String {
        self.dir
            .path()
            .join("strongroom.yaml")
            .display()
            .to_string()
    }

    fn home(&self, name: &str) -> PathBuf {
        let home = self.dir.path().join(name);
        fs::create_dir_all(&home).unwrap();
        home
    }

    /// A host with the library loaded.
    fn host(&self, name: &str) -> Box<Fake> {
        let mut host = Fake::new(&self.home(name));
        let code = host.load(&[("config_file", &self.yaml())], Some(Layout::S20_14));
        assert_eq!(code, 0, "{}", host.log());
        host
    }
}

/// A metadata file with one block that holds `output`.
fn metadata(output: &[u8], flags: u8) -> Vec<u8> {
    let mut file = vec![0; 8192];
    let block = &mut file[4096..];
    (block[24], block[25], block[29]) = (7, flags, 16);
    block[40] = u8::try_from(44 + output.len()).unwrap();
    block[44..44 + output.len()].copy_from_slice(output);
    file
}

#[test]
fn a_block_opens_under_its_key_id_after_a_restart_and_under_no_other() {
    let site = Site::new();
    let host = site.host("home");
    let key = host.key("master-1");
    let sealed = key.encrypt(b"PLAINTEXT");
    assert!(!sealed.windows(9).any(|window| window == b"PLAINTEXT"));
    assert_ne!(sealed, key.encrypt(b"PLAINTEXT"));
    assert_eq!(key.decrypt(&key.encrypt(b"")).unwrap(), b"");
    let other = host.key("tenant-b");
    assert_eq!(other.decrypt(&sealed).unwrap_err(), WT_ERROR);
    assert!(host.log().contains("tenant-b"), "{}", host.log());
    other.terminate();
    key.terminate();
    host.close();

    let host = site.host("home");
    let key = host.key("master-1");
    assert_eq!(key.decrypt(&sealed).unwrap(), b"PLAINTEXT");
    for at in [0, sealed.len() - 1] {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        assert_eq!(key.decrypt(&damaged).unwrap_err(), WT_ERROR);
    }
    assert_eq!(key.decrypt(&sealed[..10]).unwrap_err(), WT_ERROR);
    assert!(host.log().contains("Do not repair or salvage"));
    key.terminate();
    host.close();
}

#[test]
fn a_layout_that_is_not_certain_is_refused_in_the_log_and_nothing_is_registered() {
    let site = Site::new();
    let mut host = Fake::new(&site.home("home"));
    let config = site.yaml();
    assert_eq!(host.load(&[("config_file", &config)], None), libc::ENOTSUP);
    assert!(host.log().contains("20 slots"), "{}", host.log());
    let code = host.load(&[("config_file", &config)], Some(Layout::S21_15));
    assert_eq!(code, libc::ENOTSUP);
    assert!(host.log().contains("the host's has 20"), "{}", host.log());
    assert!(host.encryptor.is_null());
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let site = Site::new();
    let yaml = site.yaml();
    for (values, words) in [
        (vec![], "no key server is configured"),
        (vec![("config_file", "/no/such.yaml")], "/no/such.yaml"),
        (
            vec![("config_file", yaml.as_str()), ("kmipPort", "many")],
            "kmip.port",
        ),
        (
            vec![
                ("config_file", yaml.as_str()),
                ("kmipClientCertificatePassword", "x"),
            ],
            "in clear",
        ),
        (
            vec![("config_file", yaml.as_str()), ("kmipServer", "127.0.0.1")],
            "has \"kmipServer\", which is no setting of this library",
        ),
        (
            vec![("config_file", yaml.as_str()), ("Dbpath", "/tmp")],
            "There are config_file, dbpath, enableEncryption, ",
        ),
    ] {
        let mut host = Fake::new(&site.home("home"));
        let code = host.load(&values, Some(Layout::S20_14));
        assert_eq!(code, libc::EINVAL, "{words}");
        assert!(host.log().contains(words), "{}", host.log());
        assert!(host.encryptor.is_null());
    }
}

#[test]
fn odd_key_ids_are_refused_and_leave_no_keystore() {
    let site = Site::new();
    let host = site.host("home");
    let long = "k".repeat(256);
    for (values, words) in [
        (vec![], "names no keyid"),
        (vec![("keyid", "")], "names no keyid"),
        (vec![("keyid", "a\u{7}b")], "control character"),
        (vec![("keyid", long.as_str())], "this one has 256"),
        (vec![("keyid", "a"), ("secretkey", "00")], "secretkey"),
    ] {
        assert_eq!(host.customize(&values).err(), Some(libc::EINVAL));
        assert!(host.log().contains(words), "{}", host.log());
    }
    assert_eq!(fs::read_dir(site.home("home")).unwrap().count(), 0);
    host.close();
}

#[test]
fn data_of_another_store_another_key_id_or_without_encryption_is_refused_and_unharmed() {
    let site = Site::new();
    let host = site.host("first");
    let key = host.key("master-1");
    let file = metadata(&key.encrypt(b"root"), 8);
    key.terminate();
    host.close();
    let stranger = site.host("second");
    stranger.key("master-1").terminate();
    stranger.close();

    for (home, id, octets, words) in [
        ("second", "master-1", &file, "was sealed under another key"),
        ("first", "master-2", &file, "this keystore has \"master-1\""),
        ("first", "master-1", &metadata(b"root", 0), "not encrypted"),
        (
            "first",
            "master-1",
            &metadata(b"root", 8),
            "another encryptor",
        ),
    ] {
        let path = site.home(home).join("WiredTiger.wt");
        fs::write(&path, octets).unwrap();
        let host = site.host(home);
        assert!(host.customize(&[("keyid", id)]).is_err(), "{words}");
        assert!(host.log().contains(words), "{}", host.log());
        assert_eq!(&fs::read(&path).unwrap(), octets);
        host.close();
        fs::remove_file(path).unwrap();
    }
    fs::write(site.home("first").join("WiredTiger.wt"), &file).unwrap();
    let host = site.host("first");
    host.key("master-1").terminate();
    host.close();
}

#[test]
fn sealed_data_without_a_keystore_is_refused_and_no_other_is_made() {
    let site = Site::new();
    let host = site.host("home");
    let key = host.key("master-1");
    let file = metadata(&key.encrypt(b"root"), 8);
    key.terminate();
    host.close();
    let home = site.home("home");
    fs::write(home.join("WiredTiger.wt"), &file).unwrap();
    let elsewhere = site.home("elsewhere");
    let (yaml, dbpath) = (site.yaml(), elsewhere.display().to_string());
    let mut host = Fake::new(&home);
    let values = [("config_file", yaml.as_str()), ("dbpath", dbpath.as_str())];
    let code = host.load(&values, Some(Layout::S20_14));
    assert_eq!(code, 0, "{}", host.log());
    assert!(host.customize(&[("keyid", "master-1")]).is_err());
    let words = format!("there is no keystore in {dbpath}");
    assert!(host.log().contains(&words), "{}", host.log());
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    host.close();
}

#[test]
fn data_whose_key_was_retired_is_told_so_and_opens_with_the_keystore_of_before() {
    let site = Site::new();
    let home = site.home("home");
    let host = site.host("home");
    let key = host.key("master-1");
    let old = metadata(&key.encrypt(b"root"), 8);
    let copies = || ["keystore.a", "keystore.b"].map(|name| fs::read(home.join(name)).unwrap());
    let id = || "master-1".to_owned();
    let _: LiveKey = ask(&home, &LiveRequest::KeysRotate { id: id() });
    let new = metadata(&key.encrypt(b"root"), 8);
    let before = copies();
    let retire = LiveRequest::KeysRetire {
        id: id(),
        generation: 1,
        not_needed: true,
    };
    let _: LiveKey = ask(&home, &retire);
    key.terminate();
    host.close();

    let path = home.join("WiredTiger.wt");
    for (file, opens) in [(&old, false), (&new, true)] {
        fs::write(&path, file).unwrap();
        let host = site.host("home");
        let key = host.customize(&[("keyid", "master-1")]);
        assert_eq!(key.is_ok(), opens, "{}", host.log());
        let told = host
            .log()
            .contains("generation 1 of key \"master-1\", which was retired");
        assert_eq!(told, !opens, "{}", host.log());
        key.into_iter().for_each(Key::terminate);
        host.close();
        assert_eq!(&fs::read(&path).unwrap(), file);
    }
    for (name, octets) in ["keystore.a", "keystore.b"].iter().zip(before) {
        fs::write(home.join(name), octets).unwrap();
    }
    fs::write(&path, &old).unwrap();
    let host = site.host("home");
    host.key("master-1").terminate();
    host.close();
}

#[test]
fn a_key_server_that_is_down_is_named_and_leaves_nothing_behind() {
    let site = Site::new();
    let yaml = site.yaml();
    let home = site.home("home");
    let mut host = Fake::new(&home);
    let values = [("config_file", yaml.as_str()), ("kmipConnectRetries", "0")];
    assert_eq!(host.load(&values, Some(Layout::S20_14)), 0);
    let Site {
        runtime,
        server,
        dir,
    } = site;
    drop(server);
    drop(runtime);
    let code = host.customize(&[("keyid", "master-1")]).err();
    assert_eq!(code, Some(libc::EHOSTUNREACH), "{}", host.log());
    assert!(host.log().contains("127.0.0.1"), "{}", host.log());
    assert!(!home.join("keystore.a").exists());
    host.close();
    drop(dir);
}

#[test]
fn a_second_host_is_told_that_the_store_is_in_use() {
    let site = Site::new();
    let host = site.host("home");
    let key = host.key("master-1");
    let second = site.host("home");
    let code = second.customize(&[("keyid", "master-1")]).err();
    assert_eq!(code, Some(libc::EBUSY), "{}", second.log());
    second.close();
    key.terminate();
    host.close();
}

#[test]
fn a_panic_ends_at_the_boundary() {
    let code = guarded(None, ptr::null_mut(), || panic!("known"));
    assert_eq!(code, WT_ERROR);
}

/// Asks the running store as `strongroom` does.
fn ask<T: serde::de::DeserializeOwned>(home: &Path, request: &LiveRequest) -> T {
    let store = LiveStore::find(home).unwrap().expect("a socket");
    store.ask(request).unwrap()
}

/// The DEK generation in the meta of a sealed block.
fn generation(sealed: &[u8]) -> u32 {
    let meta = &sealed[sealed.len() - OVERHEAD..];
    u32::from_be_bytes(meta[4..8].try_into().unwrap())
}

#[test]
fn data_key_and_master_key_are_rotated_while_the_host_runs() {
    let site = Site::new();
    let home = site.home("home");
    let host = site.host("home");
    let (key, twin, other) = (
        host.key("master-1"),
        host.key("master-1"),
        host.key("tenant-b"),
    );
    let before = key.encrypt(b"before");
    let first: Status = ask(&home, &LiveRequest::Status {});
    let ids = |status: &Status| -> Vec<(String, u32)> {
        let rings = &status.running.as_ref().unwrap().rings;
        rings
            .iter()
            .map(|ring| (ring.id.clone(), ring.generation))
            .collect()
    };
    assert_eq!(
        ids(&first),
        [("master-1".to_owned(), 1), ("tenant-b".to_owned(), 1)]
    );

    let id = "master-1".to_owned();
    let made: LiveKey = ask(&home, &LiveRequest::KeysRotate { id });
    assert_eq!((made.generation, made.live), (2, true));
    let between = key.encrypt(b"between");
    assert_eq!([generation(&before), generation(&between)], [1, 2]);
    // Every encryptor of the key id, and no other.
    assert_eq!(generation(&twin.encrypt(b"")), 2);
    assert_eq!(generation(&other.encrypt(b"")), 1);

    let rotate = LiveRequest::Rotate {
        key_identifier: None,
        shared_key: false,
    };
    let rotated: LiveRotation = ask(&home, &rotate);
    assert!(rotated.old.is_some() && !rotated.resumed);
    let after = key.encrypt(b"after");
    let check = |key: &Key| {
        for (sealed, plain) in [
            (&before, &b"before"[..]),
            (&between, b"between"),
            (&after, b"after"),
        ] {
            assert_eq!(key.decrypt(sealed).unwrap(), plain);
        }
    };
    check(&key);
    check(&twin);
    let second: Status = ask(&home, &LiveRequest::Status {});
    assert_eq!(
        ids(&second),
        [("master-1".to_owned(), 2), ("tenant-b".to_owned(), 1)]
    );
    assert_eq!(second.master_key.unwrap().unique_identifier, rotated.new);
    for key in [key, twin, other] {
        key.terminate();
    }
    // The connection itself still has the store open.
    assert!(LiveStore::find(&home).unwrap().is_some());
    host.close();
    assert!(LiveStore::find(&home).unwrap().is_none());
    assert!(!home.join("strongroom.socket").exists());

    let host = site.host("home");
    let key = host.key("master-1");
    check(&key);
    assert_eq!(generation(&key.encrypt(b"")), 2);
    key.terminate();
    host.close();
}

#[test]
fn a_store_is_served_from_its_first_key_to_its_last_encryptor() {
    let site = Site::new();
    let home = site.home("home");
    let host = site.host("home");
    // Nothing is unlocked yet, so there is nothing to serve.
    assert!(LiveStore::find(&home).unwrap().is_none());
    let key = host.key("master-1");
    assert!(LiveStore::find(&home).unwrap().is_some());
    // Whoever closes last closes the store.
    host.close();
    assert!(LiveStore::find(&home).unwrap().is_some());
    key.terminate();
    assert!(LiveStore::find(&home).unwrap().is_none());
}

#[test]
fn a_master_key_that_is_revoked_is_told_in_the_log_and_the_host_goes_on() {
    let site = Site::new();
    let yaml = site.yaml();
    let mut host = Fake::new(&site.home("home"));
    let values = [
        ("config_file", yaml.as_str()),
        ("kmipKeyStatePollingSeconds", "1"),
    ];
    assert_eq!(
        host.load(&values, Some(Layout::S20_14)),
        0,
        "{}",
        host.log()
    );
    let key = host.key("master-1");
    let status: Status = ask(&site.home("home"), &LiveRequest::Status {});
    let master = status.master_key.unwrap().unique_identifier;
    let config = Config::load(
        Some(Path::new(&yaml)),
        &Overrides::none(),
        &Environment::empty(),
    );
    let servers = KeyServers::from_config(&config.unwrap().0).unwrap();
    site.runtime.block_on(async {
        let mut session = servers.client().unwrap().connect().await.unwrap();
        let reason = RevocationReason::new(RevocationReasonCode::KEY_COMPROMISE);
        session.revoke(master.as_str(), reason).await.unwrap();
    });
    let begun = Instant::now();
    while !host.log().contains("Compromised") {
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", host.log());
        let sealed = key.encrypt(b"goes on");
        assert_eq!(key.decrypt(&sealed).unwrap(), b"goes on");
    }
    let log = host.log();
    assert!(
        log.contains(&master) && log.contains("nothing is done in this process"),
        "{log}"
    );
    key.terminate();
    host.close();
}

#[test]
fn a_configuration_that_says_rotate_is_refused_and_nothing_is_made() {
    let site = Site::new();
    let yaml = site.yaml();
    let home = site.home("home");
    let mut host = Fake::new(&home);
    let values = [
        ("config_file", yaml.as_str()),
        ("kmipRotateMasterKey", "true"),
    ];
    assert_eq!(
        host.load(&values, Some(Layout::S20_14)),
        0,
        "{}",
        host.log()
    );
    assert!(host.customize(&[("keyid", "master-1")]).is_err());
    assert!(host.log().contains("rotateMasterKey"), "{}", host.log());
    assert!(!home.join("keystore.a").exists());
    host.close();
}
