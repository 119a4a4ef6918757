//! Pipes, pairs of sockets and event counters.

use crate::{
    calls,
    report::{bits, step},
    sockets::{close, opened, wait},
};

pub fn run() {
    println!("# pairs");
    pipes();
    broken_pipes();
    pairs();
    closed_pairs();
    counters();
}

fn pipes() {
    let [reading, writing] = calls::pipe(libc::O_NONBLOCK).expect("a pipe");
    let mut buffer = [0; 16];
    step("read of an empty pipe", calls::read(reading, &mut buffer));
    step("read nothing", calls::read(reading, &mut []));
    step("write", calls::write(writing, b"abc"));
    step("write nothing", calls::write(writing, b""));
    step("writev", calls::writev(writing, &[b"de", b"fgh"]));
    let (mut one, mut two) = ([0; 3], [0; 2]);
    step("readv", calls::readv(reading, &mut [&mut one, &mut two]));
    println!("data: {one:?} {two:?}");
    step("read the rest", calls::read(reading, &mut buffer));
    step("read of the write end", calls::read(writing, &mut buffer));
    step("write to the read end", calls::write(reading, b"x"));
    step("send to a pipe", calls::send(writing, b"x", 0));
    step(
        "receive from a pipe",
        calls::receive(reading, &mut buffer, 0),
    );
    step(
        "shutdown of a pipe",
        calls::shutdown(writing, libc::SHUT_WR),
    );
    step("getsockname of a pipe", calls::local(writing).map(|_| 0));
    println!("writable: {}", bits(wait(writing, libc::EPOLLOUT)));
    let data = vec![0; 65_536];
    step("fill", calls::write(writing, &data));
    step("write to a full pipe", calls::write(writing, b"x"));
    step("read some", calls::read(reading, &mut [0; 100]));
    step(
        "write more than there is room for",
        calls::write(writing, &data[..200]),
    );
    println!("writable: {}", bits(wait(reading, libc::EPOLLIN)));
    let mut all = vec![0; 100_000];
    step("read all", calls::read(reading, &mut all));
    step(
        "F_GETFL of the read end",
        calls::fcntl(reading, libc::F_GETFL, 0),
    );
    step(
        "F_GETFL of the write end",
        calls::fcntl(writing, libc::F_GETFL, 0),
    );
    close([reading, writing]);
    step("pipe with unknown flags", calls::pipe(0x1).map(|_| 0));
}

fn broken_pipes() {
    let [reading, writing] = calls::pipe(0).expect("a pipe");
    calls::write(writing, b"abc").expect("room");
    close([writing]);
    println!("events: {}", bits(wait(reading, libc::EPOLLIN)));
    step("read what is there", calls::read(reading, &mut [0; 9]));
    println!("events: {}", bits(wait(reading, libc::EPOLLIN)));
    step("read the end", calls::read(reading, &mut [0; 9]));
    close([reading]);
    let [reading, writing] = calls::pipe(0).expect("a pipe");
    close([reading]);
    println!("events: {}", bits(wait(writing, libc::EPOLLOUT)));
    step("write to a broken pipe", calls::write(writing, b"x"));
    step("write nothing to it", calls::write(writing, b""));
    step("fsync of a pipe", calls::fsync(writing));
    close([writing]);
}

