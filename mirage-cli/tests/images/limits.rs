//! Ports with a limited number of connections.

use crate::harness::{Runner, Running, client, tool, trial, trials};
use libtest_mimic::Trial;
use object::{Object, ObjectSymbol};
use std::{
    fs,
    io::{ErrorKind, Read},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    let of_images = trials(
        &Runner::ALL,
        [(
            "limits::one_client_more_waits_until_another_leaves",
            one_client_more_waits_until_another_leaves,
        )],
    );
    let symbols = trial(
        "limits::an_image_has_the_congestion_control_that_it_declares",
        an_image_has_the_congestion_control_that_it_declares,
    );
    of_images.chain([symbols]).collect()
}

/// An algorithm that no interface and no port declares leaves no symbol.
fn an_image_has_the_congestion_control_that_it_declares() {
    for (package, has, has_not) in [("http", "Cubic", "Reno"), ("limited", "Reno", "Cubic")] {
        let mut build = tool();
        build.args(["build", package, "-t", "virtio", "--message-format", "json"]);
        let image = client::output(&mut build);
        let image: serde_json::Value = serde_json::from_str(&image).expect("JSON");
        let path = image["symbols"].as_str().expect("a path");
        let program = fs::read(path).expect("the image with its symbols");
        let program = object::File::parse(&*program).expect("an ELF file");
        let symbols = program.symbols().filter_map(|symbol| symbol.name().ok());
        let names: Vec<_> = symbols.filter(|name| name.contains("congestion")).collect();
        for (algorithm, expected) in [(has, true), (has_not, false)] {
            let is_there = names.iter().any(|name| name.contains(algorithm));
            assert_eq!(is_there, expected, "{algorithm} in {package}: {names:#?}");
        }
    }
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
