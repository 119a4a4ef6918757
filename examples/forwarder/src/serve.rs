//! Serves clients over UDP and TCP.

use crate::{
    forwarder::Forwarder,
    framing,
    query::{Query, Refused},
};
use alloc::rc::Rc;
use mirage_rt::{
    net::{Error, TcpListener, TcpStream, UdpSocket},
    time::{Duration, timeout},
};

/// How many UDP clients may wait for the upstream at once. Further queries are dropped, and clients
/// retry.
const MAX_WAITING: usize = 128;

/// How long a client over TCP may be silent (RFC 7766, section 6.2.3).
const IDLE: Duration = Duration::from_secs(10);

/// The maximum length of a query over UDP, in bytes.
const MAX_QUERY_LEN: usize = 1232;

/// Answers queries over UDP.
pub async fn datagrams(socket: UdpSocket, forwarder: Rc<Forwarder>) {
    let socket = Rc::new(socket);
    let mut buffer = [0; MAX_QUERY_LEN];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        let query = match Query::read(&buffer[..length]) {
            Ok(query) => query,
            Err(Refused(reply)) => {
                if let Some(reply) = reply {
                    let _ = socket.send_to(&reply, peer).await;
                }
                continue;
            }
        };
        if let Some(answer) = forwarder.cached(query.question()) {
            let reply = query.reply(&answer, query.max_datagram_len());
            // UDP is unreliable anyway: ignore a reply that cannot be sent.
            let _ = socket.send_to(&reply, peer).await;
        } else if Rc::strong_count(&socket) <= MAX_WAITING {
            let (socket, forwarder) = (socket.clone(), forwarder.clone());
            // The query is also dropped if memory for the task cannot be allocated.
            let _ = mirage_rt::try_spawn(async move {
                let answer = forwarder.answer(query.question()).await;
                let reply = query.reply(&answer, query.max_datagram_len());
                let _ = socket.send_to(&reply, peer).await;
            });
        }
    }
}

/// Answers queries over TCP.
pub async fn streams(listener: TcpListener, forwarder: Rc<Forwarder>) -> Result<(), Error> {
    loop {
        let (stream, _) = listener.accept().await?;
        let forwarder = forwarder.clone();
        let conversation = async move {
            // Nothing is left to do if the client has gone away.
            let _ = converse(stream, &forwarder).await;
        };
        // If memory for the task cannot be allocated, this drops the stream and so closes the connection.
        let _ = mirage_rt::try_spawn(conversation);
    }
}

/// Answers queries one after another until the client is idle or gone.
async fn converse(mut stream: TcpStream, forwarder: &Forwarder) -> Option<()> {
    loop {
        let message = timeout(IDLE, framing::read(&mut stream)).await.ok()??;
        let reply = match Query::read(&message) {
            Ok(query) => {
                let answer = forwarder.answer(query.question()).await;
                query.reply(&answer, framing::MAX_MESSAGE_LEN)
            }
            Err(Refused(reply)) => reply?,
        };
        timeout(IDLE, framing::write(&mut stream, &reply))
            .await
            .ok()??;
    }
}
