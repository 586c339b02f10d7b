//! Servers that misbehave in a batch.

use strongroom_client::{Batch, BatchItem, ErrorKind as Kind, Outcome};
use strongroom_kmip::operation::{ActivateRequest, ActivateResponse};
use strongroom_kmip::{Operation, ResultReason, tag};

use super::{V1_4, activated, session};
use crate::answer::{self, Item};
use crate::peer::{Act, Peer};
use crate::pki::World;

fn two() -> (Batch, [BatchItem<ActivateResponse>; 2]) {
    let mut batch = Batch::new();
    let items = [(); 2].map(|()| batch.add(ActivateRequest::new("1")));
    (batch, items)
}

#[tokio::test]
async fn items_that_cannot_be_told_apart_leave_all_of_them_unknown() {
    let world = World::new();
    let without_ids = answer::items(V1_4, 2, |w| {
        for _ in 0..2 {
            w.structure(tag::BATCH_ITEM, |w| {
                w.enumeration(tag::OPERATION, Operation::ACTIVATE);
                w.enumeration(tag::RESULT_STATUS, 0_u32);
                w.structure(tag::RESPONSE_PAYLOAD, |w| {
                    w.text(tag::UNIQUE_IDENTIFIER, "1");
                });
            });
        }
    });
    let cases = [
        ("no ids", without_ids),
        (
            "an id twice",
            answer::batch(V1_4, &[(0, activated()), (0, activated())]),
        ),
        (
            "a foreign id",
            answer::batch(V1_4, &[(0, activated()), (9, activated())]),
        ),
        (
            "an item too many",
            answer::batch(
                V1_4,
                &[(0, activated()), (1, activated()), (2, activated())],
            ),
        ),
    ];
    for (what, octets) in cases {
        let peer = Peer::after_hello(world.server(), vec![Act::Say(octets)]).await;
        let mut session = session(&world, &peer).await;
        let (batch, _items) = two();
        let error = session.send_batch(&batch).await.expect_err(what);
        let told = (error.kind(), error.outcome());
        assert_eq!(
            told,
            (Kind::Malformed, Outcome::Unknown),
            "{what}: {error:?}"
        );
        assert_eq!(peer.requests().len(), 2, "{what}: sent once");
    }
}

#[tokio::test]
async fn an_item_without_its_answer_is_unknown_and_the_other_stands() {
    let world = World::new();
    let other = Item::done(Operation::DESTROY, |w| w.text(tag::UNIQUE_IDENTIFIER, "1"));
    let refused = Item::failed(Operation::DESTROY, ResultReason::ITEM_NOT_FOUND);
    let cases = [
        ("one answer", vec![(0, activated())]),
        ("another operation", vec![(0, activated()), (1, other)]),
        (
            "a refusal of another operation",
            vec![(0, activated()), (1, refused)],
        ),
    ];
    for (what, items) in cases {
        let octets = answer::batch(V1_4, &items);
        let peer = Peer::after_hello(world.server(), vec![Act::Say(octets)]).await;
        let mut session = session(&world, &peer).await;
        let (batch, [first, second]) = two();
        let mut answer = session.send_batch(&batch).await.expect(what);
        assert!(answer.take(first).is_ok(), "{what}");
        let error = answer.take(second).expect_err(what);
        let told = (error.kind(), error.outcome());
        assert_eq!(
            told,
            (Kind::Malformed, Outcome::Unknown),
            "{what}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_cut_batch_is_unknown_as_a_whole() {
    let world = World::new();
    let octets = answer::batch(V1_4, &[(0, activated()), (1, activated())]);
    let half = octets[..octets.len() - 40].to_vec();
    let peer = Peer::after_hello(world.server(), vec![Act::SayAndClose(half)]).await;
    let mut session = session(&world, &peer).await;
    let (batch, _items) = two();
    let error = session.send_batch(&batch).await.unwrap_err();
    let told = (error.kind(), error.outcome());
    assert_eq!(told, (Kind::Unreachable, Outcome::Unknown), "{error:?}");
    assert!(!session.usable());
}
