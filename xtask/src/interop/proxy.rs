//! A TCP proxy on loopback that counts the client's TLS 1.2 application-data records and cuts the
//! connection at one of them. It sees lengths and types only, never a plain message.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use crate::Outcome;

/// Content type of a record that carries a KMIP message (RFC 5246, 6.2.1).
const APPLICATION_DATA: u8 = 23;
const HEADER_LEN: usize = 5;

/// Where the connection breaks; messages count from 1, over all connections of the proxy.
#[derive(Clone, Copy)]
pub(super) enum Cut {
    /// The message does not reach the server.
    Before(u32),
    /// The message reaches the server, and its reply is lost.
    After(u32),
}

impl Cut {
    pub(super) fn message(self) -> u32 {
        let (Self::Before(number) | Self::After(number)) = self;
        number
    }
}

type Hook = Box<dyn Fn() + Send + Sync>;

struct Shared {
    upstream: u16,
    cut: Cut,
    /// Called at the cut, before the connection breaks.
    hook: Hook,
    messages: AtomicU32,
    struck: AtomicBool,
    /// The reply that comes next is to be lost.
    swallow: AtomicBool,
    over: AtomicBool,
}

/// The proxy; it stops listening when dropped.
pub(super) struct Proxy {
    pub(super) port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(super) fn start(upstream: u16, cut: Cut) -> Outcome<Self> {
        Self::with_hook(upstream, cut, Box::new(|| {}))
    }

    pub(super) fn with_hook(upstream: u16, cut: Cut, hook: Hook) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            upstream,
            cut,
            hook,
            messages: AtomicU32::new(0),
            struck: AtomicBool::new(false),
            swallow: AtomicBool::new(false),
            over: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &served));
        Ok(Self { port, shared })
    }

    /// Whether the cut took place.
    pub(super) fn struck(&self) -> bool {
        self.shared.struck.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.over.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else { continue };
        // Nobody behind us: the client sees its connection closed.
        let Ok(server) = TcpStream::connect(("127.0.0.1", shared.upstream)) else {
            continue;
        };
        let (Ok(client_too), Ok(server_too)) = (client.try_clone(), server.try_clone()) else {
            continue;
        };
        let (up, down) = (Arc::clone(shared), Arc::clone(shared));
        thread::spawn(move || relay((client, server), |record| up.may_go_up(record)));
        thread::spawn(move || relay((server_too, client_too), |record| down.may_go_down(record)));
    }
}

