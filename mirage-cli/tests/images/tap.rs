//! Our own network stack at a TAP device.

use crate::harness::{Runner, Running, build, namespace::Namespace, tool, trials, wrk};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            ("tap::answers_ping_and_curl", answers_ping_and_curl),
            ("tap::answers_200_clients", answers_200_clients),
            ("tap::survives_a_pulled_cable", survives_a_pulled_cable),
            (
                "tap::an_address_in_use_is_not_taken",
                an_address_in_use_is_not_taken,
            ),
        ],
    )
    .chain(trials(
        &Runner::MACHINES,
        [
            (
                "tap::survives_a_crowd_with_little_memory",
                survives_a_crowd_with_little_memory as fn(Runner),
            ),
            ("tap::serves_1000_clients_in_8_mib", serves_1000_clients),
        ],
    ))
    .chain(trials(
        &Runner::WITHOUT_SOLO5,
        [(
            "tap::a_missing_device_is_reported",
            a_missing_device_is_reported as fn(Runner),
        )],
    ))
    .chain(trials(
        &[Runner::Unix, Runner::Q35, Runner::Spt],
        [(
            "tap::a_device_with_several_queues_is_used",
            a_device_with_several_queues_is_used as fn(Runner),
        )],
    ))
    .chain(trials(
        &[Runner::Q35, Runner::Spt],
        [(
            "tap::ecn_is_used_with_clients_that_ask_for_it",
            ecn_is_used_with_clients_that_ask_for_it as fn(Runner),
        )],
    ))
    .chain(trials(
        &[Runner::Unix, Runner::Q35, Runner::Spt],
        [(
            "tap::a_path_that_drops_large_packets_is_searched",
            a_path_that_drops_large_packets_is_searched as fn(Runner),
        )],
    ))
    .chain(trials(
        &[Runner::Unix],
        [(
            "tap::the_devices_mtu_is_kept",
            the_devices_mtu_is_kept as fn(Runner),
        )],
    ))
    .collect()
}

fn a_missing_device_is_reported(runner: Runner) {
    build("http", runner.target());
    let mut command = tool();
    command.args(["run", "http", "--net", "tap=no-such-tap"]);
    let (status, lines) = Running::spawn(command.args(runner.arguments("http"))).end();
    assert_eq!(status, 101, "{lines:?}");
    let is_reported = lines
        .iter()
        .any(|line| line.contains("there is no TAP device `no-such-tap`"));
    assert!(is_reported, "{lines:?}");
}

/// The host's MTU is larger once the unikernel runs, so that the unikernel's decides.
fn the_devices_mtu_is_kept(runner: Runner) {
    let http = Namespace::with_mtu("http", runner, 1280);
    let connect =
        "ip link set dev tap0 mtu 1500 && exec 3<>/dev/tcp/10.0.0.2/80 && ss -Htin dst 10.0.0.2";
    let sockets = http.output(&["bash", "-c", connect]);
    // Less the headers of IPv4 and TCP, and the timestamps.
    let segment = format!(" mss:{} ", 1280 - 20 - 20 - 12);
    assert!(sockets.contains(&segment), "{sockets}");
}

fn a_device_with_several_queues_is_used(runner: Runner) {
    assert_page(&Namespace::with_queues("http", runner));
}

/// Linux shows `ecn` once both sides have agreed, and `ecnseen` once a packet came that is ECN-capable.
fn ecn_is_used_with_clients_that_ask_for_it(runner: Runner) {
    let http = Namespace::with("http", runner);
    for (setting, is_used) in [("1", true), ("0", false)] {
        let request = format!(
            "echo {setting} >/proc/sys/net/ipv4/tcp_ecn && exec 3<>/dev/tcp/10.0.0.2/80 && \
             printf 'GET / HTTP/1.1\r\nHost: 10.0.0.2\r\n\r\n' >&3 && read -r status <&3 && \
             echo \"$status\" && ss -Htino dst 10.0.0.2"
        );
        let output = http.output(&["bash", "-c", &request]);
        assert!(output.contains("200 OK"), "{output}");
        let words: Vec<_> = output.split_whitespace().collect();
        assert_eq!(words.contains(&"ecn"), is_used, "{output}");
        assert_eq!(words.contains(&"ecnseen"), is_used, "{output}");
    }
}

