//! A unikernel on TAP devices, in a network namespace of its test.

use super::{Runner, Running, build, client, tool};
use std::{
    io::Read,
    process::{Child, Command, Stdio},
};

/// Creates the device and configures the network of the examples.
const PREPARE: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip tuntap add dev tap0 mode tap && \
    ip address add 10.0.0.1/24 dev tap0 && \
    ip link set dev tap0 up && \
    exec \"$@\"";

/// Puts a bridge between the device and the host. The bridge drops packets of more than 1400 bytes in silence; the host
/// does not know that, and sends none.
const PREPARE_NARROW: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip link add bridge type bridge && \
    ip link add narrow type veth peer name host && \
    ip link set dev narrow mtu 1400 master bridge up && \
    ip tuntap add dev tap0 mode tap && \
    ip link set dev tap0 master bridge up && \
    ip link set dev bridge up && \
    ip address add 10.0.0.1/24 dev host && \
    ip link set dev host up && \
    ip route replace 10.0.0.0/24 dev host src 10.0.0.1 mtu lock 1300 advmss 1460 && \
    exec \"$@\"";

/// Creates two devices. The host is 10.0.0.1 on the first, where a DHCP server leases 10.0.0.50 to
/// 10.0.0.59 and a name server resolves example.org while the unikernel runs, and 10.1.0.2 on the second.
/// dnsmasq keeps its group, because a process that changes it is not killed with its parent any more.
const PREPARE_TWO: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip tuntap add dev tap0 mode tap && \
    ip address add 10.0.0.1/24 dev tap0 && \
    ip link set dev tap0 up && \
    ip tuntap add dev tap1 mode tap && \
    ip address add 10.1.0.2/24 dev tap1 && \
    ip link set dev tap1 up || exit; \
    setpriv --pdeathsig KILL dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --group=root \
        --no-resolv --no-hosts --log-queries --host-record=example.org,192.0.2.1 --interface=tap0 --bind-interfaces --no-ping --log-facility=- --log-dhcp \
        --pid-file --leasefile-ro --dhcp-range=10.0.0.50,10.0.0.59,255.255.255.0 \
        --dhcp-option=option:router,10.0.0.1 --dhcp-option=option:dns-server,10.0.0.9 & \
    exec \"$@\"";

