//! A web server with axum and tokio.

use axum::{Router, extract::Path, routing::get};
use tokio::net::TcpListener;

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", gateway = "10.0.0.1", tcp(http = 80))]
#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(|| async { "hello from axum\n" }))
        .route("/{name}", get(hello));
    let listener = TcpListener::bind("0.0.0.0:80").await?;
    axum::serve(listener, app).await
}

async fn hello(Path(name): Path<String>) -> String {
    format!("hello, {name}\n")
}
