//! The client's side of batches: which answer belongs to which request, and what it means.

use strongroom_kmip::enumeration::BatchErrorContinuationOption;
use strongroom_kmip::exchange::{
    BatchError, BatchOptions, Failure, Handler, ItemContext, ItemOutcome, Mismatch, Settings,
    dispatch,
};
use strongroom_kmip::operation::{
    ActivateRequest, ActivateResponse, CreateRequest, CreateResponse, DestroyRequest,
    GetAttributesRequest, LocateRequest,
};
use strongroom_kmip::{
    BatchExchange, ExchangeError, Limits, ObjectType, Operation, ProtocolVersion, Request,
    RequestMessage, Response, ResultReason, TemplateAttribute,
};

use crate::tree;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const CREATE: u32 = 0x01;
const LOCATE: u32 = 0x08;
const ACTIVATE: u32 = 0x12;
const DESTROY: u32 = 0x14;
const SUCCESS: u32 = 0;
const FAILED: u32 = 1;
const PENDING: u32 = 2;
const UNDONE: u32 = 3;

fn activate(id: &str) -> Request {
    ActivateRequest::new(id).into()
}

fn create() -> Request {
    CreateRequest::symmetric_key(TemplateAttribute::default()).into()
}

fn batch(requests: &[Request], options: BatchOptions) -> BatchExchange {
    BatchExchange::new(V1_0, requests, options).unwrap().0
}

fn three() -> [Request; 3] {
    [
        activate("a"),
        activate("b"),
        DestroyRequest::new("c").into(),
    ]
}

fn stop() -> BatchOptions {
    BatchOptions::default()
}

fn with(option: BatchErrorContinuationOption) -> BatchOptions {
    BatchOptions::default().with_error_continuation(option)
}

/// The id that the request at `index` got.
fn mark(index: u64) -> Vec<u8> {
    tree::bytes(0x42_0093, &index.to_be_bytes())
}

/// An answer's item: operation, id, status, and what follows.
fn item(operation: u32, id: &[u8], status: u32, rest: &[u8]) -> Vec<u8> {
    let fields = [
        tree::enumeration(0x42_005C, operation),
        id.to_vec(),
        tree::enumeration(0x42_007F, status),
        rest.to_vec(),
    ];
    tree::structure(0x42_000F, &fields)
}

fn named(id: &str) -> Vec<u8> {
    tree::structure(0x42_007C, &[tree::text(0x42_0094, id)])
}

fn created(id: &str) -> Vec<u8> {
    let fields = [tree::enumeration(0x42_0057, 2), tree::text(0x42_0094, id)];
    tree::structure(0x42_007C, &fields)
}

fn done(operation: u32, index: u64, id: &str) -> Vec<u8> {
    item(operation, &mark(index), SUCCESS, &named(id))
}

fn failed(operation: u32, index: u64) -> Vec<u8> {
    let reason = tree::enumeration(0x42_007E, 1);
    item(operation, &mark(index), FAILED, &reason)
}

fn answer(items: &[Vec<u8>]) -> Vec<u8> {
    let count = i32::try_from(items.len()).unwrap();
    let mut fields = vec![tree::response_header(0, count)];
    fields.extend_from_slice(items);
    tree::structure(0x42_007B, &fields)
}

/// What became of each item, in a word.
fn words(outcomes: &[ItemOutcome]) -> Vec<&'static str> {
    outcomes
        .iter()
        .map(|outcome| match outcome {
            ItemOutcome::Done(_) => "done",
            ItemOutcome::Pending { .. } => "pending",
            ItemOutcome::Refused(_) => "refused",
            ItemOutcome::Undone => "undone",
            ItemOutcome::NotRun => "not run",
            ItemOutcome::Unknown(None) => "unknown",
            ItemOutcome::Unknown(Some(_)) => "mismatch",
            _ => "something new",
        })
        .collect()
}

