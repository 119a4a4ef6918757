//! none
pub(crate) async fn shutdown_requested() {
    core::future::pending().await
}
