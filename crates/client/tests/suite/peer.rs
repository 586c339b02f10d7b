//! A TLS server that follows a script, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use strongroom_kmip::ProtocolVersion;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::answer;

/// What to do after a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Write these octets.
    Say(Vec<u8>),
    /// Write them one at a time, with a pause after each.
    Spell(Vec<u8>, Duration),
    /// Write them, say nothing more, keep the connection.
    SayAndHang(Vec<u8>),
    /// Write them and close.
    SayAndClose(Vec<u8>),
    /// Close with a TLS goodbye.
    Close,
    /// Cut the TCP connection.
    Cut,
    /// Cut it with a reset.
    Reset,
    /// Write octets beside TLS, as something between that is broken would.
    Raw(Vec<u8>),
    /// Say nothing more, keep the connection.
    Hang,
}

/// A listening peer; ends when dropped.
pub(crate) struct Peer {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    connections: Arc<Mutex<usize>>,
    /// Connections that the peer has ended politely.
    goodbyes: Arc<Semaphore>,
    /// A permit for each request.
    ears: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Peer {
    /// Each connection follows `script` from its start and closes after its end.
    pub(crate) async fn start(config: Arc<ServerConfig>, script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let acceptor = TlsAcceptor::from(config);
        let goodbyes = Arc::new(Semaphore::new(0));
        let ears = Arc::new(Semaphore::new(0));
        let listening = Arc::clone(&ears);
        let (heard, count) = (Arc::clone(&requests), Arc::clone(&connections));
        let ended = Arc::clone(&goodbyes);
        let task = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let (acceptor, script) = (acceptor.clone(), script.clone());
                let (heard, ended) = (Arc::clone(&heard), Arc::clone(&ended));
                let ears = Arc::clone(&listening);
                tokio::spawn(async move {
                    if let Ok(tls) = acceptor.accept(tcp).await {
                        follow(tls, script, (heard, ears)).await;
                        ended.add_permits(1);
                    }
                });
            }
        });
        Self {
            port,
            requests,
            connections,
            goodbyes,
            ears,
            task,
        }
    }

    /// Waits until the peer has heard `count` requests in all.
    pub(crate) async fn heard(&self, count: usize) {
        let count = u32::try_from(count).unwrap();
        // The permits go back, for whoever waits next.
        drop(self.ears.acquire_many(count).await.unwrap());
    }

    /// As [`Self::start`], after a good answer to Discover Versions.
    pub(crate) async fn after_hello(config: Arc<ServerConfig>, script: Vec<Act>) -> Self {
        let mut all = vec![hello()];
        all.extend(script);
        Self::start(config, all).await
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until the peer has ended one more connection.
    pub(crate) async fn goodbye(&self) {
        self.goodbyes.acquire().await.unwrap().forget();
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The answer to Discover Versions of a server that speaks 1.4 to 1.0.
pub(crate) fn hello() -> Act {
    Act::Say(answer::versions(ProtocolVersion::SUPPORTED))
}

type Heard = (Arc<Mutex<Vec<Vec<u8>>>>, Arc<Semaphore>);

async fn follow(mut tls: TlsStream<TcpStream>, script: Vec<Act>, (heard, ears): Heard) {
    for act in script {
        let Some(request) = read_request(&mut tls).await else {
            return;
        };
        heard.lock().unwrap().push(request);
        ears.add_permits(1);
        match act {
            Act::Say(octets) => say(&mut tls, &octets).await,
            Act::Spell(octets, pause) => {
                for octet in octets {
                    say(&mut tls, &[octet]).await;
                    tokio::time::sleep(pause).await;
                }
            }
            Act::SayAndHang(octets) => {
                say(&mut tls, &octets).await;
                return std::future::pending().await;
            }
            Act::SayAndClose(octets) => {
                say(&mut tls, &octets).await;
                break;
            }
            Act::Close => break,
            Act::Cut => return,
            Act::Reset => {
                let linger = tls.get_ref().0.set_zero_linger();
                return linger.unwrap();
            }
            Act::Raw(octets) => tls.get_mut().0.write_all(&octets).await.unwrap(),
            Act::Hang => return std::future::pending().await,
        }
    }
    let _ignored = tls.shutdown().await;
}

async fn say(tls: &mut TlsStream<TcpStream>, octets: &[u8]) {
    let _ignored = tls.write_all(octets).await;
    let _ignored = tls.flush().await;
}

async fn read_request(tls: &mut TlsStream<TcpStream>) -> Option<Vec<u8>> {
    let mut request = vec![0; 8];
    tls.read_exact(&mut request).await.ok()?;
    let len = u32::from_be_bytes(request[4..8].try_into().unwrap());
    request.resize(8 + usize::try_from(len).unwrap(), 0);
    tls.read_exact(&mut request[8..]).await.ok()?;
    Some(request)
}

/// A port on 127.0.0.1 where nothing listens.
pub(crate) async fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}