#[test]
fn each_request_has_an_id_of_its_own_and_they_are_in_order() {
    for (requests, in_order) in [(&three()[..], Some(true)), (&[activate("a")], None)] {
        let options = with(BatchErrorContinuationOption::UNDO);
        let (_, bytes) = BatchExchange::new(V1_0, requests, options).unwrap();
        let message = RequestMessage::decode(&bytes, &Limits::default()).unwrap();
        let option = message.header.batch_error_continuation_option;
        assert_eq!(option, Some(BatchErrorContinuationOption::UNDO));
        assert_eq!(message.header.batch_order_option, in_order);
        for (index, item) in message.batch.iter().enumerate() {
            let id = u64::try_from(index).unwrap().to_be_bytes().to_vec();
            assert_eq!(item.unique_batch_item_id, Some(id));
        }
    }
}

#[test]
fn answers_are_paired_by_id_in_whatever_order_they_come() {
    let answers = [
        done(DESTROY, 2, "c"),
        done(ACTIVATE, 0, "a"),
        done(ACTIVATE, 1, "b"),
    ];
    let outcomes = batch(&three(), stop()).finish(&answer(&answers)).unwrap();
    assert_eq!(words(&outcomes), ["done", "done", "done"]);
    for (outcome, id) in outcomes.iter().zip(["a", "b", "c"]) {
        let ItemOutcome::Done(response) = outcome else {
            panic!("not done");
        };
        assert_eq!(response.unique_identifier().unwrap(), &id);
    }
}

#[test]
fn a_server_may_drop_the_id_where_there_is_one_request() {
    let one = batch(&[activate("a")], stop());
    let bare = item(ACTIVATE, &[], SUCCESS, &named("a"));
    assert_eq!(words(&one.finish(&answer(&[bare])).unwrap()), ["done"]);
    let marked = done(ACTIVATE, 0, "a");
    assert_eq!(words(&one.finish(&answer(&[marked])).unwrap()), ["done"]);
}

#[test]
fn items_that_cannot_be_told_apart_are_a_mismatch() {
    let good = done(ACTIVATE, 0, "a");
    let bare = item(ACTIVATE, &[], SUCCESS, &named("b"));
    let odd = item(
        ACTIVATE,
        &tree::bytes(0x42_0093, b"odd"),
        SUCCESS,
        &named("b"),
    );
    let reason = tree::enumeration(0x42_007E, 1);
    let bare_failure = item(ACTIVATE, &[], FAILED, &reason);
    let cases = [
        (vec![], Mismatch::BatchCount { asked: 3, found: 0 }),
        (
            vec![good.clone(); 4],
            Mismatch::BatchCount { asked: 3, found: 4 },
        ),
        (
            vec![good.clone(), good.clone()],
            Mismatch::DoubledBatchItemId { index: 1 },
        ),
        (
            vec![good.clone(), bare],
            Mismatch::NoBatchItemId { index: 1 },
        ),
        // Of which of them is it?
        (vec![bare_failure], Mismatch::NoBatchItemId { index: 0 }),
        (
            vec![good.clone(), odd],
            Mismatch::ForeignBatchItemId { index: 1 },
        ),
        (
            vec![good, done(ACTIVATE, 3, "b")],
            Mismatch::ForeignBatchItemId { index: 1 },
        ),
    ];
    for (items, expected) in cases {
        let error = batch(&three(), stop()).finish(&answer(&items)).unwrap_err();
        assert_eq!(error, ExchangeError::Mismatch(expected));
    }
}

#[test]
fn a_batch_count_that_is_not_the_number_of_items_cannot_be_read() {
    let items = [tree::response_header(0, 3), done(ACTIVATE, 0, "a")];
    let error = batch(&three(), stop())
        .finish(&tree::structure(0x42_007B, &items))
        .unwrap_err();
    assert!(matches!(error, ExchangeError::Decode(_)), "{error}");
}

