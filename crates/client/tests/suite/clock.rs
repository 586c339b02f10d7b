//! A clock that tests move.

use std::future::Future;
use std::sync::mpsc;

/// Runs `work` with a clock that stands still until `ready` is done, and is moved by timers alone
/// from then on: tokio moves a paused clock to the next timer as soon as nothing else can run, but
/// never while a blocking task runs.
pub(crate) async fn frozen<T>(ready: impl Future<Output = ()>, work: impl Future<Output = T>) -> T {
    tokio::time::pause();
    let (release, hold) = mpsc::channel::<()>();
    let holding = tokio::task::spawn_blocking(move || hold.recv().is_err());
    let (result, ()) = tokio::join!(work, async move {
        ready.await;
        drop(release);
    });
    assert!(holding.await.unwrap());
    tokio::time::resume();
    result
}
