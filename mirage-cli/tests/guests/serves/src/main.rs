//! A program with std that serves clients with tokio, in all of its features, until it is interrupted.

use mirage_rt::{
    log::{self, LevelFilter, Log, Metadata, Record},
    unikernel,
};
use std::io;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, UdpSocket},
    signal, task,
    time::{Duration, timeout},
};

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(http = 80), udp(echo = 7))]
#[tokio::main]
async fn main() -> io::Result<()> {
    // The facade is left to the program.
    log::set_logger(&Logger).expect("the only logger");
    log::set_max_level(LevelFilter::Info);
    let listener = TcpListener::bind("0.0.0.0:80").await?;
    let echo = UdpSocket::bind("0.0.0.0:7").await?;
    println!("81: {:?}", refused(TcpListener::bind("0.0.0.0:81").await));
    println!("udp 80: {:?}", refused(UdpSocket::bind("0.0.0.0:80").await));
    tokio::spawn(reflect(echo));
    log::info!("it waits");
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                tokio::spawn(async { serve(stream).await.unwrap_or_else(|error| println!("{error}")) });
            }
            interrupted = signal::ctrl_c() => {
                interrupted?;
                println!("it is interrupted");
                return Ok(());
            }
        }
    }
}

fn refused<S>(bound: io::Result<S>) -> Option<io::ErrorKind> {
    bound.err().map(|error| error.kind())
}

/// Sends every datagram back.
async fn reflect(socket: UdpSocket) {
    let mut buffer = vec![0; 65_536];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        let _ = socket.send_to(&buffer[..length], peer).await;
    }
}

/// Answers a request by HTTP/1.1 without keep-alive.
async fn serve(stream: TcpStream) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if stream.read_line(&mut request).await? == 0 {
            return Ok(());
        }
    }
    // What blocks is on a thread of its own, and timers run beside it.
    let length = task::spawn_blocking(move || request.len()).await?;
    let never = timeout(Duration::from_millis(1), std::future::pending::<()>()).await;
    assert!(never.is_err());
    let body = format!("{length} bytes\n");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await?;
    stream.flush().await
}

/// A logger of the program's own.
struct Logger;

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("serves")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            println!("own: {}", record.args());
        }
    }

    fn flush(&self) {}
}
