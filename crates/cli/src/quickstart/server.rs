//! The bundled key server of a demonstration.
//!
//! May touch: `DIR/key-server`, `DIR/strongroom.yaml`, a loopback port.

use std::net::{Ipv4Addr, SocketAddr};

use strongroom_server::{BindError, RunningServer, Server, ServerOptions, TlsOptions, dev};

use super::place::Place;
use crate::command::Context;
use crate::command::server::{bind_failure, dev_failure, open_store};
use crate::failure::Failure;

/// A running bundled server.
pub(crate) struct Bundled {
    server: RunningServer,
}

impl Bundled {
    /// Makes certificates when absent, starts the server, and writes the configuration that names it.
    ///
    /// The port of an earlier run is taken again when it is free, else another one, and the
    /// configuration follows.
    ///
    /// # Errors
    ///
    /// When the folder, its files or a port cannot be had.
    pub(crate) fn start(context: &Context, place: &Place) -> Result<Self, Failure> {
        place.make_key_server()?;
        let dir = place.key_server();
        let files = dev::ensure_certificates(&dir).map_err(|error| dev_failure(&dir, &error))?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let wanted = place.configured_address()?;
        let server = match wanted {
            None => bind(context, place, &files, any),
            Some(address) => match bind(context, place, &files, address) {
                Err(Refusal::Bind(error)) if address_in_use(&error) => {
                    bind(context, place, &files, any)
                }
                bound => bound,
            },
        };
        let server = server.map_err(Refusal::into_failure)?;
        let address = server.local_addr();
        if wanted != Some(address) {
            place.write_config(address)?;
        }
        Ok(Self { server })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.local_addr()
    }

    /// Stops it and waits for its end.
    pub(crate) fn stop(self, context: &Context) {
        context.wait(self.server.stop());
    }
}

fn address_in_use(error: &BindError) -> bool {
    matches!(error, BindError::Listen { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse)
}

enum Refusal {
    Store(Failure),
    Bind(BindError),
}

impl Refusal {
    fn into_failure(self) -> Failure {
        match self {
            Self::Store(failure) => failure,
            Self::Bind(error) => bind_failure(&error),
        }
    }
}

fn bind(
    context: &Context,
    place: &Place,
    files: &dev::DevFiles,
    address: SocketAddr,
) -> Result<RunningServer, Refusal> {
    let store = open_store(&place.server_store()).map_err(Refusal::Store)?;
    let options = ServerOptions::new(address, TlsOptions::from_dev_files(files), store);
    context.wait(async {
        Server::bind(options)
            .await
            .map(Server::spawn)
            .map_err(Refusal::Bind)
    })
}
