//! Which answers set the ID Placeholder, and what points into the batch.

use super::{Placeholder, Unresolved, sets};
use crate::UniqueIdentifier;
use crate::attribute::TemplateAttribute;
use crate::enumeration::{ObjectType, SplitKeyMethod, UniqueIdentifierEnumeration as Made};
use crate::operation::{
    ActivateResponse, CertifyRequest, CertifyResponse, CheckResponse, CreateKeyPairRequest,
    CreateKeyPairResponse, CreateRequest, CreateResponse, CreateSplitKeyRequest,
    CreateSplitKeyResponse, DeriveKeyResponse, GetRequest, ImportResponse, JoinSplitKeyRequest,
    JoinSplitKeyResponse, LocateRequest, LocateResponse, QueryRequest, QueryResponse,
    ReCertifyRequest, ReCertifyResponse, ReKeyKeyPairRequest, ReKeyKeyPairResponse, ReKeyRequest,
    ReKeyResponse, RecoverRequest, RecoverResponse, RegisterResponse, Request, Response,
};

fn noted(responses: impl IntoIterator<Item = Response>) -> Placeholder {
    let mut placeholder = Placeholder::default();
    for response in responses {
        placeholder.note(&response);
    }
    placeholder
}

fn filled(placeholder: &Placeholder, id: Option<UniqueIdentifier>) -> Result<String, Unresolved> {
    let mut request = Request::Get(GetRequest {
        unique_identifier: id,
        ..GetRequest::default()
    });
    placeholder.fill(&mut request)?;
    Ok(request.unique_identifier().unwrap().to_string())
}

fn created(id: &str) -> Response {
    Response::Create(CreateResponse::new(ObjectType::SYMMETRIC_KEY, id))
}

#[test]
fn every_operation_that_makes_or_finds_an_object_sets_the_placeholder() {
    let ids = |ids: &[&str]| ids.iter().map(|id| UniqueIdentifier::from(*id)).collect();
    let responses = [
        created("new"),
        CreateKeyPairResponse::new("new".into(), "public".into()).into(),
        RegisterResponse::new("new").into(),
        DeriveKeyResponse::new("new").into(),
        CertifyResponse::new("new").into(),
        ReCertifyResponse::new("new").into(),
        ReKeyResponse::new("new").into(),
        ReKeyKeyPairResponse::new("new".into(), "public".into()).into(),
        ImportResponse::new("new").into(),
        JoinSplitKeyResponse::new("new").into(),
        CreateSplitKeyResponse::new(ids(&["new", "second"])).into(),
        RecoverResponse::new("new").into(),
        LocateResponse::new(["new"]).into(),
    ];
    for response in responses {
        let operation = response.operation();
        let placeholder = noted([created("old"), response]);
        assert_eq!(
            filled(&placeholder, None),
            Ok("new".to_owned()),
            "{operation}"
        );
    }
}

#[test]
fn other_operations_leave_it_and_an_ambiguous_locate_or_a_failure_empties_it() {
    let left: [Response; 2] = [
        ActivateResponse::new("other").into(),
        QueryResponse::default().into(),
    ];
    for response in left {
        let placeholder = noted([created("old"), response]);
        assert_eq!(filled(&placeholder, None), Ok("old".to_owned()));
    }
    for found in [&[][..], &["a", "b"]] {
        let located = LocateResponse::new(found.iter().copied()).into();
        let placeholder = noted([created("old"), located]);
        assert_eq!(filled(&placeholder, None), Err(Unresolved::Empty));
    }
    let mut placeholder = noted([created("old")]);
    placeholder.clear();
    assert_eq!(filled(&placeholder, None), Err(Unresolved::Empty));
}

#[test]
fn a_request_points_into_its_batch_by_operation_and_by_position() {
    let placeholder = noted([
        created("first"),
        CreateKeyPairResponse::new("private".into(), "public".into()).into(),
        created("second"),
        LocateResponse::new(["a", "b"]).into(),
    ]);
    let by = |made: Made| UniqueIdentifier::Enumeration(made.value());
    let at = UniqueIdentifier::Index;
    let cases = [
        (by(Made::CREATE), Some("second")),
        (by(Made::CREATE_KEY_PAIR), Some("private")),
        (by(Made::CREATE_KEY_PAIR_PRIVATE_KEY), Some("private")),
        (by(Made::CREATE_KEY_PAIR_PUBLIC_KEY), Some("public")),
        (by(Made::REGISTER), None),
        // Two hits: no one object.
        (by(Made::LOCATE), None),
        (by(Made::ID_PLACEHOLDER), None),
        (at(0), Some("first")),
        (at(2), Some("public")),
        (at(5), Some("b")),
        (at(6), None),
        (at(-1), Some("b")),
        (at(-6), Some("first")),
        (at(-7), None),
        (at(i32::MIN), None),
    ];
    for (reference, expected) in cases {
        let found = filled(&placeholder, Some(reference.clone()));
        let expected = match expected {
            Some(id) => Ok(id.to_owned()),
            None => Err(Unresolved::Reference(reference)),
        };
        assert_eq!(found, expected);
    }
    let named = filled(&placeholder, Some("named".into()));
    assert_eq!(named, Ok("named".to_owned()));
}

#[test]
fn lists_of_objects_are_resolved_and_a_new_object_is_not_missed() {
    let placeholder = noted([created("first"), created("second")]);
    let parts = vec![
        UniqueIdentifier::Index(0),
        UniqueIdentifier::Index(-1),
        "third".into(),
    ];
    let join = JoinSplitKeyRequest::new(ObjectType::SYMMETRIC_KEY, parts);
    let mut request = Request::JoinSplitKey(join);
    placeholder.fill(&mut request).unwrap();
    let Request::JoinSplitKey(join) = request else {
        panic!("another operation");
    };
    assert_eq!(join.unique_identifiers, ["first", "second", "third"]);

    // Without an identifier it makes a new key in parts.
    let split = CreateSplitKeyRequest::new(SplitKeyMethod::XOR, 2, 2);
    let mut request = Request::CreateSplitKey(split);
    placeholder.fill(&mut request).unwrap();
    assert_eq!(request.unique_identifier(), None);
}

#[test]
fn what_sets_it_is_known_from_the_request() {
    let setting: [Request; 8] = [
        CreateRequest::symmetric_key(TemplateAttribute::default()).into(),
        CreateKeyPairRequest::default().into(),
        CertifyRequest::default().into(),
        ReCertifyRequest::default().into(),
        ReKeyRequest::default().into(),
        ReKeyKeyPairRequest::default().into(),
        LocateRequest::default().into(),
        RecoverRequest::default().into(),
    ];
    assert!(setting.iter().all(sets));
    let others: [Request; 2] = [GetRequest::default().into(), QueryRequest::default().into()];
    assert!(!others.iter().any(sets));
}

#[test]
fn a_check_that_denies_the_use_empties_the_placeholder_and_one_that_allows_it_does_not() {
    let allowed = noted([created("key"), CheckResponse::new("key").into()]);
    assert_eq!(filled(&allowed, None), Ok("key".to_owned()));
    let denied = noted([created("key"), CheckResponse::default().into()]);
    assert_eq!(filled(&denied, None), Err(Unresolved::Empty));
}
