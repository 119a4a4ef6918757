//! Clients, over UDP and over TCP.

use crate::{
    forwarder::Forwarder,
    framing,
    query::{Query, Refused},
};
use alloc::rc::Rc;
use mirage_rt::{
    net::{TcpListener, TcpStream, UdpSocket},
    time::{Duration, timeout},
};

/// Clients over UDP that wait for the upstream. What more ask is lost, as datagrams are: they ask
/// again.
const MOST_WAITING: usize = 128;

/// How long a client over TCP may be silent (RFC 7766, section 6.2.3).
const IDLE: Duration = Duration::from_secs(10);

/// The longest query over UDP.
const LONGEST_QUERY: usize = 1232;

/// Answers datagrams.
pub async fn datagrams(socket: UdpSocket, forwarder: Rc<Forwarder>) {
    let socket = Rc::new(socket);
    let mut buffer = [0; LONGEST_QUERY];
    loop {
        let (length, peer) = socket.recv_from(&mut buffer).await;
        let query = match Query::read(&buffer[..length]) {
            Ok(query) => query,
            Err(Refused(reply)) => {
                if let Some(reply) = reply {
                    let _ = socket.send_to(&reply, peer).await;
                }
                continue;
            }
        };
        if let Some(answer) = forwarder.known(query.question()) {
            let reply = query.reply(&answer, query.longest_datagram());
            // A datagram that cannot go back is lost, as any datagram may be.
            let _ = socket.send_to(&reply, peer).await;
        } else if Rc::strong_count(&socket) <= MOST_WAITING {
            let (socket, forwarder) = (socket.clone(), forwarder.clone());
            // Where there is no memory for one more, it is lost as well.
            let _ = mirage_rt::try_spawn(async move {
                let answer = forwarder.answer(query.question()).await;
                let reply = query.reply(&answer, query.longest_datagram());
                let _ = socket.send_to(&reply, peer).await;
            });
        }
    }
}

/// Answers on connections.
pub async fn streams(listener: TcpListener, forwarder: Rc<Forwarder>) {
    loop {
        let stream = listener.accept().await;
        let forwarder = forwarder.clone();
        let conversation = async move {
            // A client that goes away needs no answer.
            let _ = converse(stream, &forwarder).await;
        };
        // Where there is no memory for one more, its connection ends.
        let _ = mirage_rt::try_spawn(conversation);
    }
}

/// Answers one query after another, until the client is silent or gone.
async fn converse(mut stream: TcpStream, forwarder: &Forwarder) -> Option<()> {
    loop {
        let message = timeout(IDLE, framing::read(&mut stream)).await.ok()??;
        let reply = match Query::read(&message) {
            Ok(query) => {
                let answer = forwarder.answer(query.question()).await;
                query.reply(&answer, framing::LONGEST)
            }
            Err(Refused(reply)) => reply?,
        };
        timeout(IDLE, framing::write(&mut stream, &reply))
            .await
            .ok()??;
    }
}
