//! Whatever is written is read as the same, for every operation and version; whatever bytes
//! come, nothing panics.

use proptest::collection::vec;
use proptest::prelude::*;
use strongroom_kmip::exchange::{Exchange, Settings, dispatch};
use strongroom_kmip::exchange::{Failure, Handler, ItemContext};
use strongroom_kmip::message::{RequestHeader, RequestItem, ResponseHeader, ResponseItem};
use strongroom_kmip::operation::CertifyRequest;
use strongroom_kmip::{
    Limits, ManagedObject, ProtocolVersion, Request, RequestMessage, Response, ResponseMessage,
    ResultReason, UniqueIdentifier,
};

use crate::strategies;

fn requests() -> BoxedStrategy<(ProtocolVersion, Vec<Request>)> {
    strategies::version()
        .prop_flat_map(|version| (Just(version), vec(strategies::request(version), 1..4)))
        .boxed()
}

fn responses() -> BoxedStrategy<(ProtocolVersion, Vec<Response>)> {
    strategies::version()
        .prop_flat_map(|version| (Just(version), vec(strategies::response(version), 1..4)))
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn requests_come_back((version, requests) in requests(), size in any::<Option<i32>>()) {
        let mut header = RequestHeader::new(version);
        header.maximum_response_size = size;
        let batch = requests
            .into_iter()
            .zip(b'a'..)
            .map(|(request, id)| RequestItem::with_id(request, vec![id]))
            .collect();
        let message = RequestMessage::new(header, batch);
        let bytes = message.encode().unwrap();
        let again = RequestMessage::decode(&bytes, &Limits::default()).unwrap();
        prop_assert_eq!(format!("{again:?}"), format!("{message:?}"));
        prop_assert_eq!(again.encode().unwrap(), bytes);
    }

    #[test]
    fn responses_come_back((version, responses) in responses(), time in any::<i64>()) {
        let header = ResponseHeader::new(version, time);
        let mut batch: Vec<_> = responses.into_iter().map(ResponseItem::success).collect();
        batch.push(ResponseItem::failure(None, ResultReason::INVALID_FIELD, Some("no".to_owned())));
        let message = ResponseMessage::new(header, batch);
        let bytes = message.encode().unwrap();
        let again = ResponseMessage::decode(&bytes, &Limits::default()).unwrap();
        prop_assert_eq!(format!("{again:?}"), format!("{message:?}"));
        prop_assert_eq!(again.encode().unwrap(), bytes);
    }

    #[test]
    fn objects_come_back_alone((version, responses) in responses()) {
        for response in responses {
            let Response::Get(get) = response else { continue };
            let bytes = get.object.to_ttlv(version).unwrap();
            let limits = Limits::default();
            let object_type = get.object.object_type();
            let again = ManagedObject::from_ttlv(object_type, version, &bytes, &limits);
            let again = again.unwrap();
            prop_assert_eq!(&again.to_ttlv(version).unwrap(), &bytes);
            prop_assert_eq!(again.duplicate().to_ttlv(version).unwrap(), bytes);
        }
    }

    #[test]
    fn an_exchange_through_a_dispatch_brings_the_handlers_answer(
        (version, requests) in requests(),
    ) {
        for request in requests {
            let (exchange, bytes) = Exchange::new(version, &request).unwrap();
            let answer = dispatch(&bytes, &Settings::new(0), &mut Refuse).unwrap();
            let error = exchange.finish(&answer).unwrap_err();
            let needs_id = matches!(
                &request,
                Request::Get(_)
                    | Request::GetAttributes(_)
                    | Request::Encrypt(_)
                    | Request::Decrypt(_)
                    | Request::Sign(_)
                    | Request::SignatureVerify(_)
                    | Request::Mac(_)
                    | Request::MacVerify(_)
                    | Request::Export(_)
                    | Request::Archive(_)
                    | Request::Recover(_)
                    | Request::ObtainLease(_)
                    | Request::GetUsageAllocation(_)
                    | Request::Check(_)
                    | Request::ReKey(_)
                    | Request::ReCertify(_)
                    | Request::ReKeyKeyPair(_)
                    | Request::GetAttributeList(_)
                    | Request::AddAttribute(_)
                    | Request::ModifyAttribute(_)
                    | Request::DeleteAttribute(_)
                    | Request::AdjustAttribute(_)
                    | Request::SetAttribute(_)
                    | Request::Certify(CertifyRequest { certificate_request: None, .. })
            ) && request.unique_identifier().is_none();
            let reason = if points_into_the_batch(&request) {
                // To an earlier item; there is none.
                ResultReason::INVALID_FIELD
            } else if needs_id {
                ResultReason::MISSING_DATA
            } else {
                REFUSAL
            };
            prop_assert_eq!(error.reason(), Some(reason), "{:?}", request);
        }
    }

    #[test]
    fn rubbish_is_answered_and_never_panics(bytes in vec(any::<u8>(), 0..64)) {
        let _ = RequestMessage::decode(&bytes, &Limits::default());
        let _ = ResponseMessage::decode_keeping(&bytes, &Limits::default());
        let answer = dispatch(&bytes, &Settings::new(0), &mut Refuse).unwrap();
        prop_assert!(ResponseMessage::decode(&answer, &Limits::default()).is_ok());
    }

    #[test]
    fn damaged_messages_are_answered_and_never_panic(
        (version, requests) in requests(),
        damage in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let batch = requests
            .into_iter()
            .zip(b'a'..)
            .map(|(request, id)| RequestItem::with_id(request, vec![id]))
            .collect();
        let message = RequestMessage::new(RequestHeader::new(version), batch);
        let mut bytes = message.encode().unwrap().to_vec();
        for (at, octet) in damage {
            let at = at.index(bytes.len());
            bytes[at] = octet;
        }
        let answer = dispatch(&bytes, &Settings::new(0), &mut Refuse).unwrap();
        prop_assert!(ResponseMessage::decode(&answer, &Limits::default()).is_ok());
        let _ = ResponseMessage::decode_keeping(&bytes, &Limits::default());
    }
}

/// Whether the request names one of its objects by a reference of 2.x.
fn points_into_the_batch(request: &Request) -> bool {
    let points = |id: &UniqueIdentifier| id.as_text().is_none();
    match request {
        Request::DeriveKey(request) => request.unique_identifiers.iter().any(points),
        Request::JoinSplitKey(request) => request.unique_identifiers.iter().any(points),
        Request::Validate(request) => request.unique_identifiers.iter().any(points),
        Request::ReCertify(request) => {
            let of_request = &request.certificate_request_unique_identifier;
            request
                .unique_identifier
                .iter()
                .chain(of_request)
                .any(points)
        }
        // They say what an object is to be called, or what has become of one.
        Request::Notify(_) | Request::Put(_) | Request::Import(_) => false,
        request => request.unique_identifier().is_some_and(points),
    }
}

const REFUSAL: ResultReason = ResultReason::APPLICATION_NAMESPACE_NOT_SUPPORTED;

struct Refuse;

impl Handler for Refuse {
    fn handle(&mut self, _: &ItemContext<'_>, _: Request) -> Result<Response, Failure> {
        Err(REFUSAL.into())
    }
}
