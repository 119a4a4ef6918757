//! A thousand connections, and descriptors and memory that are exhausted.

use crate::{
    calls::{self, at},
    report::{name, step},
    sockets::{close, listener, opened, port, tcp, wait},
};
use std::{hint::black_box, ptr::null_mut};

/// The maximum number of descriptors.
const DESCRIPTORS: u64 = 4096;

pub fn run() {
    println!("# limits");
    thousand();
    descriptors();
    memory();
}

fn thousand() {
    let (listener, to) = listener();
    let epoll = opened(calls::epoll());
    let mut pairs = Vec::new();
    for index in 0..1000 {
        let client = tcp();
        calls::connect(client, at(to)).expect("a connection");
        let server = opened(calls::accept(listener, 0));
        calls::epoll_control(epoll, libc::EPOLL_CTL_ADD, server, libc::EPOLLIN, index)
            .expect("it is added");
        pairs.push([client, server]);
    }
    for [client, _] in &pairs {
        calls::send(*client, b"hello", 0).expect("room");
    }
    let mut seen = vec![false; pairs.len()];
    while seen.contains(&false) {
        for (index, _) in calls::epoll_wait(epoll, 64, 10_000).expect("events") {
            let [_, server] = pairs[index as usize];
            let mut buffer = [0; 16];
            let count = calls::receive(server, &mut buffer, 0).expect("data") as usize;
            calls::send(server, &buffer[..count], 0).expect("room");
            seen[index as usize] = true;
        }
    }
    let mut answered = 0;
    for [client, server] in pairs {
        wait(client, libc::EPOLLIN);
        answered += usize::from(calls::receive(client, &mut [0; 16], 0) == Ok(5));
        close([client, server]);
    }
    println!("connections: {answered}");
    close([listener, epoll]);
}

fn descriptors() {
    let limit = libc::rlimit {
        rlim_cur: DESCRIPTORS,
        rlim_max: DESCRIPTORS,
    };
    // SAFETY: the limit is valid.
    let set = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    println!("setrlimit: {set}");
    let (listener, to) = listener();
    let client = tcp();
    let mut opened = Vec::new();
    let errno = loop {
        match calls::event_counter(0, 0) {
            Ok(descriptor) => opened.push(descriptor as i32),
            Err(errno) => break errno,
        }
    };
    println!("no descriptor is free: {}", name(errno));
    println!("the last: {:?}", opened.last());
    step("socket", calls::socket(libc::AF_INET, libc::SOCK_STREAM, 0));
    step("pipe", calls::pipe(0).map(|_| 0));
    step(
        "pair",
        calls::socket_pair(libc::AF_UNIX, libc::SOCK_STREAM).map(|_| 0),
    );
    step("epoll", calls::epoll());
    step("dup", calls::dup(client));
    step("dup2 onto one", calls::dup2(client, client + 1).map(|_| 0));
    calls::connect(client, at(to)).expect("a connection");
    step("accept", calls::accept(listener, 0));
    // One is free: a pipe needs two.
    close([opened.pop().expect("many")]);
    step("pipe with one free", calls::pipe(0).map(|_| 0));
    let accepted = calls::accept(listener, 0);
    println!("accept with one free: {}", accepted.is_ok());
    step("send", calls::send(client, b"x", 0));
    let accepted = accepted.map_or(-1, |accepted| accepted as i32);
    wait(accepted, libc::EPOLLIN);
    step("receive", calls::receive(accepted, &mut [0; 4], 0));
    for descriptor in opened {
        close([descriptor]);
    }
    println!("a port: {}", port(listener) == to);
    close([listener, client, accepted]);
}

fn memory() {
    // SAFETY: allocations may fail.
    let block = black_box(unsafe { libc::malloc(usize::MAX / 2) });
    println!("malloc of too much: {}", block.is_null());
    println!(
        "errno: {}",
        std::io::Error::last_os_error()
            .raw_os_error()
            .map_or(String::new(), name)
    );
    // SAFETY: allocations may fail.
    let block = black_box(unsafe { libc::calloc(usize::MAX / 2, 4) });
    println!("calloc of too much: {}", block.is_null());
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: an anonymous mapping may fail.
    let mapped = unsafe { libc::mmap(null_mut(), usize::MAX / 2, libc::PROT_READ, flags, -1, 0) };
    println!("mmap of too much: {}", mapped == libc::MAP_FAILED);
    println!(
        "errno: {}",
        std::io::Error::last_os_error()
            .raw_os_error()
            .map_or(String::new(), name)
    );
    let too_much = Vec::<u8>::new().try_reserve(usize::MAX / 4);
    println!("try_reserve: {}", too_much.is_err());
}
