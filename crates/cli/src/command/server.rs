//! `strongroom server`: the bundled KMIP server.

use std::path::Path;
use std::sync::Arc;

use strongroom::Class;
use strongroom_server::dev::DevError;
use strongroom_server::{
    BindError, Event, FileStore, MemoryStore, ObjectStore, Profile, Server, ServerOptions,
    StoreError, TlsOptions, dev,
};

use super::Context;
use crate::args::{ProfileName, ServerArgs};
use crate::failure::Failure;
use crate::output;

/// Runs until SIGINT or SIGTERM.
pub(crate) fn run(context: &Context, args: &ServerArgs) -> Result<(), Failure> {
    let tls = tls(args)?;
    let store: Box<dyn ObjectStore> = match &args.store {
        Some(path) => Box::new(open_store(path)?),
        None => Box::new(MemoryStore::new()),
    };
    let mut options = ServerOptions::new(args.listen, tls, MemoryStore::new());
    options.store = store;
    options.profile = match args.profile {
        ProfileName::Strongroom => Profile::STRONGROOM,
        ProfileName::Pykmip => Profile::PYKMIP,
    };
    options.observer = Some(Arc::new(|event: &Event| output::message(&line(event))));
    context.wait(serve(options))
}

async fn serve(options: ServerOptions) -> Result<(), Failure> {
    let mut terminate = signal(tokio::signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal(tokio::signal::unix::SignalKind::interrupt())?;
    let server = Server::bind(options)
        .await
        .map_err(|error| bind_failure(&error))?;
    output::data(&format!("listening on {}", server.local_addr()))?;
    server
        .run(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
        .await;
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
