//! Asks whoever connects for a name, and greets.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    io::{Read, Write},
    net::{Error, TcpListener, TcpStream},
    unikernel,
};

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(greeter = 7000))]
async fn main(greeter: TcpListener) -> Result<(), Error> {
    loop {
        let (connection, _) = greeter.accept().await?;
        mirage_rt::spawn(async move {
            // A client that goes away is not greeted.
            let _ = greet(connection).await;
        });
    }
}

async fn greet(mut connection: TcpStream) -> Result<(), Error> {
    let mut line = [0; 256];
    connection.write_all(b"Who is there? ").await?;
    let length = connection.read(&mut line).await?;
    connection.write_all(b"Hello, ").await?;
    connection.write_all(name(&line[..length])).await?;
    connection.write_all(b"!\n").await
}

/// The name in a line that a client sent.
fn name(line: &[u8]) -> &[u8] {
    match line.trim_ascii() {
        b"" => b"whoever you are",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_connects_is_greeted_by_name() {
        mirage_rt::test::run(async |world| {
            let server = world.host("10.0.0.2/24");
            let client = world.host("10.0.0.1/24");
            mirage_rt::spawn(main(server.listen(7000)));
            let peer = ([10, 0, 0, 2], 7000).into();
            let mut connection = client.network().connect(peer).await.unwrap();
            connection.write_all(b"Ada\n").await.unwrap();
            let mut greeting = [0; 25];
            connection.read_exact(&mut greeting).await.unwrap();
            assert_eq!(&greeting, b"Who is there? Hello, Ada!");
        });
    }

    #[test]
    fn the_name_is_the_line_without_its_end() {
        assert_eq!(name(b"Ada\r\n"), b"Ada");
        assert_eq!(name(b"\n"), b"whoever you are");
    }
}
