//! An answer holds nothing that is newer than its request (I10).

use strongroom_kmip::attribute::{AttributeValue, RevocationReason};
use strongroom_kmip::enumeration::QueryFunction;
use strongroom_kmip::exchange::Exchange;
use strongroom_kmip::operation::{
    ActivateRequest, DiscoverVersionsRequest, GetAttributesRequest, GetRequest, LocateRequest,
    QueryRequest, Request, Response, RevokeRequest,
};
use strongroom_kmip::{ProtocolVersion, ResultReason, RevocationReasonCode};
use strongroom_server::Profile;
use strongroom_server::testing::TestServer;
use strongroom_ttlv::{Fields, Limits, Value};

use crate::client::{Client, create_request, name};

/// Tags of the answers of this server, with the version that brought each one, from the tables of
/// the specifications 1.0 to 1.4. A tag that is not in this list fails the test.
const TAGS: &[(u32, i32)] = &[
    (0x42_0002, 0),
    (0x42_0003, 0),
    (0x42_0008, 0),
    (0x42_0009, 0),
    (0x42_000A, 0),
    (0x42_000B, 0),
    (0x42_000D, 0),
    (0x42_000F, 0),
    (0x42_0028, 0),
    (0x42_002A, 0),
    (0x42_0034, 0),
    (0x42_0035, 0),
    (0x42_0038, 0),
    (0x42_0040, 0),
    (0x42_0042, 0),
    (0x42_0043, 0),
    (0x42_0045, 0),
    (0x42_0053, 0),
    (0x42_0054, 0),
    (0x42_0055, 0),
    (0x42_0057, 0),
    (0x42_0059, 0),
    (0x42_005A, 0),
    (0x42_005B, 0),
    (0x42_005C, 0),
    (0x42_0069, 0),
    (0x42_006A, 0),
    (0x42_006B, 0),
    (0x42_007A, 0),
    (0x42_007B, 0),
    (0x42_007C, 0),
    (0x42_007D, 0),
    (0x42_007E, 0),
    (0x42_007F, 0),
    (0x42_0080, 0),
    (0x42_0081, 0),
    (0x42_0082, 0),
    (0x42_0085, 0),
    (0x42_0086, 0),
    (0x42_008F, 0),
    (0x42_0092, 0),
    (0x42_0093, 0),
    (0x42_0094, 0),
    (0x42_009D, 0),
    (0x42_00D5, 3), // Located Items
    (0x42_0105, 4), // Client Correlation Value
];

pub(crate) fn check_tags(answer: &[u8], minor: i32) {
    fn walk(mut fields: Fields<'_>, minor: i32) {
        while let Some(item) = fields.next_item().unwrap() {
            let tag = item.tag.value();
            let since = TAGS.iter().find(|(known, _)| *known == tag);
            let since = since
                .unwrap_or_else(|| panic!("tag {tag:06X} is not in the table"))
                .1;
            assert!(
                since <= minor,
                "tag {tag:06X} came with 1.{since}, the request is 1.{minor}"
            );
            if let Value::Structure(fields) = item.value {
                walk(fields, minor);
            }
        }
    }
    let tag = strongroom_kmip::tag::RESPONSE_MESSAGE;
    walk(
        Fields::message(tag, answer, &Limits::default()).unwrap(),
        minor,
    );
}

#[tokio::test]
async fn every_answer_at_every_version_holds_only_what_the_version_has() {
    let server = TestServer::start().await.unwrap();
    for minor in 0..=4 {
        let version = ProtocolVersion::new(1, minor);
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let group = AttributeValue::ObjectGroup("g".into()).into();
        let created = client.create(vec![
            name(&format!("a{minor}")),
            name(&format!("b{minor}")),
            group,
        ]);
        let uid = created.await.unwrap();
        let compromise = RevocationReason::new(RevocationReasonCode::KEY_COMPROMISE);
        let requests = [
            create_request(256, vec![]),
            create_request(13, vec![]),
            Request::Get(GetRequest::new(&*uid)),
            Request::Get(GetRequest::new("absent")),
            Request::Activate(ActivateRequest::new(&*uid)),
            Request::Activate(ActivateRequest::new(&*uid)),
            Request::Revoke(RevokeRequest::new(&*uid, compromise)),
            Request::GetAttributes(GetAttributesRequest::new(&*uid, &[])),
            Request::Locate(LocateRequest::new(vec![])),
            Request::Query(QueryRequest::new(vec![
                QueryFunction::OPERATIONS,
                QueryFunction::OBJECTS,
                QueryFunction::SERVER_INFORMATION,
                QueryFunction::APPLICATION_NAMESPACES,
            ])),
        ];
        for request in requests {
            let (_, octets) = Exchange::new(version, &request).unwrap();
            let answer = client.exchange(&octets).await.unwrap();
            check_tags(&answer, minor);
            // Protocol Version of the answer: that of the request.
            assert_eq!(answer[32..36], [0, 0, 0, 1]);
            assert_eq!(answer[48..52], minor.to_be_bytes());
        }
    }
}

#[tokio::test]
async fn located_items_are_told_from_1_3_on() {
    let server = TestServer::start().await.unwrap();
    for (minor, expected) in [(2, None), (3, Some(0)), (4, Some(0))] {
        let client = Client::connect(&server, "node-1").await;
        let mut client = client.at(ProtocolVersion::new(1, minor));
        let request = Request::Locate(LocateRequest::new(vec![]));
        let Response::Locate(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to Locate");
        };
        assert_eq!(answer.located_items, expected, "1.{minor}");
    }
}

#[tokio::test]
async fn discover_versions_answers_what_was_asked_and_is_unknown_to_1_0() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let rows = [
        (vec![], vec![4, 3, 2, 1, 0]),
        (
            vec![ProtocolVersion::V1_0, ProtocolVersion::V1_2],
            vec![2, 0],
        ),
        (vec![ProtocolVersion::new(3, 7)], vec![]),
    ];
    for (asked, expected) in rows {
        let request = Request::DiscoverVersions(DiscoverVersionsRequest::new(asked));
        let Response::DiscoverVersions(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to Discover Versions");
        };
        let minors: Vec<i32> = answer
            .protocol_versions
            .iter()
            .map(|version| version.minor)
            .collect();
        assert_eq!(minors, expected);
    }
    // The encoder refuses such a request, so take one of 1.1 and change its minor version.
    let request = Request::DiscoverVersions(DiscoverVersionsRequest::default());
    let (exchange, mut octets) = Exchange::new(ProtocolVersion::V1_1, &request).unwrap();
    octets[51] = 0;
    let answer = client.exchange(&octets).await.unwrap();
    check_tags(&answer, 0);
    let error = exchange.finish(&answer).unwrap_err();
    assert!(error.is_operation_not_supported(), "{error}");
}

#[tokio::test]
async fn a_profile_can_stop_at_an_early_version() {
    let server = TestServer::start_with(|options| {
        options.profile = Profile::STRONGROOM;
        options.profile.versions = &[ProtocolVersion::V1_0];
    })
    .await
    .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let error = client
        .send(Request::Query(QueryRequest::new(vec![])))
        .await
        .unwrap_err();
    assert_eq!(error.reason(), Some(ResultReason::INVALID_MESSAGE));
    let mut client = client.at(ProtocolVersion::V1_0);
    client
        .send(Request::Query(QueryRequest::new(vec![])))
        .await
        .unwrap();
}
