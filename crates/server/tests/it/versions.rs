//! An answer holds nothing that is newer than its request (I10).

use strongroom_kmip::attribute::{AttributeValue, RevocationReason};
use strongroom_kmip::enumeration::QueryFunction;
use strongroom_kmip::exchange::Exchange;
use strongroom_kmip::operation::{
    ActivateRequest, DiscoverVersionsRequest, GetAttributeListRequest, GetAttributesRequest,
    GetRequest, LocateRequest, QueryRequest, Request, Response, RevokeRequest,
};
use strongroom_kmip::{ProtocolVersion, ResultReason, RevocationReasonCode};
use strongroom_server::Profile;
use strongroom_server::testing::TestServer;
use strongroom_ttlv::{Fields, Limits, Value};

use crate::calls::VERSIONS;
use crate::client::{Client, create_request, name};

/// Major and minor version.
type Release = (i32, i32);

/// Tags of the answers of this server, with the version that brought each one and the last that has
/// it, from the tables of the specifications. A tag that is not in this list fails the test.
const TAGS: &[(u32, Release, Release)] = &[
    (0x42_0001, (1, 0), (2, 1)),
    (0x42_0002, (1, 0), (2, 1)),
    (0x42_0003, (1, 0), (2, 1)),
    (0x42_0004, (1, 0), (2, 1)),
    (0x42_0008, (1, 0), (1, 4)),
    (0x42_0009, (1, 0), (1, 4)),
    (0x42_000A, (1, 0), (1, 4)),
    (0x42_000B, (1, 0), (1, 4)),
    (0x42_000D, (1, 0), (2, 1)),
    (0x42_000F, (1, 0), (2, 1)),
    (0x42_0020, (1, 0), (2, 1)),
    (0x42_0021, (1, 0), (2, 1)),
    (0x42_0028, (1, 0), (2, 1)),
    (0x42_002A, (1, 0), (2, 1)),
    (0x42_002C, (1, 0), (2, 1)),
    (0x42_002F, (1, 0), (2, 1)),
    (0x42_0033, (1, 0), (2, 1)),
    (0x42_0034, (1, 0), (2, 1)),
    (0x42_0035, (1, 0), (2, 1)),
    (0x42_0038, (1, 0), (2, 1)),
    (0x42_0039, (1, 0), (2, 1)),
    (0x42_0040, (1, 0), (2, 1)),
    (0x42_0042, (1, 0), (2, 1)),
    (0x42_0043, (1, 0), (2, 1)),
    (0x42_0045, (1, 0), (2, 1)),
    (0x42_0048, (1, 0), (2, 1)),
    (0x42_0053, (1, 0), (2, 1)),
    (0x42_0054, (1, 0), (2, 1)),
    (0x42_0055, (1, 0), (2, 1)),
    (0x42_0056, (1, 0), (2, 1)),
    (0x42_0057, (1, 0), (2, 1)),
    (0x42_0059, (1, 0), (2, 1)),
    (0x42_005A, (1, 0), (2, 1)),
    (0x42_005B, (1, 0), (2, 1)),
    (0x42_005C, (1, 0), (2, 1)),
    (0x42_0069, (1, 0), (2, 1)),
    (0x42_006A, (1, 0), (2, 1)),
    (0x42_006B, (1, 0), (2, 1)),
    (0x42_007A, (1, 0), (2, 1)),
    (0x42_007B, (1, 0), (2, 1)),
    (0x42_007C, (1, 0), (2, 1)),
    (0x42_007D, (1, 0), (2, 1)),
    (0x42_007E, (1, 0), (2, 1)),
    (0x42_007F, (1, 0), (2, 1)),
    (0x42_0080, (1, 0), (2, 1)),
    (0x42_0081, (1, 0), (2, 1)),
    (0x42_0082, (1, 0), (2, 1)),
    (0x42_0085, (1, 0), (2, 1)),
    (0x42_0086, (1, 0), (2, 1)),
    (0x42_008D, (1, 0), (2, 1)),
    (0x42_008F, (1, 0), (2, 1)),
    (0x42_0092, (1, 0), (2, 1)),
    (0x42_0093, (1, 0), (2, 1)),
    (0x42_0094, (1, 0), (2, 1)),
    (0x42_009D, (1, 0), (2, 1)),
    (0x42_00D5, (1, 3), (2, 1)),
    (0x42_0105, (1, 4), (2, 1)),
    (0x42_0125, (2, 0), (2, 1)),
    (0x42_013B, (2, 0), (2, 1)),
];

pub(crate) fn check_tags(answer: &[u8], version: ProtocolVersion) {
    fn walk(mut fields: Fields<'_>, version: Release) {
        while let Some(item) = fields.next_item().unwrap() {
            let tag = item.tag.value();
            let known = TAGS.iter().find(|(known, ..)| *known == tag);
            let (_, since, until) =
                known.unwrap_or_else(|| panic!("tag {tag:06X} is not in the table"));
            assert!(
                (since..=until).contains(&&version),
                "tag {tag:06X} is of {since:?} to {until:?}, the request is {version:?}"
            );
            if let Value::Structure(fields) = item.value {
                walk(fields, version);
            }
        }
    }
    let tag = strongroom_kmip::tag::RESPONSE_MESSAGE;
    walk(
        Fields::message(tag, answer, &Limits::default()).unwrap(),
        (version.major, version.minor),
    );
}

#[tokio::test]
async fn every_answer_at_every_version_holds_only_what_the_version_has() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let group = AttributeValue::ObjectGroup("g".into()).into();
        let created = client.create(vec![
            name(&format!("a{version}")),
            name(&format!("b{version}")),
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
            Request::GetAttributeList(GetAttributeListRequest::new(&*uid)),
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
            check_tags(&answer, version);
            // Protocol Version of the answer: that of the request.
            assert_eq!(answer[32..36], version.major.to_be_bytes());
            assert_eq!(answer[48..52], version.minor.to_be_bytes());
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
        (vec![], ProtocolVersion::SUPPORTED.to_vec()),
        (
            vec![
                ProtocolVersion::V1_0,
                ProtocolVersion::V2_1,
                ProtocolVersion::V1_2,
            ],
            vec![
                ProtocolVersion::V2_1,
                ProtocolVersion::V1_2,
                ProtocolVersion::V1_0,
            ],
        ),
        (vec![ProtocolVersion::new(3, 7)], vec![]),
    ];
    for (asked, expected) in rows {
        let request = Request::DiscoverVersions(DiscoverVersionsRequest::new(asked));
        let Response::DiscoverVersions(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to Discover Versions");
        };
        assert_eq!(answer.protocol_versions, expected);
    }
    // The encoder refuses such a request, so take one of 1.1 and change its minor version.
    let request = Request::DiscoverVersions(DiscoverVersionsRequest::default());
    let (exchange, mut octets) = Exchange::new(ProtocolVersion::V1_1, &request).unwrap();
    octets[51] = 0;
    let answer = client.exchange(&octets).await.unwrap();
    check_tags(&answer, ProtocolVersion::V1_0);
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
