//! `strongroom server`: the bundled KMIP server.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use strongroom::Class;
use strongroom_server::dev::DevError;
use strongroom_server::{
    BindError, Event, FileStore, MemoryStore, Profile, Server, ServerOptions, StoreError,
    TlsOptions, dev,
};

use super::Context;
use crate::args::{ProfileName, ServerArgs};
use crate::failure::Failure;
use crate::output;

/// Runs until SIGINT or SIGTERM.
pub(crate) fn run(context: &Context, args: &ServerArgs) -> Result<(), Failure> {
    let [listen, more @ ..] = args.listen.as_slice() else {
        return Err(Failure::new(Class::Configuration, "--listen is needed"));
    };
    if more.len() > 1 {
        let words = "--listen may be given twice: a server and its replica";
        return Err(Failure::new(Class::Configuration, words));
    }
    let replica = more.first().copied();
    if replica.is_none() && args.replica_lag_ms.is_some() {
        let words = "--replica-lag-ms is for a second server; give its --listen too";
        return Err(Failure::new(Class::Configuration, words));
    }
    let options = options(args, *listen)?;
    let lag = Duration::from_millis(args.replica_lag_ms.unwrap_or(0));
    let second = match replica {
        Some(listen) => Some((options_in_memory(args, listen)?, lag)),
        None => None,
    };
    context.wait(serve(options, second))
}

fn options(args: &ServerArgs, listen: SocketAddr) -> Result<ServerOptions, Failure> {
    let mut options = options_in_memory(args, listen)?;
    if let Some(path) = &args.store {
        options.store = Box::new(open_store(path)?);
    }
    for fault in &args.fault {
        options.faults.arm(fault.clone());
    }
    Ok(options)
}

fn options_in_memory(args: &ServerArgs, listen: SocketAddr) -> Result<ServerOptions, Failure> {
    let mut options = ServerOptions::new(listen, tls(args)?, MemoryStore::new());
    options.profile = match args.profile {
        ProfileName::Strongroom => Profile::STRONGROOM,
        ProfileName::Pykmip => Profile::PYKMIP,
        ProfileName::Vault => Profile::VAULT,
        ProfileName::Vault115Bug => Profile::VAULT_1_15_BUG,
    };
    let roles = std::mem::take(&mut options.roles);
    options.roles = args.role.iter().fold(roles, |all, role| all.and(role));
    options.observer = Some(Arc::new(|event: &Event| output::message(&line(event))));
    Ok(options)
}

/// Serves until a signal comes; then both servers end.
async fn serve(
    options: ServerOptions,
    second: Option<(ServerOptions, Duration)>,
) -> Result<(), Failure> {
    let mut terminate = signal(tokio::signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal(tokio::signal::unix::SignalKind::interrupt())?;
    let bind_error = |error: BindError| bind_failure(&error);
    let server = Server::bind(options).await.map_err(bind_error)?;
    let mut running = None;
    if let Some((options, lag)) = second {
        let (second, replica) = server.bind_replica(options).await.map_err(bind_error)?;
        let address = second.local_addr();
        let lagging = tokio::spawn(async move {
            match lag.is_zero() {
                true => replica.follow(),
                false => replica.lag(lag).await,
            }
        });
        running = Some((second.spawn(), address, lagging));
    }
    output::data(&format!("listening on {}", server.local_addr()))?;
    if let Some((_, address, _)) = &running {
        output::data(&format!("listening on {address} (replica)"))?;
    }
    let signal = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    server.run(signal).await;
    if let Some((second, _, lagging)) = running {
        lagging.abort();
        second.stop().await;
    }
    Ok(())
}

/// One log line. Text of a peer stands in it escaped.
fn line(event: &Event) -> String {
    match event {
        Event::TooManyConnections { peer } => format!("{peer}: closed, too many connections"),
        Event::HandshakeFailed { peer, reason } => match reason {
            Some(reason) => format!("{peer}: TLS handshake failed: {}", reason.escape_debug()),
            None => format!("{peer}: TLS handshake took too long"),
        },
        Event::Connected { peer, identity } => match identity {
            Ok(identity) => format!("{peer}: connected as {:?}", identity.as_str()),
            Err(error) => format!("{peer}: connected without a usable identity: {error}"),
        },
        Event::Answered {
            peer,
            operations,
            failures,
        } => {
            let asked = match operations.is_empty() {
                true => "unreadable request".to_owned(),
                false => operations
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            match failures.is_empty() {
                true => format!("{peer}: {asked}"),
                false => format!("{peer}: {asked}: refused: {failures:?}"),
            }
        }
        Event::Closed { peer, cause } => format!("{peer}: closed ({cause:?})"),
        other => format!("{other:?}"),
    }
}

fn signal(kind: tokio::signal::unix::SignalKind) -> Result<tokio::signal::unix::Signal, Failure> {
    tokio::signal::unix::signal(kind)
        .map_err(|error| Failure::because(Class::Storage, "cannot wait for signals", &error))
}

fn tls(args: &ServerArgs) -> Result<TlsOptions, Failure> {
    if let (Some(certificate), Some(key), Some(ca)) = (&args.certificate, &args.key, &args.ca) {
        return Ok(TlsOptions::from_files(certificate, key, ca));
    }
    let Some(dir) = &args.dev else {
        return Err(Failure::new(
            Class::Configuration,
            "--dev, or all of --certificate, --key and --ca, are needed",
        ));
    };
    let files = dev::ensure_certificates(dir).map_err(|error| dev_failure(dir, &error))?;
    Ok(TlsOptions::from_dev_files(&files))
}

/// Opens the file of objects, or makes it.
pub(crate) fn open_store(path: &Path) -> Result<FileStore, Failure> {
    FileStore::open(path).map_err(|error| store_failure(path, &error))
}

/// A file of objects that cannot be used: in use, out of reach, or not as it was written.
pub(crate) fn store_failure(path: &Path, error: &StoreError) -> Failure {
    Failure::because(
        store_class(error),
        format!("--store {}", path.display()),
        error,
    )
}

fn store_class(error: &StoreError) -> Class {
    match error {
        StoreError::Locked { .. } => Class::Locked,
        StoreError::Io { .. } | StoreError::ReadBack { .. } | StoreError::TooLarge { .. } => {
            Class::Storage
        }
        StoreError::Permissions { .. } => Class::Configuration,
        _ => Class::Integrity,
    }
}

/// Certificates and keys that are not there and cannot be made.
pub(crate) fn dev_failure(dir: &Path, error: &DevError) -> Failure {
    let class = match error {
        DevError::Io { .. } => Class::Storage,
        _ => Class::Configuration,
    };
    Failure::because(class, format!("--dev {}", dir.display()), error)
}

/// A server that does not start.
pub(crate) fn bind_failure(error: &BindError) -> Failure {
    let class = match error {
        BindError::Store(error) => store_class(error),
        _ => Class::Configuration,
    };
    Failure::because(class, "the server does not start", error)
        .help("Another --listen address or port, or the file that the message names.")
}
