//! The server that is asked.

use crate::{answer::Answer, edns::PAYLOAD, framing, question::Question};
use core::net::SocketAddr;
use mirage_rt::{
    net::Network,
    random::{Random, Rng},
    time::{Duration, timeout},
};

/// How long an answer to each query is waited for. A datagram may be lost; together it is less than
/// the five seconds that clients wait.
const PATIENCE: [Duration; 3] = [
    Duration::from_millis(800),
    Duration::from_millis(1200),
    Duration::from_millis(2000),
];

/// How long an answer over TCP is waited for.
const PATIENCE_FOR_STREAM: Duration = Duration::from_secs(4);

/// The server that is asked.
#[derive(Debug)]
pub struct Upstream {
    /// The network that leads there.
    pub network: Network,
    /// Its address.
    pub address: SocketAddr,
    /// What makes queries hard to guess.
    pub random: Random,
}

impl Upstream {
    /// Asks for an answer; `None` if there is none in time.
    pub async fn ask(&self, question: &Question) -> Option<Answer> {
        for patience in PATIENCE {
            let asking = timeout(patience, self.ask_by_datagram(question));
            let Ok(Some(answer)) = asking.await else {
                continue;
            };
            if !answer.is_truncated() {
                return Some(answer);
            }
            let asking = timeout(PATIENCE_FOR_STREAM, self.ask_by_stream(question));
            return asking.await.ok()?.filter(|answer| !answer.is_truncated());
        }
        None
    }

    /// From a random port and with a random identification, so that nobody who does not see the
    /// query can forge its answer (RFC 5452). What is not its answer is passed over.
    async fn ask_by_datagram(&self, question: &Question) -> Option<Answer> {
        let id = self.id();
        let socket = self.network.open_udp().ok()?;
        let query = question.query(id);
        socket.send_to(&query, self.address).await.ok()?;
        let mut buffer = [0; PAYLOAD as usize];
        loop {
            let (length, peer) = socket.recv_from(&mut buffer).await;
            if peer != self.address {
                continue;
            }
            if let Ok(answer) = Answer::read(&buffer[..length], id, question) {
                return Some(answer);
            }
        }
    }

    async fn ask_by_stream(&self, question: &Question) -> Option<Answer> {
        let id = self.id();
        let mut stream = self.network.connect(self.address).await.ok()?;
        framing::write(&mut stream, &question.query(id)).await?;
        let message = framing::read(&mut stream).await?;
        Answer::read(&message, id, question).ok()
    }

    fn id(&self) -> u16 {
        self.random.clone().next_u32() as u16
    }
}
