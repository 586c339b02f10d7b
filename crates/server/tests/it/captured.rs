//! Requests that other programs sent to PyKMIP: each gets an answer, and no answer is newer than
//! its request.

use std::path::Path;

use strongroom_kmip::ProtocolVersion;
use strongroom_server::Profile;
use strongroom_server::testing::TestServer;
use strongroom_ttlv::{Limits, Need, frame};

use crate::client::Client;
use crate::versions::check_tags;

fn requests(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".req.hex") {
            let hex = std::fs::read_to_string(&path).unwrap();
            let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
            let pair =
                |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
            all.push((name, digits.chunks(2).map(pair).collect()));
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn every_captured_request_is_answered_within_its_version() {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return;
    };
    let server = TestServer::start_with(|options| options.profile = Profile::PYKMIP)
        .await
        .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let (mut answered, mut succeeded) = (0, 0);
    for (name, request) in requests(&Path::new(&data).join("pykmip-wire")) {
        if frame::needed(&request, &Limits::default()) != Ok(Need::Message(request.len())) {
            // Two probes are no whole message.
            continue;
        }
        let answer = client
            .exchange(&request)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let version = |message: &[u8]| {
            let number = |at: usize| i32::from_be_bytes(*message[at..].first_chunk().unwrap());
            ProtocolVersion::new(number(32), number(48))
        };
        let answered_in = version(&answer);
        if request.len() >= 52 {
            let asked = version(&request);
            assert!(
                answered_in <= asked || answered_in == ProtocolVersion::V1_0,
                "{name}: asked at {asked}, answered at {answered_in}"
            );
        }
        check_tags(&answer, answered_in);
        answered += 1;
        let success = [0x42, 0, 0x7F, 5, 0, 0, 0, 4, 0, 0, 0, 0];
        succeeded += usize::from(answer.windows(12).any(|window| window == success));
    }
    eprintln!("{answered} answered, {succeeded} with success");
    assert!(
        answered > 370 && succeeded > 60,
        "{answered} answered, {succeeded} with success"
    );
}
