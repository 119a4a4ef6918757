//! The web front: HTTP for everyone outside. It asks `api`.

use crate::line;
use alloc::{format, string::String, vec::Vec};
use mirage_rt::{
    io::{Read, Write},
    net::{Error, Remote, TcpListener, TcpStream},
    time::{Duration, timeout},
    unikernel,
};

/// The longest request, in bytes.
const MAX_LEN: usize = 2048;

/// How long a client may take for its request.
const LIMIT: Duration = Duration::from_secs(10);

/// Serves `GET /ARTICLE`, and `POST /ARTICLE`, which buys one.
///
/// # Errors
/// Returns an error if connections can no longer be accepted.
#[unikernel(crate::plan::web, memory = "16MiB")]
pub async fn main(http: TcpListener, api: Remote) -> Result<(), Error> {
    loop {
        let (stream, _) = http.accept().await?;
        let api = api.clone();
        mirage_rt::spawn(async move {
            // The client may have gone.
            let _ = timeout(LIMIT, serve(stream, &api)).await;
        });
    }
}

async fn serve(mut stream: TcpStream, api: &Remote) -> Result<(), Error> {
    let (status, text) = match question(&mut stream).await? {
        None => ("400 Bad Request", "GET or POST an article".into()),
        Some(question) => match line::ask(api, &question).await {
            Ok(Some(answer)) => ("200 OK", answer),
            Ok(None) => ("502 Bad Gateway", "the shop said nothing".into()),
            Err(error) => (
                "502 Bad Gateway",
                format!("the shop does not answer: {error}"),
            ),
        },
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len() + 1
    );
    stream.write_all(head.as_bytes()).await?;
    line::write(&mut stream, &text).await
}

/// The question that a request asks. `None` if it is not one that the shop answers.
async fn question(stream: &mut TcpStream) -> Result<Option<String>, Error> {
    let mut received = Vec::new();
    let mut part = [0; 512];
    while received.len() < MAX_LEN {
        let count = stream.read(&mut part).await?;
        if count == 0 {
            break;
        }
        received.extend_from_slice(&part[..count]);
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&received) {
            Ok(httparse::Status::Complete(_)) => {
                let verb = match request.method {
                    Some("GET") => "show",
                    Some("POST") => "buy",
                    _ => return Ok(None),
                };
                let article = request.path.and_then(|path| path.strip_prefix('/'));
                return Ok(article.map(|article| format!("{verb} {article}")));
            }
            Ok(httparse::Status::Partial) => {}
            Err(_) => break,
        }
    }
    Ok(None)
}
