//! QEMU's command line for an image.

use super::{accelerator, network};
use crate::{
    arguments::{Accel, QemuMachine},
    attached::{AttachedDisk, AttachedInterface},
    failure::Result,
    ports::Forward,
};
use mirage_graph::{
    argument::command_line,
    graph::{ConfigValue, Graph},
};
use std::path::Path;

/// The maximum length of a virtio disk's device ID (virtio 1.2, section 5.2.6).
const SERIAL: usize = 20;

/// The user's options for the machine.
pub struct Options<'a> {
    /// The machine type.
    pub machine: QemuMachine,
    /// The accelerator.
    pub accel: Accel,
    /// The interfaces and their backends.
    pub interfaces: &'a [AttachedInterface<'a>],
    /// The disks and their files.
    pub disks: &'a [AttachedDisk<'a>],
    /// Memory in bytes.
    pub memory: u64,
    /// Forwarded ports that differ from the default.
    pub ports: &'a [Forward],
    /// The unikernel's boot arguments.
    pub args: &'a [String],
}

/// Returns the whole command line, including the program. It boots the image without this tool.
pub fn command_line(image: &Path, graph: &Graph, options: &Options<'_>) -> Result<Vec<String>> {
    let mut line = Line(vec![super::PROGRAM.into()]);
    let bus = match options.machine {
        QemuMachine::Q35 => {
            line.option("-machine", "q35");
            "pci"
        }
        QemuMachine::Microvm => {
            line.option("-machine", "microvm");
            line.option("-global", "virtio-mmio.force-legacy=false");
            "device"
        }
    };
    line.option("-accel", accelerator::choose(options.accel));
    // The default CPU model has no source of entropy.
    line.option("-cpu", "max");
    line.option("-m", &format!("{}K", options.memory.div_ceil(1024)));
    for flag in ["-nodefaults", "-no-user-config", "-no-reboot"] {
        line.0.push(flag.into());
    }
    line.option("-display", "none");
    line.option("-serial", "stdio");
    line.option("-device", "isa-debug-exit,iobase=0xf4,iosize=4");
    line.option("-device", &format!("virtio-rng-{bus}"));
    let mac_addresses = graph.mac_addresses();
    for (index, attached) in options.interfaces.iter().enumerate() {
        let backend = network::backend(graph, index, options.interfaces, options.ports)?;
        line.option("-netdev", &backend);
        let mac = mac_addresses.get(index).and_then(ConfigValue::get);
        let mac = mac.map(|mac| format!(",mac={mac}")).unwrap_or_default();
        let name = attached.name;
        line.option("-device", &format!("virtio-net-{bus},netdev={name}{mac}"));
    }
    for AttachedDisk { name, path } in options.disks {
        // A comma in a value is written twice.
        let file = path.to_string_lossy().replace(',', ",,");
        line.option(
            "-drive",
            &format!("if=none,id={name},format=raw,file={file}"),
        );
        let serial: String = name.chars().take(SERIAL).collect();
        let device = format!("virtio-blk-{bus},drive={name},serial={serial}");
        line.option("-device", &device);
    }
    line.option("-kernel", &image.to_string_lossy());
    if !options.args.is_empty() {
        let args = options.args.iter().map(String::as_str);
        line.option("-append", &command_line::join(args));
    }
    Ok(line.0)
}

struct Line(Vec<String>);

impl Line {
    fn option(&mut self, name: &str, value: &str) {
        self.0.extend([name.into(), value.into()]);
    }
}