#[test]
fn an_item_without_answer_was_not_run_or_is_unknown() {
    use BatchErrorContinuationOption as Option;
    let first = done(ACTIVATE, 0, "a");
    let second = failed(ACTIVATE, 1);
    let undone = item(ACTIVATE, &mark(0), UNDONE, &named("a"));
    let two = [first.clone(), second.clone()];
    let taken_back = [undone, second.clone()];
    let cases = [
        (stop(), &two[..], ["done", "refused", "not run"]),
        (with(Option::STOP), &two, ["done", "refused", "not run"]),
        (
            with(Option::UNDO),
            &taken_back,
            ["undone", "refused", "not run"],
        ),
        // It was to go on, and does not say how.
        (with(Option::CONTINUE), &two, ["done", "refused", "unknown"]),
        // It had no reason to stop.
        (stop(), &[first], ["done", "unknown", "unknown"]),
        // Done before the one that failed, or not.
        (stop(), &[second], ["unknown", "refused", "not run"]),
    ];
    for (options, items, expected) in cases {
        let outcomes = batch(&three(), options).finish(&answer(items)).unwrap();
        assert_eq!(words(&outcomes), expected, "{options:?}");
    }
}

#[test]
fn an_answer_of_its_own_is_told_from_another_and_from_a_pending_one() {
    let handle = tree::bytes(0x42_0006, b"later");
    let items = [
        // Another operation, with a fine payload.
        item(DESTROY, &mark(0), SUCCESS, &named("a")),
        item(ACTIVATE, &mark(1), PENDING, &handle),
        done(DESTROY, 2, "another"),
    ];
    let outcomes = batch(&three(), stop()).finish(&answer(&items)).unwrap();
    assert_eq!(words(&outcomes), ["mismatch", "pending", "mismatch"]);
    let ItemOutcome::Unknown(Some(mismatch)) = &outcomes[0] else {
        panic!("believed");
    };
    let (asked, found) = (Operation::ACTIVATE, Operation::DESTROY);
    assert_eq!(*mismatch, Mismatch::Operation { asked, found });
    let ItemOutcome::Pending {
        asynchronous_correlation_value: value,
    } = &outcomes[1]
    else {
        panic!("not pending");
    };
    assert_eq!(value, b"later");

    // Pending, and no way to ask for the answer; and what a failed item holds is no answer.
    let payload = [tree::enumeration(0x42_007E, 1), named("c")].concat();
    let items = [
        item(ACTIVATE, &mark(0), PENDING, &[]),
        done(ACTIVATE, 1, "b"),
        item(DESTROY, &mark(2), FAILED, &payload),
    ];
    let outcomes = batch(&three(), stop()).finish(&answer(&items)).unwrap();
    assert_eq!(words(&outcomes), ["mismatch", "done", "refused"]);
}

#[test]
fn a_message_that_is_refused_as_a_whole_is_one_refusal() {
    let fields = [
        tree::enumeration(0x42_007F, FAILED),
        tree::enumeration(0x42_007E, 4),
    ];
    let whole = answer(&[tree::structure(0x42_000F, &fields)]);
    let error = batch(&three(), stop()).finish(&whole).unwrap_err();
    assert!(error.is_operation_not_supported(), "{error}");

    // The other shape: the item alone, and the batch goes on.
    let reason = tree::enumeration(0x42_007E, 5);
    let items = [
        item(ACTIVATE, &mark(0), FAILED, &reason),
        done(ACTIVATE, 1, "b"),
        done(DESTROY, 2, "c"),
    ];
    let go_on = with(BatchErrorContinuationOption::CONTINUE);
    let outcomes = batch(&three(), go_on).finish(&answer(&items)).unwrap();
    assert_eq!(words(&outcomes), ["refused", "done", "done"]);
    let ItemOutcome::Refused(error) = &outcomes[0] else {
        panic!("not refused");
    };
    assert!(error.is_operation_not_supported(), "{error}");
}