/// Passes records on until one side closes or `may_pass` says no; closes both then.
fn relay((mut from, mut to): (TcpStream, TcpStream), may_pass: impl Fn(&[u8]) -> bool) {
    let mut pass = || -> io::Result<()> {
        let mut records = Records::default();
        let mut buffer = [0; 4096];
        loop {
            let count = from.read(&mut buffer)?;
            records.push(buffer.get(..count).unwrap_or_default());
            while let Some(record) = records.next() {
                if !may_pass(&record) {
                    return Ok(());
                }
                to.write_all(&record)?;
            }
            if count == 0 {
                return Ok(());
            }
        }
    };
    // A broken connection ends the relay as a closed one does.
    let _ = pass();
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

impl Shared {
    fn may_go_up(&self, record: &[u8]) -> bool {
        if record.first() != Some(&APPLICATION_DATA) {
            return true;
        }
        let number = self
            .messages
            .fetch_add(1, Ordering::SeqCst)
            .saturating_add(1);
        match self.cut {
            Cut::Before(at) if at == number => {
                self.strike();
                false
            }
            Cut::After(at) if at == number => {
                self.swallow.store(true, Ordering::SeqCst);
                true
            }
            _ => true,
        }
    }

    fn may_go_down(&self, record: &[u8]) -> bool {
        if record.first() != Some(&APPLICATION_DATA) || !self.swallow.swap(false, Ordering::SeqCst)
        {
            return true;
        }
        self.strike();
        false
    }

    /// Notes the cut before the hook runs: what the hook ends, the client may see at once.
    fn strike(&self) {
        self.struck.store(true, Ordering::SeqCst);
        (self.hook)();
    }
}

/// Splits a stream of bytes into TLS records.
#[derive(Default)]
struct Records {
    held: Vec<u8>,
}

impl Records {
    fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// The next whole record with its header, if it is there.
    fn next(&mut self) -> Option<Vec<u8>> {
        let (high, low) = (*self.held.get(3)?, *self.held.get(4)?);
        let body = usize::from(u16::from_be_bytes([high, low]));
        let len = HEADER_LEN.saturating_add(body);
        if self.held.len() < len {
            return None;
        }
        let rest = self.held.split_off(len);
        Some(std::mem::replace(&mut self.held, rest))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let len = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3], &len[..], body].concat()
    }

    #[test]
    fn records_come_out_whole_however_the_stream_is_cut() {
        let all = [
            record(22, b"hello"),
            record(23, b""),
            record(23, &[7; 16_384]),
            record(21, &[1, 0]),
        ];
        let stream = all.concat();
        for step in [1, 2, 4, 5, 6, 4096, stream.len()] {
            let mut records = Records::default();
            let mut found = Vec::new();
            for part in stream.chunks(step) {
                records.push(part);
                while let Some(one) = records.next() {
                    found.push(one);
                }
            }
            assert_eq!(found, all, "step {step}");
            assert!(records.held.is_empty());
        }
    }

    #[test]
    fn a_record_that_is_not_whole_is_held_back() {
        let whole = record(23, b"abc");
        for len in 0..whole.len() {
            let mut records = Records::default();
            records.push(&whole[..len]);
            assert_eq!(records.next(), None, "{len} octets");
        }
    }

    /// A server that answers each record by one record of the same kind.
    fn echo() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                thread::spawn(move || {
                    let mut buffer = [0; 64];
                    while let Ok(count @ 1..) = stream.read(&mut buffer) {
                        if stream.write_all(&buffer[..count]).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        port
    }

    /// Sends records one after another; `true` for each that was answered.
    fn talk(port: u16, kinds: &[u8]) -> Vec<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut reply = [0; 6];
        let mut ask = |kind: &u8| {
            stream.write_all(&record(*kind, b"m")).is_ok() && stream.read_exact(&mut reply).is_ok()
        };
        kinds.iter().map(&mut ask).collect()
    }

    #[test]
    fn only_application_data_counts_and_the_cut_falls_at_the_message_asked_for() {
        for cut in [Cut::Before(2), Cut::After(2)] {
            let proxy = Proxy::start(echo(), cut).unwrap();
            let answers = talk(proxy.port, &[22, 23, 22, 23, 23]);
            assert_eq!(answers, [true, true, true, false, false]);
            assert!(proxy.struck());
            assert_eq!(talk(proxy.port, &[23, 23]), [true, true]);
        }
    }

    #[test]
    fn a_client_that_sees_the_server_die_finds_the_cut_struck() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = listener.local_addr().unwrap().port();
        let (die, death) = mpsc::channel::<()>();
        let server = thread::spawn(move || {
            let connection = listener.accept().unwrap();
            let _ = death.recv();
            drop(connection);
        });
        let (seen, client_is_done) = mpsc::channel::<()>();
        let (die, client_is_done) = (Mutex::new(die), Mutex::new(client_is_done));
        // As a kill that returns late: the client has seen the end before the hook is over.
        let hook = Box::new(move || {
            die.lock().unwrap().send(()).unwrap();
            client_is_done.lock().unwrap().recv().unwrap();
        });
        let proxy = Proxy::with_hook(upstream, Cut::Before(1), hook).unwrap();
        assert_eq!(talk(proxy.port, &[23]), [false]);
        assert!(proxy.struck());
        seen.send(()).unwrap();
        server.join().unwrap();
    }

    #[test]
    fn messages_are_counted_over_connections() {
        let proxy = Proxy::start(echo(), Cut::Before(3)).unwrap();
        assert_eq!(talk(proxy.port, &[23, 23]), [true, true]);
        assert!(!proxy.struck());
        assert_eq!(talk(proxy.port, &[23]), [false]);
        assert!(proxy.struck());
    }
}
