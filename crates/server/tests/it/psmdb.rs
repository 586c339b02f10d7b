//! The conversation of Percona Server for MongoDB, built octet by octet beside our own encoder:
//! Register, Activate, Get Attributes (State), Get at KMIP 1.0 in one session.

use strongroom_server::testing::TestServer;

use crate::client::Client;

/// One item: tag, type, length, value, padding (KMIP 1.0, 9.1.1).
fn item(tag: u32, item_type: u8, value: &[u8]) -> Vec<u8> {
    let mut out = tag.to_be_bytes()[1..].to_vec();
    out.push(item_type);
    out.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(8), 0);
    out
}

fn structure(tag: u32, items: &[Vec<u8>]) -> Vec<u8> {
    item(tag, 1, &items.concat())
}

fn integer(tag: u32, value: i32) -> Vec<u8> {
    item(tag, 2, &value.to_be_bytes())
}

fn enumeration(tag: u32, value: u32) -> Vec<u8> {
    item(tag, 5, &value.to_be_bytes())
}

fn text(tag: u32, value: &str) -> Vec<u8> {
    item(tag, 7, value.as_bytes())
}

fn bytes(tag: u32, value: &[u8]) -> Vec<u8> {
    item(tag, 8, value)
}

/// A request as PSMDB sends it: 1.0, Maximum Response Size 8192, Time Stamp, one batch item.
fn request(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let header = structure(
        0x42_0077,
        &[
            structure(0x42_0069, &[integer(0x42_006A, 1), integer(0x42_006B, 0)]),
            integer(0x42_0050, 8192),
            item(0x42_0092, 9, &1_700_000_000_i64.to_be_bytes()),
            integer(0x42_000D, 1),
        ],
    );
    assert_eq!(header.len(), 8 + 88);
    let batch_item = structure(
        0x42_000F,
        &[
            enumeration(0x42_005C, operation),
            structure(0x42_0079, payload),
        ],
    );
    structure(0x42_0078, &[header, batch_item])
}

fn attribute(name: &str, value: Vec<u8>) -> Vec<u8> {
    structure(0x42_0008, &[text(0x42_000A, name), value])
}

fn register(key: &[u8], compression: bool) -> Vec<u8> {
    let mut block = vec![enumeration(0x42_0042, 1)];
    if compression {
        // As pg_tde's libkmip sends it.
        block.push(enumeration(0x42_0041, 1));
    }
    block.extend([
        structure(0x42_0045, &[bytes(0x42_0043, key)]),
        enumeration(0x42_0028, 3),
        integer(0x42_002A, 256),
    ]);
    request(
        3,
        &[
            enumeration(0x42_0057, 2),
            structure(
                0x42_0091,
                &[
                    attribute("Cryptographic Algorithm", enumeration(0x42_000B, 3)),
                    attribute("Cryptographic Length", integer(0x42_000B, 256)),
                    attribute("Cryptographic Usage Mask", integer(0x42_000B, 12)),
                ],
            ),
            structure(0x42_008F, &[structure(0x42_0040, &block)]),
        ],
    )
}

/// An answer of this server to a request of 1.0.
fn answer(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let header = structure(
        0x42_007A,
        &[
            structure(0x42_0069, &[integer(0x42_006A, 1), integer(0x42_006B, 0)]),
            item(0x42_0092, 9, &CLOCK.to_be_bytes()),
            integer(0x42_000D, 1),
        ],
    );
    assert_eq!(header.len(), 8 + 72);
    let batch_item = structure(
        0x42_000F,
        &[
            enumeration(0x42_005C, operation),
            enumeration(0x42_007F, 0),
            structure(0x42_007C, payload),
        ],
    );
    structure(0x42_007B, &[header, batch_item])
}

const CLOCK: i64 = 1_800_000_000;

