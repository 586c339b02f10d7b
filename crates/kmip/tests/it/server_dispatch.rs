//! The server's side: batches, the ID Placeholder, sizes, answers to what cannot be read.

use strongroom_kmip::exchange::{Failure, Handler, ItemContext, Settings, dispatch};
use strongroom_kmip::operation::{
    ActivateResponse, CreateResponse, DestroyResponse, GetAttributesResponse, GetResponse,
    LocateResponse, QueryResponse,
};
use strongroom_kmip::{
    CryptographicAlgorithm, KeyBlock, KeyFormatType, Limits, ManagedObject, ObjectType, Operation,
    ProtocolVersion, Request, Response, ResponseMessage, ResultReason, ResultStatus,
};
use strongroom_secret::SecretBytes;

use crate::tree::{self, NOW};

const CREATE: u32 = 1;
const LOCATE: u32 = 8;
const GET: u32 = 0x0A;
const GET_ATTRIBUTES: u32 = 0x0B;
const ACTIVATE: u32 = 0x12;
const QUERY: u32 = 0x18;

/// Answers everything, and writes down what it was asked.
#[derive(Default)]
struct Script {
    seen: Vec<(Operation, Option<String>)>,
    located: Vec<&'static str>,
    object: Option<KeyFormatType>,
    confused: bool,
}

impl Handler for Script {
    fn handle(&mut self, context: &ItemContext<'_>, request: Request) -> Result<Response, Failure> {
        assert_eq!(context.index, self.seen.len());
        let id = request.unique_identifier().map(ToString::to_string);
        self.seen.push((request.operation(), id.clone()));
        if self.confused {
            return Ok(Response::Destroy(DestroyResponse::new("9")));
        }
        if id.as_deref() == Some("absent") {
            return Err(Failure::new(
                ResultReason::OBJECT_NOT_FOUND,
                "no such object",
            ));
        }
        let id = id.unwrap_or_default();
        Ok(match request {
            Request::Create(_) => {
                Response::Create(CreateResponse::new(ObjectType::SYMMETRIC_KEY, "new"))
            }
            Request::Locate(_) => {
                let ids = self.located.iter().copied();
                Response::Locate(LocateResponse::new(ids))
            }
            Request::Get(_) => {
                let key = SecretBytes::copy_from(&[1; 32]);
                let mut block = KeyBlock::raw(CryptographicAlgorithm::AES, key);
                block.key_format_type = self.object.unwrap_or(KeyFormatType::RAW);
                Response::Get(GetResponse::new(id, ManagedObject::SymmetricKey(block)))
            }
            Request::GetAttributes(_) => {
                Response::GetAttributes(GetAttributesResponse::new(id, Vec::new()))
            }
            Request::Activate(_) => Response::Activate(ActivateResponse::new(id)),
            Request::Query(_) => Response::Query(QueryResponse::default()),
            other => {
                let reason = ResultReason::OPERATION_NOT_SUPPORTED;
                return Err(Failure::new(reason, other.operation().to_string()));
            }
        })
    }
}

fn run(script: &mut Script, request: &[u8]) -> ResponseMessage {
    let answer = dispatch(request, &Settings::new(NOW), script).unwrap();
    let message = ResponseMessage::decode(&answer, &Limits::default()).unwrap();
    assert_eq!(message.header.time_stamp, Some(NOW));
    message
}

/// A batch of these operations with their payloads, ids "0", "1" and so on.
fn batch(options: &[Vec<u8>], items: &[(u32, Vec<Vec<u8>>)]) -> Vec<u8> {
    let count = i32::try_from(items.len()).unwrap();
    let header = [
        tree::version(0),
        options.concat(),
        tree::integer(0x42_000D, count),
    ];
    let mut fields = vec![tree::structure(0x42_0077, &header)];
    for (index, (operation, payload)) in items.iter().enumerate() {
        let item = [
            tree::enumeration(0x42_005C, *operation),
            tree::bytes(0x42_0093, index.to_string().as_bytes()),
            tree::structure(0x42_0079, payload),
        ];
        fields.push(tree::structure(0x42_000F, &item));
    }
    tree::structure(0x42_0078, &fields)
}