/// Linux shows the largest segment that it has received.
fn a_path_that_drops_large_packets_is_searched(runner: Runner) {
    let echo = Namespace::with_a_narrow_path("echo", runner);
    let bytes = 1_000_000;
    let exchange = format!(
        "exec 3<>/dev/tcp/10.0.0.2/7 && {{ head --bytes {bytes} /dev/zero >&3 & }} && \
         head --bytes {bytes} <&3 | wc --bytes && ss -Htin dst 10.0.0.2"
    );
    let output = echo.output(&["bash", "-c", &exchange]);
    let (count, sockets) = output.split_once('\n').expect("two lines");
    assert_eq!(count, bytes.to_string(), "{sockets}");
    let words = sockets.split_whitespace();
    let received = words.filter_map(|word| word.strip_prefix("rcvmss:"));
    let received: Vec<u32> = received.filter_map(|size| size.parse().ok()).collect();
    // Less the headers of IPv4 and TCP, and the timestamps.
    let segment = 1400 - 20 - 20 - 12;
    assert!(
        matches!(received[..], [size] if size > segment - 32 && size <= segment),
        "{sockets}"
    );
}

fn answers_ping_and_curl(runner: Runner) {
    let http = Namespace::with("http", runner);
    let pings = http.output(&["ping", "-c", "3", "-W", "30", "10.0.0.2"]);
    assert!(pings.contains(" 0% packet loss"), "{pings}");
    assert_page(&http);
}

fn answers_200_clients(runner: Runner) {
    let http = Namespace::with("http", runner);
    let report = http.output(&[
        "wrk",
        "--threads",
        "2",
        "--connections",
        "200",
        "--duration",
        "3s",
        "--timeout",
        "30s",
        "http://10.0.0.2/",
    ]);
    wrk::answered(&report);
}

fn survives_a_pulled_cable(runner: Runner) {
    let http = Namespace::with("http", runner);
    assert_page(&http);
    http.output(&["ip", "link", "set", "dev", "tap0", "down"]);
    http.output(&["ip", "link", "set", "dev", "tap0", "up"]);
    assert_page(&http);
}

/// With strict conflict detection.
fn an_address_in_use_is_not_taken(runner: Runner) {
    let (status, lines) = Namespace::with_a_conflict("drains", runner).end();
    assert_eq!(status, 1, "{lines:?}");
    let is_said = lines
        .iter()
        .any(|line| line.contains("another host uses 10.0.0.2"));
    assert!(is_said, "{lines:?}");
}

/// More clients at once than there is memory for: some have to retry.
fn survives_a_crowd_with_little_memory(runner: Runner) {
    let http = Namespace::with_options("http", runner, &["--memory", "4M"]);
    let address = "http://10.0.0.2/";
    for _ in 0..3 {
        let crowd = ["wrk", "--connections", "2000", "--duration", "1s", address];
        http.output(&crowd);
    }
    assert_page(&http);
}

/// Tasks take most of the memory then. No client may be reset or left without an answer.
fn serves_1000_clients(runner: Runner) {
    let http = Namespace::with_options("http", runner, &["--memory", "8M"]);
    let report = http.output(&[
        "wrk",
        "--threads",
        "2",
        "--connections",
        "1000",
        "--duration",
        "5s",
        "--timeout",
        "30s",
        "http://10.0.0.2/",
    ]);
    wrk::answered(&report);
}

fn assert_page(http: &Namespace) {
    let page = http.output(&["curl", "--silent", "--show-error", "http://10.0.0.2/"]);
    assert!(page.contains("It answers"), "{page}");
}
