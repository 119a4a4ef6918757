//! A program with std that ends as soon as it has written its answers.

use std::{
    io::{self, Write},
    net::TcpListener,
    process::ExitCode,
    thread,
};

/// More than fits in a window at once.
const LENGTH: usize = 1 << 20;

#[mirage_rt::unikernel(
    net = "auto",
    ip = "10.0.0.2",
    gateway = "10.0.0.1",
    tcp(answers = 7000)
)]
fn main(answers: TcpListener) -> io::Result<ExitCode> {
    let (mut first, _) = answers.accept()?;
    let (waiting, _) = answers.accept()?;
    // A thread that waits for a client does not keep its connection open.
    let waits = waiting.try_clone()?;
    let _waits = thread::spawn(move || io::copy(&mut &waits, &mut io::sink()));
    thread::yield_now();
    (&waiting).write_all(b"bye")?;
    let data: Vec<u8> = (0..LENGTH).map(|index| (index % 251) as u8).collect();
    first.write_all(&data)?;
    drop(first);
    std::process::exit(3)
}
