//! The client: a Get on a connection that stands, against the same octets through bare rustls; what
//! a deadline costs beyond itself, and whether many Gets leave memory behind.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

mod peer;

use std::hint::black_box;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;
use strongroom_benches::{Goal, Row, Session, Work};
use strongroom_client::{Client, ClientOptions, Identity, ServerList, Trust};
use strongroom_kmip::operation::GetRequest;
use strongroom_kmip::{Exchange, ProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;

use peer::Peer;

const GETS: usize = 10_000;
const DEADLINE: Duration = Duration::from_millis(200);

fn main() -> io::Result<()> {
    on_one_cpu();
    let folder = tempfile::tempdir()?;
    let peer = Peer::start(folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let options = ClientOptions::default();
    let client = client(folder.path(), &peer.address.to_string(), options);
    let mut session = Session::new();
    session.note("rss_growth_kib_10000_gets", growth(&runtime, &client));
    session.note("deadline_overrun_ms", overrun(&runtime, folder.path())?);
    async_row(&mut session, &runtime, &client, &peer);
    blocking_row(&mut session, client, &peer);
    session.run()
}

/// Keeps this thread, and all threads that it starts, on one CPU. Whether a client and its server
/// thread share one or wake each other across two is the scheduler's mood of the minute, differs
/// between the two connections, and weighs more than all that is measured here: it gave ratios
/// from 0.3 to 4.
fn on_one_cpu() {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let allowed = sched_getaffinity(None).expect("the CPUs of this process");
        let first = (0..CpuSet::MAX_CPU).find(|cpu| allowed.is_set(*cpu));
        let mut one = CpuSet::new();
        one.set(first.expect("a CPU"));
        sched_setaffinity(None, &one).expect("one CPU");
    }
}

fn client(folder: &Path, servers: &str, options: ClientOptions) -> Client {
    let identity = Identity::from_files(folder.join("client.pem"), None, None);
    Client::builder()
        .servers(ServerList::parse(servers, 5696).expect("a list"))
        .trust(Trust::from_ca_file(folder.join("ca.pem")).expect("a CA"))
        .identity(identity.expect("a certificate"))
        .options(options)
        .build()
        .expect("a client")
}

/// The octets of a Get as the client writes it.
fn request() -> Vec<u8> {
    let request = GetRequest::new("7").into();
    let (_, octets) = Exchange::new(ProtocolVersion::V1_4, &request).expect("a request");
    octets.to_vec()
}

fn row(work: &'static str, against: &'static str) -> Row {
    Row {
        group: "client",
        work,
        message: "get",
        bytes: request().len().saturating_add(peer::key().len()),
        against,
        goal: Goal::TimeAtMost(1.3),
        allocations: None,
    }
}

fn async_row<'w>(session: &mut Session<'w>, runtime: &'w Runtime, client: &Client, peer: &Peer) {
    let mut ours = runtime.block_on(client.connect()).expect("a session");
    let bare = async {
        let tcp = tokio::net::TcpStream::connect(peer.address).await?;
        tcp.set_nodelay(true)?;
        let connector = TlsConnector::from(Arc::clone(&peer.config));
        connector.connect(name(), tcp).await
    };
    let mut bare = runtime.block_on(bare).expect("a connection");
    let (request, mut answer) = (request(), vec![0; peer::key().len()]);
    session.row(
        row("async", "rustls"),
        Work::new(move || {
            let got = runtime.block_on(ours.get("7"));
            black_box(got.expect("a key"));
        }),
        Work::new(move || {
            let echoed = runtime.block_on(async {
                bare.write_all(&request).await?;
                bare.flush().await?;
                bare.read_exact(&mut answer).await
            });
            black_box(echoed.expect("an answer"));
        }),
    );
}

fn blocking_row(session: &mut Session<'_>, client: Client, peer: &Peer) {
    let client: strongroom_client::blocking::Client = client.into();
    let mut ours = client.connect().expect("a session");
    let tcp = TcpStream::connect(peer.address).expect("a connection");
    tcp.set_nodelay(true).expect("an option");
    let connection = ClientConnection::new(Arc::clone(&peer.config), name()).expect("TLS");
    let mut bare = StreamOwned::new(connection, tcp);
    let (request, mut answer) = (request(), vec![0; peer::key().len()]);
    session.row(
        row("blocking", "rustls"),
        Work::new(move || {
            black_box(ours.get("7").expect("a key"));
        }),
        Work::new(move || {
            bare.write_all(&request).expect("written");
            bare.flush().expect("written");
            bare.read_exact(&mut answer).expect("an answer");
            black_box(&answer);
        }),
    );
}

fn name() -> ServerName<'static> {
    ServerName::try_from("127.0.0.1").expect("an address")
}

/// How much the process grows, in KiB, over so many Gets on one session.
fn growth(runtime: &Runtime, client: &Client) -> String {
    let mut session = runtime.block_on(client.connect()).expect("a session");
    let mut gets = |count| {
        for _ in 0..count {
            let got = runtime.block_on(session.get("7"));
            black_box(got.expect("a key"));
        }
        resident()
    };
    let (before, after) = (gets(1000), gets(GETS));
    match (before, after) {
        (Some(before), Some(after)) => after.saturating_sub(before).to_string(),
        _ => "unknown".to_owned(),
    }
}

/// KiB of this process in memory, where the system says so.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The longest of twenty deadlines against a silent server, beyond itself, in milliseconds.
fn overrun(runtime: &Runtime, folder: &Path) -> io::Result<String> {
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let address = silent.local_addr()?.to_string();
    let options = ClientOptions::default().connect_timeout(DEADLINE);
    let client = client(folder, &address, options);
    let late = (0..20).map(|_| {
        let started = Instant::now();
        let error = runtime.block_on(client.connect());
        assert!(error.is_err(), "a silent server");
        started.elapsed().saturating_sub(DEADLINE)
    });
    let longest = late.max().unwrap_or_default();
    Ok(longest.as_millis().to_string())
}