/// Creates a bridge for each network of the example `shop`, and the devices of its unikernels. The host is 10.0.0.1
/// on the first, and 10.0.1.9 on the second.
const PREPARE_SHOP: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    for network in front back; do \
        ip link add $network type bridge && ip link set dev $network up || exit; \
    done; \
    for device in web-front web-back api-back db-back; do \
        ip tuntap add dev $device mode tap && \
        ip link set dev $device master ${device#*-} up || exit; \
    done; \
    ip address add 10.0.0.1/24 dev front && \
    ip address add 10.0.1.9/24 dev back && \
    exec \"$@\"";

/// The host runs a name server, which resolves example.org while the unikernel runs.
const PREPARE_NAME_SERVER: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip link set dev lo up && \
    mount --bind \"$RESOLV_CONF\" /etc/resolv.conf || exit; \
    setpriv --pdeathsig KILL dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --group=root \
        --no-resolv --no-hosts --log-queries --host-record=example.org,192.0.2.1 \
        --listen-address=127.0.0.9 --bind-interfaces --log-facility=- --pid-file & \
    exec \"$@\"";

/// The namespace. It ends with the unikernel.
pub struct Namespace(Running);

/// Another namespace with one of the devices. It ends when this is dropped.
pub struct Beyond(Child);

impl Namespace {
    /// Runs `package`, whose address is 10.0.0.2, in `runner`, and waits until it listens.
    pub fn with(package: &str, runner: Runner) -> Self {
        Self::with_options(package, runner, &[])
    }

    /// The same with more options for `cargo mirage run`.
    pub fn with_options(package: &str, runner: Runner, options: &[&str]) -> Self {
        let namespace =
            Self::without_unikernel(PREPARE, package, runner, &["--net", "tap=tap0"], options);
        namespace.0.wait_for(" is at 10.0.0.2:");
        namespace
    }

    /// Runs `package` at a device with this MTU, and waits until it listens.
    pub fn with_mtu(package: &str, runner: Runner, mtu: u16) -> Self {
        let script = PREPARE.replace("tap0 up", &format!("tap0 mtu {mtu} up"));
        let namespace =
            Self::without_unikernel(&script, package, runner, &["--net", "tap=tap0"], &[]);
        namespace.0.wait_for(" is at 10.0.0.2:");
        namespace
    }

    /// Runs `package` on a path that drops packets of more than 1400 bytes in silence, and waits until it listens.
    pub fn with_a_narrow_path(package: &str, runner: Runner) -> Self {
        let attachments = ["--net", "tap=tap0"];
        let namespace = Self::without_unikernel(PREPARE_NARROW, package, runner, &attachments, &[]);
        namespace.0.wait_for(" is at 10.0.0.2:");
        namespace
    }

    /// Runs `package`, whose IPv6 address is fd00::2 unless an option gives it another, while the host is
    /// fd00::1 and has those of `addresses`. It may end.
    pub fn with_ipv6(package: &str, runner: Runner, addresses: &[&str], options: &[&str]) -> Self {
        let add = |address: &&str| format!("ip address add {address} dev tap0 nodad && ");
        let more: String = ["fd00::1/64"].iter().chain(addresses).map(add).collect();
        let script = PREPARE.replace("ip link set", &format!("{more}ip link set"));
        Self::without_unikernel(&script, package, runner, &["--net", "tap=tap0"], options)
    }

    /// Runs `package` at a device with several queues, and waits until it listens.
    pub fn with_queues(package: &str, runner: Runner) -> Self {
        // What sysfs tells is of the namespace in which it was mounted.
        let script = PREPARE.replace("mode tap", "mode tap multi_queue");
        let script = format!("mount -t sysfs sysfs /sys; {script}");
        let namespace =
            Self::without_unikernel(&script, package, runner, &["--net", "tap=tap0"], &[]);
        namespace.0.wait_for(" is at 10.0.0.2:");
        namespace
    }

    /// Runs `package` while the host has its address, 10.0.0.2. It may end.
    pub fn with_a_conflict(package: &str, runner: Runner) -> Self {
        let script = PREPARE.replace("10.0.0.1", "10.0.0.2");
        Self::without_unikernel(&script, package, runner, &["--net", "tap=tap0"], &[])
    }

    /// Runs `package`, which has one interface, while the host is 10.0.0.1.
    pub fn of_one(package: &str, runner: Runner, options: &[&str]) -> Self {
        Self::without_unikernel(PREPARE, package, runner, &["--net", "tap=tap0"], options)
    }

    /// Runs `package`, which has two interfaces: one with DHCP, and one with the address 10.1.0.1.
    pub fn of_two(package: &str, runner: Runner, attachments: &[&str], options: &[&str]) -> Self {
        Self::without_unikernel(PREPARE_TWO, package, runner, attachments, options)
    }

    /// Runs `package` in user networks of a host with a name server.
    pub fn with_a_name_server(
        package: &str,
        runner: Runner,
        attachments: &[&str],
        options: &[&str],
    ) -> Self {
        Self::without_unikernel(PREPARE_NAME_SERVER, package, runner, attachments, options)
    }

    /// Runs a command line at the device `tap0` of the examples' network.
    pub fn of_command(line: &[String]) -> Self {
        Self(Running::spawn(in_new_namespace(PREPARE).args(line)))
    }

    /// Runs a command line in the networks of the example `shop`.
    pub fn of_shop(line: &[String]) -> Self {
        Self(Running::spawn(in_new_namespace(PREPARE_SHOP).args(line)))
    }

    fn without_unikernel(
        script: &str,
        package: &str,
        runner: Runner,
        attachments: &[&str],
        options: &[&str],
    ) -> Self {
        build(package, runner.target());
        let tool = tool();
        let mut command = in_new_namespace(script);
        command.arg(tool.get_program());
        command.current_dir(tool.get_current_dir().expect("the repository"));
        command.args(["run", package]).args(attachments);
        Self(Running::spawn(
            command.args(runner.arguments(package)).args(options),
        ))
    }

    /// The unikernel, or the tool that runs it.
    pub fn running(&self) -> &Running {
        &self.0
    }

    /// Waits until the unikernel ends. Returns its status and its lines.
    pub fn end(self) -> (i32, Vec<String>) {
        self.0.end()
    }

    /// Runs a program in the namespace and returns its output.
    pub fn output(&self, program: &[&str]) -> String {
        client::output(inside(self.0.id()).args(program))
    }

    /// Starts a program in the namespace. It ends when this is dropped, also after the unikernel.
    pub fn spawn(&self, program: &[&str]) -> Running {
        Running::spawn(inside(self.0.id()).args(program))
    }

    /// Moves the device `tap`, which the unikernel has opened, to another namespace, where the host is
    /// `address`.
    pub fn split(&self, tap: &str, address: &str) -> Beyond {
        let mut command = inside(self.0.id());
        // It ends when no process has it open for writing any more.
        command.args(["unshare", "--net", "sh", "-c", "echo ready; exec cat"]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("a namespace");
        let mut ready = [0; 6];
        let output = child.stdout.as_mut().expect("the output is piped");
        output
            .read_exact(&mut ready)
            .expect("the namespace is there");
        let id = child.id();
        let beyond = Beyond(child);
        self.output(&["ip", "link", "set", tap, "netns", &id.to_string()]);
        beyond.output(&["ip", "address", "add", address, "dev", tap]);
        beyond.output(&["ip", "link", "set", tap, "up"]);
        beyond
    }
}

impl Beyond {
    /// Runs a program in the namespace and returns its output.
    pub fn output(&self, program: &[&str]) -> String {
        client::output(inside(self.0.id()).args(program))
    }
}

impl Drop for Beyond {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Returns a command that runs a program in a new namespace, which `script` prepares.
pub fn in_new_namespace(script: &str) -> Command {
    let mut command = Command::new("unshare");
    if !is_root() {
        command.arg("--map-root-user");
    }
    let resolv_conf = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/images/harness/resolv.conf"
    );
    command.env("RESOLV_CONF", resolv_conf);
    command.args(["--net", "--mount", "sh", "-c", script, "sh"]);
    command
}

/// Returns a command that runs a program in the namespace of the process `id`.
fn inside(id: u32) -> Command {
    let mut command = Command::new("nsenter");
    if !is_root() {
        command.args(["--user", "--preserve-credentials"]);
    }
    command.args(["--net", "--target", &id.to_string(), "--"]);
    // On Debian, `ip` is only in root's PATH.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", path + ":/usr/sbin:/sbin");
    command
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
