//! Tasks, timers and sockets of `smol`.

use smol::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use std::time::Duration;

#[mirage_rt::unikernel]
fn main() -> std::io::Result<()> {
    smol::block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let serving = smol::spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            smol::Timer::after(Duration::from_millis(5)).await;
            stream.write_all(b"hello").await
        });
        let mut text = String::new();
        TcpStream::connect(address)
            .await?
            .read_to_string(&mut text)
            .await?;
        assert_eq!(text, "hello");
        assert_eq!(smol::unblock(|| 7).await, 7);
        serving.await
    })
}
