//! The whole server on a network in memory, where waiting takes no time.

extern crate alloc;

use super::main;
use alloc::{string::String, vec::Vec};
use mirage_rt::{
    io::{Read, Write},
    net::TcpStream,
    test::{World, run},
    time::{Clock, Duration},
};

/// A client's connection to the server.
async fn connected(world: &World) -> TcpStream {
    let (server, client) = (world.host("10.0.0.2/24"), world.host("10.0.0.1/24"));
    mirage_rt::spawn(main(server.listen(80)));
    let peer = ([10, 0, 0, 2], 80).into();
    client.network().connect(peer).await.expect("a connection")
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut buffer = [0; 512];
    while let count @ 1.. = stream.read(&mut buffer).await.expect("an end in order") {
        all.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8(all).expect("text")
}

#[test]
fn a_page_is_served_over_a_bad_link() {
    run(async |world| {
        world.link().set_loss(0.2);
        let mut stream = connected(&world).await;
        let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.expect("an open connection");
        let answer = read_to_end(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("It answers"), "{answer}");
    });
}

#[test]
fn a_slow_client_is_given_up_after_ten_seconds() {
    run(async |world| {
        let mut stream = connected(&world).await;
        let begin = Clock.now();
        stream
            .write_all(b"GET /")
            .await
            .expect("an open connection");
        assert_eq!(read_to_end(&mut stream).await, "");
        let waited = Clock.now() - begin;
        assert!(waited >= Duration::from_secs(10), "{waited:?}");
        assert!(waited < Duration::from_secs(11), "{waited:?}");
    });
}
