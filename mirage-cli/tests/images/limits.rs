//! Ports with a limited number of connections.

use crate::harness::{Runner, Running, client, trials};
use libtest_mimic::Trial;
use std::{
    io::{ErrorKind, Read},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [(
            "limits::one_client_more_waits_until_another_leaves",
            one_client_more_waits_until_another_leaves,
        )],
    )
    .collect()
}

fn one_client_more_waits_until_another_leaves(runner: Runner) {
    let limited = Running::start("limited", runner, &[7000, 7001]);
    let greeter = limited.address(7000);
    let first = welcomed(greeter);
    let others = [welcomed(greeter), welcomed(greeter)];
    let mut late = client::connect(greeter);
    // Long enough for a dropped SYN to be retransmitted.
    late.set_read_timeout(Some(Duration::from_secs(3)))
        .expect("a socket");
    let nothing = late.read(&mut [0]).expect_err("there are three already");
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    // The other port is not affected.
    welcomed(limited.address(7001));
    drop(first);
    late.set_read_timeout(None).expect("a socket");
    welcome(&mut late);
    drop(others);
}

/// Connects a client and waits for the greeting.
fn welcomed(address: SocketAddr) -> TcpStream {
    let mut client = client::connect(address);
    welcome(&mut client);
    client
}

fn welcome(client: &mut TcpStream) {
    let mut word = [0; 7];
    client.read_exact(&mut word).expect("a welcome");
    assert_eq!(&word, b"welcome");
}