#[test]
fn an_item_without_object_needs_one_before_it_that_makes_or_finds_it() {
    let bare = || Request::Activate(ActivateRequest::default());
    let (index, operation) = (0, Operation::ACTIVATE);
    let outcome =
        |requests: &[Request], options| BatchExchange::new(V1_0, requests, options).map(drop);
    assert_eq!(outcome(&[], stop()), Err(BatchError::Empty));
    let no_object = |index| Err(BatchError::NoObject { index, operation });
    assert_eq!(outcome(&[bare()], stop()), no_object(index));
    assert_eq!(outcome(&[activate("a"), bare()], stop()), no_object(1));
    for option in [
        BatchErrorContinuationOption::STOP,
        BatchErrorContinuationOption::UNDO,
    ] {
        assert_eq!(outcome(&[create(), bare()], with(option)), Ok(()));
    }
    let go_on = with(BatchErrorContinuationOption::CONTINUE);
    let refused = Err(BatchError::NotWithContinue {
        index: 1,
        operation,
    });
    assert_eq!(outcome(&[create(), bare()], go_on), refused);
    assert_eq!(outcome(&[create(), activate("a")], go_on), Ok(()));
}

#[test]
fn the_object_of_an_item_without_one_is_that_of_the_item_before() {
    let requests = [create(), ActivateRequest::default().into()];
    let made = item(CREATE, &mark(0), SUCCESS, &created("new"));
    let handle = tree::bytes(0x42_0006, b"later");
    let cases = [
        (made.clone(), done(ACTIVATE, 1, "new"), ["done", "done"]),
        (made, done(ACTIVATE, 1, "leaked"), ["done", "mismatch"]),
        // What it made is not known yet.
        (
            item(CREATE, &mark(0), PENDING, &handle),
            done(ACTIVATE, 1, "x"),
            ["pending", "done"],
        ),
        (
            failed(CREATE, 0),
            done(ACTIVATE, 1, "leaked"),
            ["refused", "mismatch"],
        ),
    ];
    for (first, second, expected) in cases {
        let outcomes = batch(&requests, stop())
            .finish(&answer(&[first, second]))
            .unwrap();
        assert_eq!(words(&outcomes), expected);
    }

    let requests = [
        LocateRequest::default().into(),
        GetAttributesRequest::default().into(),
    ];
    for found in [&[][..], &["a", "b"]] {
        let ids: Vec<_> = found.iter().map(|id| tree::text(0x42_0094, id)).collect();
        let located = tree::structure(0x42_007C, &ids);
        let items = [
            item(LOCATE, &mark(0), SUCCESS, &located),
            done(0x0B, 1, "a"),
        ];
        let outcomes = batch(&requests, stop()).finish(&answer(&items)).unwrap();
        assert_eq!(words(&outcomes), ["done", "mismatch"]);
    }
}

/// Makes one key, and activates nothing but it.
struct OneKey;

impl Handler for OneKey {
    fn handle(&mut self, _: &ItemContext<'_>, request: Request) -> Result<Response, Failure> {
        match request {
            Request::Create(_) => Ok(CreateResponse::new(ObjectType::SYMMETRIC_KEY, "new").into()),
            Request::Activate(request) if request.unique_identifier == Some("new".into()) => {
                Ok(ActivateResponse::new("new").into())
            }
            _ => Err(ResultReason::ITEM_NOT_FOUND.into()),
        }
    }
}

#[test]
fn both_sides_mean_the_same_by_a_batch() {
    let requests = [
        create(),
        ActivateRequest::default().into(),
        activate("old"),
        DestroyRequest::default().into(),
    ];
    for &version in ProtocolVersion::SUPPORTED {
        let (batch, bytes) = BatchExchange::new(version, &requests, stop()).unwrap();
        let bytes = dispatch(&bytes, &Settings::new(tree::NOW), &mut OneKey).unwrap();
        let outcomes = batch.finish(&bytes).unwrap();
        let expected = ["done", "done", "refused", "not run"];
        assert_eq!(words(&outcomes), expected, "{version}");
    }
}
