//! Peers that reset their connection, in every state.

use crate::{
    calls::{self, at},
    report::{bits, done, step},
    sockets::{close, connection, listener, opened, tcp, wait, wait_for_end},
};
use std::thread;

pub fn run() {
    println!("# reset");
    idle();
    with_data();
    after_half_close();
    after_local_shutdown();
    in_backlog();
    while_sending();
    closed_with_data();
    write_to_closed();
    in_a_blocking_write();
}

/// Closes a socket so that the peer receives a reset.
fn reset(descriptor: i32) {
    let linger = libc::linger {
        l_onoff: 1,
        l_linger: 0,
    };
    calls::set_option(descriptor, libc::SOL_SOCKET, libc::SO_LINGER, &linger).expect("an option");
    close([descriptor]);
}

/// Uses a connection that was reset.
fn use_it(descriptor: i32) {
    let wanted = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP;
    println!("events: {}", bits(wait(descriptor, wanted)));
    step("receive", calls::receive(descriptor, &mut [0; 16], 0));
    step("receive again", calls::receive(descriptor, &mut [0; 16], 0));
    step("send", calls::send(descriptor, b"x", 0));
    step(
        "SO_ERROR",
        calls::option(descriptor, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    step("getpeername", calls::peer(descriptor).map(|_| 0));
    step("shutdown", calls::shutdown(descriptor, libc::SHUT_RDWR));
    println!("events: {}", bits(wait(descriptor, wanted)));
}

fn idle() {
    println!("idle");
    let [client, server] = connection();
    reset(server);
    wait_for_end(client);
    use_it(client);
    close([client]);
    let [client, server] = connection();
    reset(server);
    wait_for_end(client);
    step("send first", calls::send(client, b"x", 0));
    step("send again", calls::send(client, b"x", 0));
    step("receive then", calls::receive(client, &mut [0; 4], 0));
    close([client]);
    let [client, server] = connection();
    reset(server);
    wait_for_end(client);
    step(
        "SO_ERROR first",
        calls::option(client, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    step("receive then", calls::receive(client, &mut [0; 4], 0));
    close([client]);
}

fn with_data() {
    println!("with data that was not received");
    let [client, server] = connection();
    calls::send(server, b"data", 0).expect("room");
    wait(client, libc::EPOLLIN);
    reset(server);
    wait_for_end(client);
    use_it(client);
    close([client]);
}

fn after_half_close() {
    println!("after the peer has shut down writing");
    let [client, server] = connection();
    calls::shutdown(server, libc::SHUT_WR).expect("a connection");
    wait_for_end(client);
    reset(server);
    wait(client, libc::EPOLLHUP);
    use_it(client);
    close([client]);
}

fn after_local_shutdown() {
    println!("after shutting down writing");
    let [client, server] = connection();
    calls::shutdown(client, libc::SHUT_WR).expect("a connection");
    wait_for_end(server);
    reset(server);
    wait_for_end(client);
    use_it(client);
    close([client]);
}

fn in_backlog() {
    println!("before it is accepted");
    let (listener, port) = listener();
    let client = tcp();
    calls::connect(client, at(port)).expect("a connection");
    wait(listener, libc::EPOLLIN);
    reset(client);
    // Another connection, so that the reset has arrived.
    let other = tcp();
    calls::connect(other, at(port)).expect("a connection");
    let first = done("accept", calls::accept(listener, 0));
    wait_for_end(first);
    step("receive", calls::receive(first, &mut [0; 16], 0));
    let second = done("accept the next", calls::accept(listener, 0));
    close([listener, other, first, second]);
}

fn while_sending() {
    println!("while it sends");
    let [client, server] = connection();
    calls::fcntl(client, libc::F_SETFL, libc::O_NONBLOCK).expect("a flag");
    let data = vec![0; 1 << 20];
    while calls::send(client, &data, 0).is_ok() {}
    reset(server);
    wait_for_end(client);
    use_it(client);
    close([client]);
}

/// Closing a connection with data that was not received resets it.
fn closed_with_data() {
    println!("closed with data that was not received");
    let [client, server] = connection();
    calls::send(client, b"data", 0).expect("room");
    wait(server, libc::EPOLLIN);
    close([server]);
    wait_for_end(client);
    use_it(client);
    close([client]);
}

/// The first write to a connection that the peer has closed is answered with a reset.
fn write_to_closed() {
    println!("closed in order");
    let [client, server] = connection();
    close([server]);
    wait_for_end(client);
    step("receive the end", calls::receive(client, &mut [0; 4], 0));
    step("send", calls::send(client, b"x", 0));
    wait(client, libc::EPOLLHUP);
    step("send again", calls::send(client, b"x", 0));
    step("receive", calls::receive(client, &mut [0; 4], 0));
    let accepted = opened(calls::event_counter(0, 0));
    close([client, accepted]);
}

/// A call that waits has written a part when the peer resets: the error is that of the next call.
fn in_a_blocking_write() {
    println!("in a blocking write");
    let data = vec![7; 30 << 20];
    // The first parts are short: the error comes after they were written.
    let short = [&data[..100]; 4];
    let parts = [&short[..], &[&data]].concat();
    for parts in [&parts[4..], &parts] {
        let [client, server] = connection();
        let resetting = thread::spawn(move || {
            calls::receive(server, &mut [0; 1000], 0).expect("data");
            reset(server);
        });
        let written = match parts {
            [data] => calls::send(client, data, 0),
            parts => calls::writev(client, parts),
        };
        let is_part = written.is_ok_and(|count| count > 0 && count < data.len() as i64);
        println!("a part is written: {is_part}");
        step("write more", calls::send(client, b"x", 0));
        step("write again", calls::send(client, b"x", 0));
        resetting.join().expect("no panic");
        close([client]);
    }
}
