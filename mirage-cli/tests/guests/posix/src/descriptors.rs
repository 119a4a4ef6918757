//! Descriptors: duplicates and flags.

use crate::{
    calls,
    report::step,
    sockets::{close, connection, opened, tcp, wait},
};

pub fn run() {
    println!("# descriptors");
    duplicates();
    flags();
    requests();
}

fn duplicates() {
    let [client, server] = connection();
    let copy = opened(calls::dup(client));
    step("close the first", calls::close(client));
    step("send through the copy", calls::send(copy, b"x", 0));
    wait(server, libc::EPOLLIN);
    step("receive", calls::receive(server, &mut [0; 4], 0));
    step(
        "receive, still open",
        calls::receive(server, &mut [0; 4], libc::MSG_DONTWAIT),
    );
    let lowest = opened(calls::dup(copy));
    println!("the number is used again: {}", lowest == client);
    let high = calls::fcntl(copy, libc::F_DUPFD_CLOEXEC, 100);
    step("F_DUPFD_CLOEXEC", high);
    step("F_DUPFD", calls::fcntl(copy, libc::F_DUPFD, 100));
    step("F_DUPFD, negative", calls::fcntl(copy, libc::F_DUPFD, -1));
    step(
        "F_DUPFD, too high",
        calls::fcntl(copy, libc::F_DUPFD, i32::MAX),
    );
    step("dup2", calls::dup2(copy, 101));
    step(
        "dup2 to itself",
        calls::dup2(copy, copy).map(|to| i64::from(to == i64::from(copy))),
    );
    step("dup2, negative", calls::dup2(copy, -1));
    step("dup2, too high", calls::dup2(copy, i32::MAX));
    close([copy, lowest, 100, 101]);
    wait(server, libc::EPOLLRDHUP);
    step("receive the end", calls::receive(server, &mut [0; 4], 0));
    close([server]);
}

fn flags() {
    let socket = tcp();
    step("F_GETFL", calls::fcntl(socket, libc::F_GETFL, 0));
    step(
        "F_SETFL",
        calls::fcntl(socket, libc::F_SETFL, libc::O_NONBLOCK),
    );
    step("F_GETFL", calls::fcntl(socket, libc::F_GETFL, 0));
    let copy = opened(calls::dup(socket));
    step("F_GETFL of a copy", calls::fcntl(copy, libc::F_GETFL, 0));
    step("F_SETFL of the copy", calls::fcntl(copy, libc::F_SETFL, 0));
    step(
        "F_GETFL of the first",
        calls::fcntl(socket, libc::F_GETFL, 0),
    );
    step("an unknown command", calls::fcntl(socket, 9999, 0));
    close([socket, copy]);
    let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    let socket = opened(calls::socket(libc::AF_INET, kind, 0));
    step(
        "F_GETFL with SOCK_NONBLOCK",
        calls::fcntl(socket, libc::F_GETFL, 0),
    );
    close([socket]);
}

fn requests() {
    let [client, server] = connection();
    let mut value = 1;
    step("FIONBIO", calls::ioctl(client, libc::FIONBIO, &mut value));
    step("F_GETFL", calls::fcntl(client, libc::F_GETFL, 0));
    step("receive", calls::receive(client, &mut [0; 4], 0));
    value = 0;
    step("FIONBIO 0", calls::ioctl(client, libc::FIONBIO, &mut value));
    step("F_GETFL", calls::fcntl(client, libc::F_GETFL, 0));
    step("send", calls::send(server, b"12345", 0));
    wait(client, libc::EPOLLIN);
    step("FIONREAD", calls::ioctl(client, libc::FIONREAD, &mut value));
    println!("value: {value}");
    step(
        "an unknown request",
        calls::ioctl(client, 0x1234, &mut value),
    );
    close([client, server]);
    let [reading, writing] = calls::pipe(0).expect("a pipe");
    calls::write(writing, b"123").expect("room");
    step(
        "FIONREAD of a pipe",
        calls::ioctl(reading, libc::FIONREAD, &mut value),
    );
    println!("value: {value}");
    step(
        "FIONREAD of the write end",
        calls::ioctl(writing, libc::FIONREAD, &mut value),
    );
    close([reading, writing]);
}
