//! Takes orders, and asks the store for their numbers.
#![no_std]

extern crate alloc;

use alloc::format;
use mirage_rt::{
    io::{Read, Write},
    net::{Error, TcpListener, UdpRemote},
    time::{Duration, timeout},
    unikernel,
};

/// Answers each connection with the number of its order.
///
/// # Errors
/// Returns an error if connections can no longer be accepted, or the store is not reached.
#[unikernel(orders_plan::front)]
pub async fn main(http: TcpListener, store: UdpRemote) -> Result<(), Error> {
    let ledger = store.connect()?;
    loop {
        let (mut stream, _) = http.accept().await?;
        // What is not read would reset the connection.
        let _ = stream.read(&mut [0; 1024]).await;
        let mut number = [0; 8];
        let answer = loop {
            ledger.send(b"order").await?;
            let answer = timeout(Duration::from_secs(1), ledger.recv(&mut number)).await;
            if answer.is_ok() {
                break format!("order {}\n", u64::from_be_bytes(number));
            }
        };
        // The client may have gone.
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.flush().await;
    }
}
