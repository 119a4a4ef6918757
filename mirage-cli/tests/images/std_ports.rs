//! Programs with std: on which interfaces a port is bound.

use crate::harness::{Runner, Running, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::OF_STD,
        [(
            "std_ports::a_port_is_bound_on_the_interface_with_the_address",
            a_port_is_bound_on_the_interface_with_the_address,
        )],
    )
    .collect()
}

fn a_port_is_bound_on_the_interface_with_the_address(runner: Runner) {
    let (status, lines) = Running::start("confined", runner, &[]).end();
    assert_eq!(status, 0, "{lines:#?}");
    let is_printed = |line: &&String| line.ends_with(": Ok(())") || line.contains(": Err(");
    let printed: Vec<_> = lines.iter().filter(is_printed).collect();
    let expected = [
        "bind 10.1.0.2:80: Err(AddrNotAvailable)",
        "bind 10.0.0.2:80: Ok(())",
        "bind 0.0.0.0:80: Ok(())",
        "bind udp 10.0.0.2:53: Err(AddrNotAvailable)",
        "bind udp 10.1.0.2:53: Ok(())",
        "bind udp 0.0.0.0:53: Ok(())",
        "declared at 10.1.0.2: Ok(())",
        "declared at 10.0.0.2: Err(ConnectionRefused)",
        "declared at 127.0.0.1: Err(ConnectionRefused)",
        "again: Err(AddrInUse)",
        "other: Ok(())",
        "port 0 at 10.1.0.2: Ok(())",
        "port 0 at 10.0.0.2: Err(ConnectionRefused)",
        "port 0 at 127.0.0.1: Err(ConnectionRefused)",
        "forged: Err(WouldBlock)",
    ];
    assert_eq!(printed, expected);
}
