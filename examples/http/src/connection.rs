//! One connection: requests are read, answered in order, and sent together.

use crate::{
    request::{self, MAX_HEAD_LEN},
    response::Response,
};
use mirage_rt::{
    io::{Read, Write},
    net::{Error, TcpStream},
    time::{Duration, TimedOut, timeout},
};

/// A client has this long for each request, and to take its answers.
const PATIENCE: Duration = Duration::from_secs(10);
/// After the last answer, what the client still sends is read so long: closing at once would reset
/// the connection, and the client might lose the answer.
const LINGER: Duration = Duration::from_secs(1);

/// Answers requests until the client is done, breaks the rules, or keeps us waiting.
pub async fn serve(mut connection: TcpStream) {
    let mut conversation = Conversation {
        connection: &mut connection,
        input: [0; MAX_HEAD_LEN],
        filled: 0,
        output: [0; 2048],
        pending: 0,
    };
    let end = loop {
        match timeout(PATIENCE, conversation.answer_one()).await {
            Ok(Ok(Next::Request)) => {}
            Ok(Ok(end)) => break end,
            // A client that has disconnected or is too slow gets no response.
            Ok(Err(_)) | Err(TimedOut) => return,
        }
    };
    if end == Next::Linger {
        connection.shutdown();
        let mut rest = [0; 512];
        let drained = async { while let Ok(1..) = connection.read(&mut rest).await {} };
        let _ = timeout(LINGER, drained).await;
    }
}

/// What comes after an answer.
#[derive(PartialEq, Eq)]
enum Next {
    /// Another request.
    Request,
    /// The server closes: the last response has `Connection: close`.
    Linger,
    /// Nothing: the client has sent all it wants to send.
    Nothing,
}

struct Conversation<'a> {
    connection: &'a mut TcpStream,
    /// What was read and not yet understood: `input[..filled]`.
    input: [u8; MAX_HEAD_LEN],
    filled: usize,
    /// What is to be sent: `output[..pending]`.
    output: [u8; 2048],
    pending: usize,
}

impl Conversation<'_> {
    /// Reads one request and answers it. Answers are sent when there is no more to read yet.
    async fn answer_one(&mut self) -> Result<Next, Error> {
        loop {
            match request::parse(&self.input[..self.filled]) {
                Ok(Some((request, head))) => {
                    let (body, keep_alive) = (request.body, request.keep_alive);
                    let pieces =
                        Response::to(&request).pieces(keep_alive, request.method != "HEAD");
                    if request.expects_continue && body > 0 {
                        self.send(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
                        self.flush().await?;
                    }
                    self.skip(head, body).await?;
                    return self.answer(pieces, keep_alive).await;
                }
                Ok(None) => {
                    self.flush().await?;
                    if self.fill().await? == 0 {
                        return Ok(Next::Nothing);
                    }
                }
                Err(rejected) => {
                    return self
                        .answer(<&Response>::from(rejected).pieces(false, true), false)
                        .await;
                }
            }
        }
    }

    async fn answer(&mut self, pieces: [&str; 3], keep_alive: bool) -> Result<Next, Error> {
        for piece in pieces {
            self.send(piece.as_bytes()).await?;
        }
        if keep_alive {
            return Ok(Next::Request);
        }
        self.flush().await?;
        Ok(Next::Linger)
    }

    /// Forgets a head and reads past its body.
    async fn skip(&mut self, head: usize, body: u64) -> Result<(), Error> {
        self.consume(head);
        let mut left = body;
        loop {
            let here = left.min(self.filled as u64);
            self.consume(here as usize);
            left -= here;
            if left == 0 {
                return Ok(());
            }
            if self.fill().await? == 0 {
                return Err(Error::ConnectionReset);
            }
        }
    }

    async fn fill(&mut self) -> Result<usize, Error> {
        let count = self.connection.read(&mut self.input[self.filled..]).await?;
        self.filled += count;
        Ok(count)
    }

    fn consume(&mut self, count: usize) {
        self.input.copy_within(count..self.filled, 0);
        self.filled -= count;
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() > self.output.len() - self.pending {
            self.flush().await?;
        }
        self.output[self.pending..][..bytes.len()].copy_from_slice(bytes);
        self.pending += bytes.len();
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.pending > 0 {
            self.connection
                .write_all(&self.output[..self.pending])
                .await?;
            self.pending = 0;
        }
        Ok(())
    }
}
