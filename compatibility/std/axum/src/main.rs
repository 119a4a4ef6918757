//! An HTTP server with `axum`.

use axum::{Json, Router, routing::get};

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", tcp(http = 80))]
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new().route("/", get(|| async { Json(["hello"]) }));
    axum::serve(tokio::net::TcpListener::bind("0.0.0.0:80").await?, app).await
}
