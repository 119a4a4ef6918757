//! What fails while memory is exhausted, and works again when some is free.

use std::{
    fmt::Debug,
    fs::File,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    thread,
};

/// The sizes of the blocks that memory is filled with, in bytes.
const LARGEST: usize = 1 << 20;
const SMALLEST: usize = 4 << 10;
/// What is left for sockets, in bytes.
const LEFT: usize = 256 << 10;

/// Allocates blocks of this size until memory is exhausted.
fn fill(blocks: &mut Vec<Vec<u8>>, size: usize) {
    loop {
        let mut block = Vec::new();
        if block.try_reserve_exact(size).is_err() || blocks.len() == blocks.capacity() {
            return;
        }
        blocks.push(block);
    }
}

fn kind<T: Debug>(what: &str, result: io::Result<T>) {
    println!(
        "{what}: {:?}",
        result.map(drop).map_err(|error| error.kind())
    );
}

fn sockets(listener: &TcpListener) {
    let address = listener.local_addr().expect("a listener");
    kind("a pipe", io::pipe());
    kind("a file", File::create("/tmp/file"));
    kind("a UDP socket", UdpSocket::bind("127.0.0.1:0"));
    kind("a listener", TcpListener::bind("127.0.0.1:0"));
    kind("a connection", TcpStream::connect(address));
    kind("a thread", thread::Builder::new().spawn(|| ()));
}

pub fn report() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = listener.local_addr().expect("a listener");
    let mut waiting = TcpStream::connect(address).expect("a connection");
    waiting.write_all(b"hello").expect("a connection");
    let mut blocks = Vec::with_capacity(1 << 18);
    fill(&mut blocks, LARGEST);
    fill(&mut blocks, SMALLEST);
    println!("# memory is exhausted");
    kind("what waits", listener.accept());
    sockets(&listener);
    // The last blocks are of the smallest size.
    blocks.truncate(blocks.len().saturating_sub(LEFT / SMALLEST));
    println!("sockets: {:?}", open_until_refused());
    drop(blocks);
    println!("# memory is free");
    let (mut accepted, _) = listener.accept().expect("what waits");
    let mut data = [0; 5];
    accepted.read_exact(&mut data).expect("a connection");
    assert_eq!(&data, b"hello");
    sockets(&listener);
}

/// Opens sockets until that is refused.
fn open_until_refused() -> io::ErrorKind {
    let mut sockets = Vec::with_capacity(1 << 12);
    loop {
        match UdpSocket::bind("127.0.0.1:0") {
            Ok(socket) => sockets.push(socket),
            Err(error) => return error.kind(),
        }
    }
}
