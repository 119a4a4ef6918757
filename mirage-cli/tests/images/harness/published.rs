//! Ports of a unikernel, published at ports of this host.

use super::{Line, Runner};

/// Returns the arguments of `cargo mirage run` that publish the unikernel's ports. `options` are further
/// arguments, which may end with boot arguments.
pub fn published(
    package: &str,
    runner: Runner,
    ports: &[(u16, u16)],
    options: &[&str],
) -> Vec<String> {
    let forwards = ports
        .iter()
        .flat_map(|(host, guest)| ["-P".into(), format!("{host}:{guest}")]);
    let forwards: Vec<String> = forwards.collect();
    if runner != Runner::Hvt || ports.is_empty() {
        return forwards;
    }
    // A tender of Solo5 has no user network. The test machine accepts QEMU's in place of a TAP device,
    // with the options of QEMU.
    let forwards: Vec<_> = forwards.iter().map(String::as_str).collect();
    let arguments = options.iter().position(|option| *option == "--");
    let (options, arguments) = options.split_at(arguments.unwrap_or(options.len()));
    // The tool needs the files of the disks to print QEMU's command line.
    let disks = options
        .windows(2)
        .filter(|option| option[0] == "--block")
        .flatten();
    let disks: Vec<_> = disks.copied().collect();
    let line = Line::for_package(
        package,
        Runner::Q35,
        &[&forwards, &disks, arguments].concat(),
    );
    let networks = line.values("-netdev").filter_map(|network| {
        let (name, rest) = network.strip_prefix("user,id=")?.split_once(',')?;
        Some(["--net".into(), format!("{name}:tap=user,{rest}")])
    });
    networks.flatten().collect()
}
