//! Waiting for the host's request for shutdown.

mod request;

pub(crate) use self::request::ShutdownRequest;
use crate::{
    logger::report,
    platform,
    time::{Duration, sleep},
};
use alloc::boxed::Box;

/// How long `main` may take to return after the host has requested shutdown, if the unikernel has
/// called [`shutdown`].
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(5);

/// Completes when the host requests shutdown, or at once if it has done so before: by SIGTERM or
/// SIGINT on `unix`, by the ACPI power button on `virtio`. On `spt` and `hvt` it never completes.
///
/// By default, `main` is dropped when the host requests shutdown. Once this function has been called,
/// `main` continues instead and is dropped only after [`SHUTDOWN_LIMIT`], so that it can finish its
/// work. Devices stop afterwards in either case. What `main` returns determines the exit status.
///
/// ```
/// use mirage_rt::{net::{Error, TcpListener}, select, shutdown, task::JoinSet};
///
/// async fn serve(http: TcpListener) -> Result<(), Error> {
///     let mut connections = JoinSet::new();
///     loop {
///         select! {
///             () = shutdown() => break,
///             accepted = http.accept() => {
///                 let (connection, _) = accepted?;
///                 connections.spawn(async move { drop(connection) });
///             }
///             Some(_) = connections.join_next() => {}
///         }
///     }
///     // No more connections are accepted, and those that are open are served to their end.
///     while connections.join_next().await.is_some() {}
///     Ok(())
/// }
/// ```
pub fn shutdown() -> impl Future<Output = ()> + 'static {
    let request = platform::shutdown_request();
    request.expect(|request| {
        request.wake();
        Box::pin(async {
            sleep(SHUTDOWN_LIMIT).await;
            report!(Warn, "`main` did not return in time");
        })
    });
    async move { request.made().await }
}