fn pairs() {
    let stream = libc::SOCK_STREAM;
    step(
        "pair of another family",
        calls::socket_pair(libc::AF_INET, stream).map(|_| 0),
    );
    step(
        "pair of no family",
        calls::socket_pair(99, stream).map(|_| 0),
    );
    step(
        "pair of no type",
        calls::socket_pair(libc::AF_UNIX, 77).map(|_| 0),
    );
    let [one, other] = calls::socket_pair(libc::AF_UNIX, stream).expect("a pair");
    let mut buffer = [0; 16];
    step("write", calls::write(one, b"abc"));
    step("send", calls::send(one, b"def", 0));
    step(
        "peek",
        calls::receive(other, &mut buffer[..4], libc::MSG_PEEK),
    );
    step("receive", calls::receive(other, &mut buffer, 0));
    step(
        "receive none",
        calls::receive(other, &mut buffer, libc::MSG_DONTWAIT),
    );
    step(
        "SO_TYPE",
        calls::option(one, libc::SOL_SOCKET, libc::SO_TYPE),
    );
    step(
        "SO_DOMAIN",
        calls::option(one, libc::SOL_SOCKET, libc::SO_DOMAIN),
    );
    step(
        "SO_ERROR",
        calls::option(one, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    step(
        "set a timeout",
        calls::set_timeout(other, libc::SO_RCVTIMEO, 20),
    );
    step(
        "receive with a timeout",
        calls::receive(other, &mut buffer, 0),
    );
    step("listen", calls::listen(one, 1));
    step("accept", calls::accept(one, 0));
    println!(
        "events: {}",
        bits(wait(one, libc::EPOLLIN | libc::EPOLLOUT))
    );
    step("shut down writing", calls::shutdown(one, libc::SHUT_WR));
    step("write after it", calls::send(one, b"x", 0));
    println!(
        "events: {}",
        bits(wait(other, libc::EPOLLIN | libc::EPOLLRDHUP))
    );
    step("receive the end", calls::receive(other, &mut buffer, 0));
    step("write back", calls::write(other, b"back"));
    step("receive it", calls::receive(one, &mut buffer, 0));
    step("write unread", calls::write(other, b"back"));
    close([other]);
    println!(
        "events: {}",
        bits(wait(one, libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP))
    );
    step("receive", calls::receive(one, &mut buffer, 0));
    step("receive the end", calls::receive(one, &mut buffer, 0));
    step("send to nobody", calls::send(one, b"x", 0));
    close([one]);
}

/// An end that is closed with data that was not read resets the other.
fn closed_pairs() {
    let wanted = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP;
    for answered in [false, true] {
        let [one, other] = calls::socket_pair(libc::AF_UNIX, libc::SOCK_STREAM).expect("a pair");
        step("write unread", calls::write(one, b"abc"));
        if answered {
            step("write back", calls::write(other, b"back"));
        }
        close([other]);
        println!("events: {}", bits(wait(one, wanted)));
        step("receive", calls::receive(one, &mut [0; 9], 0));
        step("receive again", calls::receive(one, &mut [0; 9], 0));
        println!("events: {}", bits(wait(one, wanted)));
        step("receive nothing", calls::receive(one, &mut [], 0));
        step("send", calls::send(one, b"x", 0));
        close([one]);
    }
    let [one, other] = calls::socket_pair(libc::AF_UNIX, libc::SOCK_STREAM).expect("a pair");
    step("write unread", calls::write(one, b"abc"));
    close([other]);
    step("send", calls::send(one, b"x", 0));
    step("receive nothing", calls::receive(one, &mut [], 0));
    for _ in 0..2 {
        step(
            "SO_ERROR",
            calls::option(one, libc::SOL_SOCKET, libc::SO_ERROR),
        );
    }
    step("receive the end", calls::receive(one, &mut [0; 9], 0));
    close([one]);
}

fn counters() {
    let counter = opened(calls::event_counter(0, libc::EFD_NONBLOCK));
    let mut eight = [0; 8];
    step("read 0", calls::read(counter, &mut eight));
    step("write 4 bytes", calls::write(counter, &[1; 4]));
    step(
        "write the largest",
        calls::write(counter, &u64::MAX.to_ne_bytes()),
    );
    step("write 2", calls::write(counter, &2_u64.to_ne_bytes()));
    step("write 3", calls::write(counter, &3_u64.to_ne_bytes()));
    step("read into 4 bytes", calls::read(counter, &mut [0; 4]));
    step("read", calls::read(counter, &mut eight));
    println!("value: {}", u64::from_ne_bytes(eight));
    step(
        "write the maximum",
        calls::write(counter, &(u64::MAX - 1).to_ne_bytes()),
    );
    println!(
        "events: {}",
        bits(wait(counter, libc::EPOLLIN | libc::EPOLLOUT))
    );
    step("write more", calls::write(counter, &1_u64.to_ne_bytes()));
    step("write 0", calls::write(counter, &0_u64.to_ne_bytes()));
    close([counter]);
    let counter = opened(calls::event_counter(
        2,
        libc::EFD_SEMAPHORE | libc::EFD_NONBLOCK,
    ));
    step("take one", calls::read(counter, &mut eight));
    println!("value: {}", u64::from_ne_bytes(eight));
    step("take one", calls::read(counter, &mut eight));
    step("take none", calls::read(counter, &mut eight));
    close([counter]);
    step("unknown flags", calls::event_counter(0, 0x2));
}
