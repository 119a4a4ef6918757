//! Two ports of which one would by default be reached where the other is.

use crate::harness::{Runner, namespace::Namespace, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::WITHOUT_SOLO5,
        [(
            "adjacent_ports::each_is_reached",
            each_is_reached as fn(Runner),
        )],
    )
    .collect()
}

/// In a namespace, where nothing else has these ports of the host.
fn each_is_reached(runner: Runner) {
    let host = Namespace::with_a_name_server("adjacent", runner, &[], &[]);
    for (port, reached_at) in [(80, 9080), (8080, 8080)] {
        let address = format!("127.0.0.1:{reached_at}");
        host.running().wait_for(&address);
        let connect = format!("exec 3<>/dev/tcp/127.0.0.1/{reached_at} && cat <&3");
        let answer = host.output(&["bash", "-c", &connect]);
        assert_eq!(answer.trim(), port.to_string());
    }
}