fn id(id: &str) -> Vec<Vec<u8>> {
    vec![tree::text(0x42_0094, id)]
}

fn create() -> Vec<Vec<u8>> {
    vec![
        tree::enumeration(0x42_0057, 2),
        tree::structure(0x42_0091, &[]),
    ]
}

fn outcomes(message: &ResponseMessage) -> Vec<(Option<Operation>, Option<ResultReason>)> {
    message
        .batch
        .iter()
        .map(|item| (item.operation, item.result_reason))
        .collect()
}

#[test]
fn one_item_is_answered_in_the_version_of_the_request() {
    for minor in 0..=4 {
        let request = tree::plain_request(minor, GET, &id("7"));
        let message = run(&mut Script::default(), &request);
        let version = ProtocolVersion::new(1, minor);
        assert_eq!(message.header.protocol_version, version);
        assert_eq!(outcomes(&message), [(Some(Operation::GET), None)]);
        assert_eq!(message.batch[0].unique_batch_item_id, None);
    }
}

#[test]
fn the_placeholder_carries_what_was_made_or_found_through_one_batch() {
    let mut script = Script {
        located: vec!["found"],
        ..Script::default()
    };
    let items = [
        (CREATE, create()),
        (GET, vec![]),
        (ACTIVATE, vec![]),
        (LOCATE, vec![]),
        (GET_ATTRIBUTES, vec![]),
        (GET, id("named")),
        (GET, vec![]),
    ];
    let message = run(&mut script, &batch(&[], &items));
    let ids: Vec<_> = script.seen.iter().map(|(_, id)| id.as_deref()).collect();
    let expected = [
        None,
        Some("new"),
        Some("new"),
        None,
        Some("found"),
        Some("named"),
        Some("found"),
    ];
    assert_eq!(ids, expected);
    for (index, item) in message.batch.iter().enumerate() {
        let id = index.to_string().into_bytes();
        assert_eq!(item.unique_batch_item_id, Some(id));
        assert_eq!(item.result_status, ResultStatus::SUCCESS);
    }
}

#[test]
fn the_placeholder_is_gone_with_its_message_and_with_an_ambiguous_locate() {
    let mut script = Script::default();
    run(&mut script, &batch(&[], &[(CREATE, create())]));
    script.seen.clear();
    let message = run(&mut script, &tree::plain_request(0, GET, &[]));
    let missing = (Some(Operation::GET), Some(ResultReason::MISSING_DATA));
    assert_eq!(outcomes(&message), [missing]);
    assert!(script.seen.is_empty());

    for located in [vec![], vec!["a", "b"]] {
        let mut script = Script {
            located,
            ..Script::default()
        };
        let items = [(CREATE, create()), (LOCATE, vec![]), (GET, vec![])];
        let message = run(&mut script, &batch(&[], &items));
        assert_eq!(outcomes(&message)[2], missing);
    }
}

#[test]
fn a_batch_stops_at_a_failure_unless_it_is_to_continue() {
    let items = [(GET, id("7")), (GET, id("absent")), (GET, id("8"))];
    let failed = (Some(Operation::GET), Some(ResultReason::ITEM_NOT_FOUND));
    let done = (Some(Operation::GET), None);
    let option = |code| tree::enumeration(0x42_000E, code);
    let cases: &[(&[Vec<u8>], &[_])] = &[
        (&[], &[done, failed]),
        (&[option(2)], &[done, failed]),
        (&[option(1)], &[done, failed, done]),
        (&[tree::boolean(0x42_0010, true)], &[done, failed]),
    ];
    for (options, expected) in cases {
        let mut script = Script::default();
        let message = run(&mut script, &batch(options, &items));
        assert_eq!(outcomes(&message), *expected);
        assert_eq!(script.seen.len(), expected.len());
    }
}

