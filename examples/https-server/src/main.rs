//! A web server with TLS. Its certificate and its key are files of the image, for the name `server.example`; the
//! authority is that of the example `https-client`.

use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, error::Error, sync::Arc};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

#[mirage_rt::unikernel(
    net = "auto",
    ip = "10.0.0.2",
    gateway = "10.0.0.1",
    tcp(https = 443),
    root = "files/",
    targets("unix", "virtio", "spt")
)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let chain = CertificateDer::pem_file_iter("/certificate.pem")?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file("/key.pem")?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("0.0.0.0:443").await?;
    loop {
        let (stream, peer) = listener.accept().await?;
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let stream = match acceptor.accept(stream).await {
                Ok(stream) => TokioIo::new(stream),
                Err(error) => return eprintln!("{peer}: {error}"),
            };
            let served = http1::Builder::new().serve_connection(stream, service_fn(answer));
            if let Err(error) = served.await {
                eprintln!("{peer}: {error}");
            }
        });
    }
}

async fn answer(
    request: Request<hyper::body::Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let text = format!("hello over TLS, {}\n", request.uri().path());
    Ok(Response::new(Full::new(text.into())))
}
