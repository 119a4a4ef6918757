//! A unikernel at TAP devices, in a network namespace of the test's own.

use super::{Place, Running, build, client, tool};
use std::process::Command;

/// Makes the device and gives it the network of the examples.
const PREPARE: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip tuntap add dev tap0 mode tap && \
    ip address add 10.0.0.1/24 dev tap0 && \
    ip link set dev tap0 up && \
    exec \"$@\"";

/// Makes two devices. The host is 10.0.0.1 on the first, where a DHCP server leases 10.0.0.50 to
/// 10.0.0.60 as long as the unikernel is there, and 10.1.0.2 on the second.
const PREPARE_TWO: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip tuntap add dev tap0 mode tap && \
    ip address add 10.0.0.1/24 dev tap0 && \
    ip link set dev tap0 up && \
    ip tuntap add dev tap1 mode tap && \
    ip address add 10.1.0.2/24 dev tap1 && \
    ip link set dev tap1 up || exit; \
    setpriv --pdeathsig KILL dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root \
        --port=0 --interface=tap0 --bind-interfaces --no-ping --log-facility=- --log-dhcp \
        --pid-file --leasefile-ro --dhcp-range=10.0.0.50,10.0.0.60,255.255.255.0 \
        --dhcp-option=option:router,10.0.0.1 --dhcp-option=option:dns-server,10.0.0.9 & \
    exec \"$@\"";

/// The namespace; it ends with the unikernel.
pub struct Namespace(Running);

impl Namespace {
    /// Runs `package`, whose address is 10.0.0.2, in `place`, and waits until it listens.
    pub fn with(package: &str, place: Place) -> Self {
        Self::with_options(package, place, &[])
    }

    /// The same with more options for `cargo mirage run`.
    pub fn with_options(package: &str, place: Place, options: &[&str]) -> Self {
        let namespace = Self::prepared(PREPARE, package, place, &["--net", "tap=tap0"], options);
        namespace.0.wait_for(" is at 10.0.0.2:");
        namespace
    }

    /// Runs `package`, which has two interfaces: one that asks for its address, and one that is
    /// 10.1.0.1.
    pub fn of_two(package: &str, place: Place, attachments: &[&str]) -> Self {
        Self::prepared(PREPARE_TWO, package, place, attachments, &[])
    }

    fn prepared(
        script: &str,
        package: &str,
        place: Place,
        attachments: &[&str],
        options: &[&str],
    ) -> Self {
        build(package, place.target());
        let tool = tool();
        let mut command = Command::new("unshare");
        if !is_root() {
            command.arg("--map-root-user");
        }
        command.args(["--net", "sh", "-c", script, "sh"]);
        command.arg(tool.get_program());
        command.current_dir(tool.get_current_dir().expect("the repository"));
        command.args(["run", package]).args(attachments);
        Self(Running::spawn(
            command.args(place.arguments()).args(options),
        ))
    }

    /// The unikernel, or the tool that runs it.
    pub fn running(&self) -> &Running {
        &self.0
    }

    /// Runs a program in the namespace; gives what it prints.
    pub fn output(&self, program: &[&str]) -> String {
        let mut command = Command::new("nsenter");
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.args(["--net", "--target", &self.0.id().to_string(), "--"]);
        client::output(command.args(program))
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
