//! Uses the memory that it is declared to have: the heap, the stack, all of its connections.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use core::hint::black_box;
use mirage_rt::{
    Args,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    println, unikernel,
};

/// What it uses.
#[derive(Args)]
struct Use {
    /// Connections, the heap, the stack or tasks
    #[arg(default = "connections")]
    what: String,
}

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(greeter(port = 7000, connections = 100, receive = "4KiB", transmit = "4KiB")),
    heap = "1MiB",
    stack = "512KiB",
    args = Use,
)]
async fn main(greeter: TcpListener, args: Use) {
    match args.what.as_str() {
        "heap" => fill_the_heap(),
        "stack" => use_the_stack(),
        "tasks" => spawn_until_there_is_no_memory(),
        _ => greet_all(greeter).await,
    }
}

/// All of it, in one piece.
fn fill_the_heap() {
    let bytes = black_box(alloc::vec![7_u8; 1 << 20]);
    println!("the heap holds {} bytes", bytes.len());
}

/// First most of it, then more than there is.
fn use_the_stack() {
    println!("the stack is {} deep", dig(448));
    println!("and {} deep", dig(u64::MAX));
}

/// Uses so many KiB, and a few bytes.
#[inline(never)]
fn dig(depth: u64) -> u64 {
    let kib = black_box([depth; 112]);
    match depth {
        0 => 0,
        depth => 1 + dig(depth - 1) + black_box(kib[0] - depth),
    }
}

fn spawn_until_there_is_no_memory() {
    let mut count = 0;
    while mirage_rt::try_spawn(sleep_with([0; 16 << 10])).is_ok() {
        count += 1;
    }
    println!("there is memory for {count} tasks");
    // The caller is told and can continue.
    let kept: Vec<u8> = Vec::with_capacity(1 << 10);
    println!("and for {} bytes", kept.capacity());
}

async fn sleep_with(bytes: [u8; 16 << 10]) {
    core::future::pending::<()>().await;
    black_box(bytes);
}

async fn greet_all(greeter: TcpListener) {
    while let Ok((client, _)) = greeter.accept().await {
        let greeted = mirage_rt::try_spawn(greet(client));
        greeted.expect("memory for each connection");
    }
}

async fn greet(mut client: TcpStream) {
    let _ = client.write_all(b"welcome").await;
    while !matches!(client.read(&mut [0; 64]).await, Ok(0) | Err(_)) {}
}
