//! The upstream name server.

use crate::{answer::Answer, edns::PAYLOAD, framing, question::Question};
use core::net::SocketAddr;
use mirage_rt::{
    net::Network,
    random::{Random, Rng},
    time::{Duration, timeout},
};

/// How long to wait for an answer to each query over UDP: the first one and two retries. The sum is
/// less than the five seconds that clients wait.
const TIMEOUTS: [Duration; 3] = [
    Duration::from_millis(800),
    Duration::from_millis(1200),
    Duration::from_millis(2000),
];

/// How long to wait for an answer over TCP.
const TCP_TIMEOUT: Duration = Duration::from_secs(4);

/// The upstream name server.
#[derive(Debug)]
pub struct Upstream {
    /// The interface through which it is reached.
    pub network: Network,
    /// Its address.
    pub address: SocketAddr,
    /// Makes queries unpredictable.
    pub random: Random,
}

impl Upstream {
    /// Queries the server; `None` if it does not answer in time.
    pub async fn ask(&self, question: &Question) -> Option<Answer> {
        for limit in TIMEOUTS {
            let asking = timeout(limit, self.ask_by_datagram(question));
            let Ok(Some(answer)) = asking.await else {
                continue;
            };
            if !answer.is_truncated() {
                return Some(answer);
            }
            let asking = timeout(TCP_TIMEOUT, self.ask_by_stream(question));
            return asking.await.ok()?.filter(|answer| !answer.is_truncated());
        }
        None
    }

    /// Queries over UDP, from a random port and with a random identification: to forge an answer, an
    /// attacker who does not see the query has to guess both (RFC 5452). Ignores everything that is
    /// not the answer.
    async fn ask_by_datagram(&self, question: &Question) -> Option<Answer> {
        let id = self.id();
        let socket = self.network.open_udp().ok()?;
        let query = question.query(id);
        socket.send_to(&query, self.address).await.ok()?;
        let mut buffer = [0; PAYLOAD as usize];
        loop {
            let (length, peer) = socket.recv_from(&mut buffer).await.ok()?;
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
