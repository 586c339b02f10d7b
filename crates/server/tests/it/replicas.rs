//! Two servers with the same objects, the second behind the first.

use std::time::Duration;

use strongroom_kmip::enumeration::State;
use strongroom_kmip::{ResultReason, RevocationReasonCode};
use strongroom_server::testing::TestServer;

use crate::calls::*;
use crate::client::{Client, name};

#[tokio::test]
async fn the_second_server_knows_a_change_when_it_is_let_through_and_not_before() {
    let (first, second, replica) = TestServer::start_pair().await.unwrap();
    let mut one = Client::connect(&first, "node-1").await;
    let mut two = Client::connect(&second, "node-1").await;
    let early = one.create(vec![name("early")]).await.unwrap();
    assert_eq!(
        key(&mut two, &early).await.unwrap(),
        key(&mut one, &early).await.unwrap()
    );

    replica.hold();
    let late = one.create(vec![name("late")]).await.unwrap();
    activate(&mut one, &late).await.unwrap();
    assert_eq!(replica.waiting(), 2);
    assert_eq!(
        reason(key(&mut two, &late).await),
        ResultReason::ITEM_NOT_FOUND
    );
    assert!(locate(&mut two, vec![name("late")]).await.is_empty());

    assert_eq!(replica.catch_up(1), 1);
    assert_eq!(state(&mut two, &late).await, State::PRE_ACTIVE);
    assert_eq!(state(&mut one, &late).await, State::ACTIVE);
    assert_eq!(replica.catch_up(7), 1);
    assert_eq!(state(&mut two, &late).await, State::ACTIVE);
    assert_eq!((replica.catch_up(1), replica.waiting()), (0, 0));

    let cessation = RevocationReasonCode::CESSATION_OF_OPERATION;
    revoke(&mut one, &late, cessation).await.unwrap();
    assert_eq!(state(&mut two, &late).await, State::ACTIVE);
    replica.follow();
    assert_eq!(state(&mut two, &late).await, State::DEACTIVATED);
    destroy(&mut one, &late).await.unwrap();
    assert_eq!(state(&mut two, &late).await, State::DESTROYED);
}

#[tokio::test]
async fn a_change_at_the_second_server_is_made_at_the_first_and_comes_back_with_the_lag() {
    let (first, second, replica) = TestServer::start_pair().await.unwrap();
    let mut one = Client::connect(&first, "node-1").await;
    let mut two = Client::connect(&second, "node-1").await;
    replica.hold();
    let uid = two.create(vec![name("n")]).await.unwrap();
    assert_eq!(key(&mut one, &uid).await.unwrap().len(), 32);
    assert_eq!(
        reason(key(&mut two, &uid).await),
        ResultReason::ITEM_NOT_FOUND
    );
    // The rules are those of the first server's objects: the name is taken there.
    let taken = two.create(vec![name("n")]).await;
    assert_eq!(reason(taken), ResultReason::INVALID_FIELD);
    replica.catch_up(1);
    assert_eq!(key(&mut two, &uid).await.unwrap().len(), 32);
}

#[tokio::test]
async fn the_second_server_goes_on_when_the_first_has_stopped() {
    let (first, second, replica) = TestServer::start_pair().await.unwrap();
    let uid = Client::connect(&first, "node-1")
        .await
        .create(vec![])
        .await
        .unwrap();
    replica.hold();
    first.stop().await;
    let mut two = Client::connect(&second, "node-1").await;
    activate(&mut two, &uid).await.unwrap();
    assert_eq!(state(&mut two, &uid).await, State::PRE_ACTIVE);
    replica.follow();
    assert_eq!(state(&mut two, &uid).await, State::ACTIVE);
    second.stop().await;
}

#[tokio::test]
async fn a_lag_in_time_lets_every_change_through_in_the_end() {
    let (first, second, replica) = TestServer::start_pair().await.unwrap();
    let mut one = Client::connect(&first, "node-1").await;
    let mut two = Client::connect(&second, "node-1").await;
    let steering = replica.clone();
    replica.hold();
    let uid = one.create(vec![]).await.unwrap();
    let lagging = tokio::spawn(async move { steering.lag(Duration::from_millis(20)).await });
    while replica.waiting() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(key(&mut two, &uid).await.unwrap().len(), 32);
    lagging.abort();
}