#[test]
fn after_a_failure_no_item_works_on_the_object_of_an_item_before_it() {
    let mut script = Script::default();
    let items = [(CREATE, create()), (GET, id("absent")), (ACTIVATE, vec![])];
    let go_on = [tree::enumeration(0x42_000E, 1)];
    let message = run(&mut script, &batch(&go_on, &items));
    let expected = [
        (Some(Operation::CREATE), None),
        (Some(Operation::GET), Some(ResultReason::ITEM_NOT_FOUND)),
        (Some(Operation::ACTIVATE), Some(ResultReason::MISSING_DATA)),
    ];
    assert_eq!(outcomes(&message), expected);
    assert_eq!(script.seen.len(), 2);
}

#[test]
fn undo_is_refused_before_anything_is_done() {
    let mut script = Script::default();
    let undo = [tree::enumeration(0x42_000E, 3)];
    let message = run(&mut script, &batch(&undo, &[(CREATE, create())]));
    let refused = (None, Some(ResultReason::FEATURE_NOT_SUPPORTED));
    assert_eq!(outcomes(&message), [refused]);
    assert!(script.seen.is_empty());
}

#[test]
fn what_cannot_be_read_is_answered_in_a_version_that_the_client_can_read() {
    let good = |minor| tree::plain_request(minor, GET, &id("7"));
    let mut cut = good(3);
    cut.truncate(100);
    let mut padding = good(2);
    let last = padding.len() - 1;
    padding[last] = 1;
    let mut version_3 = good(1);
    version_3[35] = 3;
    let cases = [
        ("nothing", Vec::new(), 0),
        ("another protocol", b"GET / HTTP/1.1\r\n\r\n".to_vec(), 0),
        ("a cut message", cut, 3),
        ("bad padding", padding, 2),
        ("a version that is not ours", good(9), 0),
        ("version 3.1", version_3, 0),
        ("a response", tree::response(4, GET, &id("7")), 0),
        (
            "an unknown field",
            tree::plain_request(4, GET, &[tree::integer(0x54_0001, 1)]),
            4,
        ),
    ];
    for (what, request, minor) in cases {
        let mut script = Script::default();
        let message = run(&mut script, &request);
        let version = ProtocolVersion::new(1, minor);
        assert_eq!(message.header.protocol_version, version, "{what}");
        let invalid = (None, Some(ResultReason::INVALID_MESSAGE));
        assert_eq!(outcomes(&message), [invalid], "{what}");
        assert!(script.seen.is_empty(), "{what}");
    }
}

#[test]
fn a_critical_extension_refuses_the_whole_message() {
    let message = |critical| {
        let extension = [
            tree::text(0x42_009D, "Acme"),
            tree::boolean(0x42_0026, critical),
            tree::structure(0x42_009C, &[tree::text(0x54_0001, "na")]),
        ];
        let item = |mark: &[u8], more: &[Vec<u8>]| {
            let mut fields = vec![
                tree::enumeration(0x42_005C, GET),
                tree::bytes(0x42_0093, mark),
                tree::structure(0x42_0079, &id("7")),
            ];
            fields.extend_from_slice(more);
            tree::structure(0x42_000F, &fields)
        };
        let header = [tree::version(2), tree::integer(0x42_000D, 2)];
        let fields = [
            tree::structure(0x42_0077, &header),
            item(b"a", &[]),
            item(b"b", &[tree::structure(0x42_0051, &extension)]),
        ];
        tree::structure(0x42_0078, &fields)
    };
    let mut script = Script::default();
    let refused = run(&mut script, &message(true));
    let reason = Some(ResultReason::FEATURE_NOT_SUPPORTED);
    assert_eq!(outcomes(&refused), [(Some(Operation::GET), reason)]);
    assert_eq!(
        refused.batch[0].unique_batch_item_id.as_deref(),
        Some(&b"b"[..])
    );
    assert!(script.seen.is_empty());
    run(&mut script, &message(false));
    assert!(!script.seen.is_empty());
}

#[test]
fn an_object_that_is_not_the_announced_one_is_an_invalid_field() {
    let payload = [
        tree::enumeration(0x42_0057, 7),
        tree::structure(0x42_0091, &[]),
        tree::symmetric_key(&[1; 32], &[]),
    ];
    let message = run(&mut Script::default(), &tree::plain_request(0, 3, &payload));
    assert_eq!(
        outcomes(&message),
        [(None, Some(ResultReason::INVALID_FIELD))]
    );
}

