//! `cargo run -p strongroom-server --example serve -- DIR`: a server with its certificates and its
//! store in DIR, until Enter is pressed or stdin ends.

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::path::PathBuf;

use strongroom_server::{FileStore, Profile, Server, ServerOptions, TlsOptions, dev};
use tokio::io::AsyncReadExt;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let dir = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let files = dev::ensure_certificates(&dir)?;
    let store = FileStore::open(dir.join("keys").join("objects.store"))?;
    let tls = TlsOptions::from_dev_files(&files);
    let mut options = ServerOptions::new("127.0.0.1:0".parse()?, tls, store);
    if let Some(name) = arguments.next() {
        let profile = Profile::by_name(&name.to_string_lossy());
        options.profile = profile.ok_or("which profile? strongroom or pykmip")?;
    }
    let server = Server::bind(options).await?;
    println!("listening on {}", server.local_addr());
    let mut stdin = tokio::io::stdin();
    server
        .run(async move {
            // The end of stdin stops the server as well.
            let _ = stdin.read_u8().await;
        })
        .await;
    Ok(())
}