#[tokio::test]
async fn first_start_and_restart_octet_by_octet() {
    let server = TestServer::start_with(|options| options.clock = std::sync::Arc::new(|| CLOCK))
        .await
        .unwrap();
    for compression in [false, true] {
        let mut client = Client::connect(&server, "mongod").await;
        let key: Vec<u8> = (0..32).collect();
        let register = register(&key, compression);
        if !compression {
            assert_eq!(register.len(), 440);
        }
        let registered = client.exchange(&register).await.unwrap();
        let uid = std::str::from_utf8(&registered[registered.len() - 32..])
            .unwrap()
            .to_owned();
        let id = || text(0x42_0094, &uid);
        assert_eq!(registered, answer(3, &[id()]));

        let activate = request(0x12, &[id()]);
        let activated = client.exchange(&activate).await.unwrap();
        assert_eq!(activated, answer(0x12, &[id()]));

        let state = request(0x0B, &[id(), text(0x42_000A, "State")]);
        let active = attribute("State", enumeration(0x42_000B, 2));
        assert_eq!(
            client.exchange(&state).await.unwrap(),
            answer(0x0B, &[id(), active])
        );

        let get = request(0x0A, &[id()]);
        let block = structure(
            0x42_0040,
            &[
                enumeration(0x42_0042, 1),
                structure(0x42_0045, &[bytes(0x42_0043, &key)]),
                enumeration(0x42_0028, 3),
                integer(0x42_002A, 256),
            ],
        );
        let object = structure(0x42_008F, &[block]);
        let expected = answer(0x0A, &[enumeration(0x42_0057, 2), id(), object]);
        assert_eq!(client.exchange(&get).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn an_unknown_identifier_is_item_not_found() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "mongod").await;
    let get = request(0x0A, &[text(0x42_0094, "1")]);
    let answer = client.exchange(&get).await.unwrap();
    let failed = [
        enumeration(0x42_005C, 0x0A),
        enumeration(0x42_007F, 1),
        enumeration(0x42_007E, 1),
    ];
    let failed = failed.concat();
    assert!(
        answer.windows(failed.len()).any(|window| window == failed),
        "{answer:02x?}"
    );
}

#[tokio::test]
async fn an_answer_beyond_maximum_response_size_is_refused() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "mongod").await;
    for _ in 0..250 {
        client.exchange(&register(&[9; 32], false)).await.unwrap();
    }
    // 250 identifiers of 40 octets each do not fit 8192.
    let answer = client.exchange(&request(8, &[])).await.unwrap();
    assert!(answer.len() < 8192);
    let too_large = enumeration(0x42_007E, 2);
    assert!(
        answer
            .windows(too_large.len())
            .any(|window| window == too_large),
        "{answer:02x?}"
    );
}

/// The captured conversation of libkmip with PyKMIP: each request is understood here too.
#[tokio::test]
async fn captured_libkmip_requests_are_answered_with_success() {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return;
    };
    let read = |name: &str| -> Vec<u8> {
        let path = std::path::Path::new(&data).join("pykmip-wire").join(name);
        let hex = std::fs::read_to_string(&path).unwrap();
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(pair).collect()
    };
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "mongod").await;
    let success = enumeration(0x42_007F, 0);
    let succeeds = |answer: &[u8]| {
        answer
            .windows(success.len())
            .any(|window| window == success)
    };
    let registered = client
        .exchange(&read("libkmip-style-01-register.req.hex"))
        .await
        .unwrap();
    assert!(succeeds(&registered), "{registered:02x?}");
    let located = client
        .exchange(&read("libkmip-style-02-locate.req.hex"))
        .await
        .unwrap();
    assert!(succeeds(&located), "{located:02x?}");
    assert_eq!(
        located[located.len() - 32..],
        registered[registered.len() - 32..]
    );
    // The others name an identifier of PyKMIP's: understood, and not found.
    for name in [
        "libkmip-style-03-get.req.hex",
        "libkmip-style-04-activate.req.hex",
        "libkmip-style-05-get-attributes-state.req.hex",
    ] {
        let answer = client.exchange(&read(name)).await.unwrap();
        let not_found = enumeration(0x42_007E, 1);
        assert!(
            answer
                .windows(not_found.len())
                .any(|window| window == not_found),
            "{name}"
        );
    }
}