#[test]
fn a_version_that_the_server_was_told_not_to_speak_is_refused() {
    let mut settings = Settings::new(NOW);
    settings.versions = &[ProtocolVersion::V1_2, ProtocolVersion::V1_0];
    for minor in 0..=4 {
        let request = tree::plain_request(minor, QUERY, &[]);
        let answer = dispatch(&request, &settings, &mut Script::default()).unwrap();
        let message = ResponseMessage::decode(&answer, &Limits::default()).unwrap();
        let reason = outcomes(&message)[0].1;
        let spoken = minor == 0 || minor == 2;
        assert_eq!(reason, (!spoken).then_some(ResultReason::INVALID_MESSAGE));
        let version = if spoken { minor } else { 0 };
        assert_eq!(message.header.protocol_version.minor, version);
    }
}

#[test]
fn operations_are_refused_one_by_one() {
    // Discover Versions came with 1.1; Re-key this crate does not type.
    let mut script = Script::default();
    let message = run(&mut script, &tree::plain_request(0, 0x1E, &[]));
    let refused = Some(ResultReason::OPERATION_NOT_SUPPORTED);
    assert_eq!(
        outcomes(&message),
        [(Some(Operation::DISCOVER_VERSIONS), refused)]
    );
    assert!(script.seen.is_empty());

    let message = run(&mut script, &tree::plain_request(0, 4, &id("7")));
    assert_eq!(outcomes(&message), [(Some(Operation::RE_KEY), refused)]);
}

#[test]
fn an_answer_that_is_too_long_is_replaced() {
    // PSMDB's answer of 280 octets, and 16 for the id of the batch item.
    for (size, fits) in [(296, true), (295, false), (0, false), (-1, false)] {
        let options = [tree::integer(0x42_0050, size)];
        let request = batch(&options, &[(GET, id("7"))]);
        let message = run(&mut Script::default(), &request);
        let reason = (!fits).then_some(ResultReason::RESPONSE_TOO_LARGE);
        assert_eq!(outcomes(&message)[0].1, reason, "{size}");
    }
}

#[test]
fn nothing_is_changed_for_a_client_that_could_not_take_the_answer() {
    let mut script = Script::default();
    let request = batch(&[tree::integer(0x42_0050, 255)], &[(CREATE, create())]);
    let message = run(&mut script, &request);
    assert_eq!(
        outcomes(&message),
        [(None, Some(ResultReason::RESPONSE_TOO_LARGE))]
    );
    assert!(script.seen.is_empty());

    let request = batch(&[tree::integer(0x42_0050, 256)], &[(CREATE, create())]);
    assert_eq!(outcomes(&run(&mut script, &request))[0].1, None);
}

#[test]
fn the_client_correlation_value_comes_back() {
    let header = [
        tree::version(4),
        tree::text(0x42_0105, "mine"),
        tree::integer(0x42_000D, 1),
    ];
    let item = [
        tree::enumeration(0x42_005C, QUERY),
        tree::structure(0x42_0079, &[]),
    ];
    let fields = [
        tree::structure(0x42_0077, &header),
        tree::structure(0x42_000F, &item),
    ];
    let message = run(&mut Script::default(), &tree::structure(0x42_0078, &fields));
    let value = message.header.client_correlation_value.as_deref();
    assert_eq!(value, Some("mine"));
}

#[test]
fn an_answer_that_the_version_cannot_express_is_a_failure() {
    for (minor, expressible) in [(0, false), (3, false), (4, true)] {
        let mut script = Script {
            object: Some(KeyFormatType::PKCS_12),
            ..Script::default()
        };
        let message = run(&mut script, &tree::plain_request(minor, GET, &id("7")));
        let reason = ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED;
        assert_eq!(outcomes(&message)[0].1, (!expressible).then_some(reason));
    }
}

#[test]
fn a_handler_that_answers_another_operation_is_not_believed() {
    let mut script = Script {
        confused: true,
        ..Script::default()
    };
    let message = run(&mut script, &tree::plain_request(0, GET, &id("7")));
    let failed = (Some(Operation::GET), Some(ResultReason::GENERAL_FAILURE));
    assert_eq!(outcomes(&message), [failed]);
}
