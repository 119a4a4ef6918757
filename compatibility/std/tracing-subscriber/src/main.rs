//! Events on the console, filtered by the environment.

#[mirage_rt::unikernel(env(RUST_LOG = "info"))]
fn main() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    assert!(tracing::enabled!(tracing::Level::INFO));
    assert!(!tracing::enabled!(tracing::Level::DEBUG));
    let span = tracing::info_span!("request", number = 7);
    span.in_scope(|| tracing::info!("served"));
}
