//! A client of a web server with TLS. It trusts the authorities of the web, and one whose certificate is a file of the
//! image.

use http_body_util::{BodyExt, Empty};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::{error::Error, net::SocketAddr, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

#[derive(mirage_rt::Args)]
struct Arguments {
    /// The address of the server
    server: SocketAddr,
    /// Its name, which its certificate must have
    #[arg(default = "server.example")]
    host: String,
}

#[mirage_rt::unikernel(
    net = "auto",
    ip = "10.0.0.2",
    gateway = "10.0.0.1",
    args = Arguments,
    root = "files/",
    targets("unix", "virtio", "spt")
)]
#[tokio::main(flavor = "current_thread")]
async fn main(args: Arguments) -> Result<(), Box<dyn Error>> {
    let mut authorities = RootCertStore::empty();
    authorities.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    authorities.add(CertificateDer::from_pem_file("/authority.pem")?)?;
    let config = ClientConfig::builder()
        .with_root_certificates(authorities)
        .with_no_client_auth();
    let stream = TcpStream::connect(args.server).await?;
    let name = ServerName::try_from(args.host.clone())?;
    let connector = TlsConnector::from(Arc::new(config));
    let stream = TokioIo::new(connector.connect(name, stream).await?);
    let (mut sender, connection) = http1::handshake(stream).await?;
    tokio::spawn(connection);
    let request = Request::get("/").header("host", args.host);
    let answer = sender
        .send_request(request.body(Empty::<Bytes>::new())?)
        .await?;
    println!("status: {}", answer.status());
    let body = answer.into_body().collect().await?.to_bytes();
    print!("{}", String::from_utf8_lossy(&body));
    Ok(())
}
