//! The command line of each unikernel.

use super::network::Links;
use crate::{
    application::Member,
    arguments::{Accel, NetBackend, QemuMachine, Up},
    attached::{self, AttachedDisk, AttachedInterface},
    compile::Image,
    failure::{Context, Result},
    guest::Guest,
    memory,
    power_button::PowerButton,
    qemu,
    quote::quote,
    run::process,
    solo5::{self, Tender},
};
use mirage_graph::target::Target;
use mirage_tender::HostInterface;

/// What a command line is made of.
pub struct Line<'a> {
    member: &'a Member,
    interfaces: Vec<AttachedInterface<'a>>,
    disks: Vec<AttachedDisk<'a>>,
    memory: u64,
    options: &'a Up,
}

impl<'a> Line<'a> {
    /// `descriptors` are the links of the interfaces, in their order.
    pub fn new(member: &'a Member, descriptors: &[i32], options: &'a Up) -> Result<Self> {
        let graph = member.graph();
        let mut interfaces = attached::attach_interfaces(graph, &[])?;
        for (interface, descriptor) in interfaces.iter_mut().zip(descriptors) {
            interface.backend = NetBackend::Descriptor(*descriptor);
        }
        Ok(Self {
            member,
            interfaces,
            disks: attached::attach_disks(graph, &[], &member.image.path)?,
            memory: memory::choose(graph, None)?,
            options,
        })
    }

    /// The program and its arguments. A machine gets a power button.
    pub fn args(&mut self, button: &mut Option<PowerButton>) -> Result<Vec<String>> {
        let Image { target, path, .. } = &self.member.image;
        let (image, graph) = (path, self.member.graph());
        if *target == Target::Virtio {
            let options = qemu::Options {
                machine: self.options.machine.unwrap_or(QemuMachine::Q35),
                accel: self.options.accel.unwrap_or(Accel::Auto),
                interfaces: &self.interfaces,
                disks: &self.disks,
                memory: self.memory,
                ports: &[],
                args: &self.member.args,
            };
            let mut line = qemu::command_line(image, graph, &options)?;
            if !self.options.dry_run {
                let (new, option) = PowerButton::new().context("the power button")?;
                line.extend(option);
                *button = Some(new);
            }
            return Ok(line);
        }
        if *target == Target::Unix {
            let mut line = vec![image.to_string_lossy().into_owned()];
            let interfaces = self.interfaces.iter();
            line.extend(interfaces.filter_map(|it| process::net_option(it.name, &it.backend)));
            line.extend(self.disks.iter().map(process::disk_option));
            line.extend_from_slice(&self.member.args);
            return Ok(line);
        }
        let backends = self.interfaces.iter().map(|it| it.backend.clone());
        let interfaces = backends.filter_map(|backend| match backend {
            NetBackend::Descriptor(number) => Some(HostInterface::Descriptor(number)),
            NetBackend::Tap(_) | NetBackend::User => None,
        });
        let interfaces: Vec<_> = interfaces.collect();
        let options = solo5::Options {
            tender: Tender::for_target(*target, None)?,
            disks: &self.disks,
            interfaces: &interfaces,
            memory: self.memory,
            args: &self.member.args,
        };
        solo5::command_line(image, graph, &options)
    }
}

/// A unikernel that was started, and what asks it to stop.
pub struct Started {
    /// The process.
    pub guest: Guest,
    /// The power button of a machine.
    pub button: Option<PowerButton>,
}

/// Starts a unikernel.
pub fn start(member: &Member, links: &Links, options: &Up) -> Result<Started> {
    let mut button = None;
    let line = Line::new(member, &links.numbers(), options)?.args(&mut button)?;
    if options.verbose {
        eprintln!("{}", quote(&line));
    }
    links.set_inheritable(true).context("the links")?;
    let guest = Guest::start_with_errors(&line);
    links.set_inheritable(false).context("the links")?;
    if let Some(button) = &mut button {
        button.installed();
    }
    Ok(Started {
        guest: guest?,
        button,
    })
}
