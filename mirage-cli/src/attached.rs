//! What each interface and each disk of a unikernel is attached to.

use crate::{
    arguments::{DiskFile, NetBackend, NetOption},
    failure::{Context, Failure, Result},
};
use mirage_graph::{
    disk,
    graph::{Disk, Graph, Interface},
    ipv6::AddressOrSlaac,
};
use mirage_user_network::{Addresses, Ipv6Addresses};
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};

/// A network interface and its backend.
pub struct AttachedInterface<'a> {
    /// The node's name.
    pub name: &'a str,
    /// The interface.
    pub interface: &'a Interface,
    /// How it is attached to the host.
    pub backend: NetBackend,
}

impl AttachedInterface<'_> {
    /// The addresses of the user network for the interface at position `index`.
    pub fn addresses(index: usize, interfaces: &[Self]) -> Addresses {
        let configured = |each: &Self| each.interface.address.value.configured().get();
        let interface = &interfaces[index];
        match configured(interface) {
            Some(address) => {
                let gateway = interface.interface.gateway;
                let gateway = gateway.and_then(|gateway| gateway.value.get());
                Addresses::for_static(address, gateway)
            }
            None => {
                let others: Vec<_> = interfaces.iter().filter_map(configured).collect();
                Addresses::for_dhcp(index, &others)
            }
        }
    }

    /// The IPv6 addresses of the user network for the interface at position `index`, if that has IPv6.
    pub fn ipv6_addresses(index: usize, interfaces: &[Self]) -> Option<Ipv6Addresses> {
        let configured = |each: &Self| each.interface.ip6.and_then(|ip6| ip6.value.get());
        let interface = &interfaces[index];
        Some(match configured(interface)? {
            AddressOrSlaac::Address(address) => {
                let gateway = interface.interface.gateway6;
                let gateway = gateway.and_then(|gateway| gateway.value.get());
                Ipv6Addresses::for_static(address, gateway)
            }
            AddressOrSlaac::Slaac => {
                let others = interfaces.iter().filter_map(configured);
                let others: Vec<_> = others.filter_map(AddressOrSlaac::address).collect();
                Ipv6Addresses::for_slaac(index, &others)
            }
        })
    }
}

/// Returns the interfaces in the graph's order, attached according to `options`, by default to the user
/// network.
///
/// # Errors
/// An option names no interface, or omits the name although there are several.
pub fn attach_interfaces<'a>(
    graph: &'a Graph,
    options: &[NetOption],
) -> Result<Vec<AttachedInterface<'a>>> {
    let interfaces = graph
        .interfaces()
        .map(|(node, interface)| AttachedInterface {
            name: graph.node(node).name.as_str(),
            interface,
            backend: NetBackend::User,
        });
    let mut interfaces: Vec<_> = interfaces.collect();
    let names: Vec<_> = interfaces.iter().map(|each| each.name).collect();
    let mut nodes = Nodes::new("interface", "--net NODE:tap=IFACE", names);
    for NetOption { node, backend } in options {
        // Without interfaces, `--net user` changes nothing.
        if nodes.names.is_empty() && node.is_none() && *backend == NetBackend::User {
            continue;
        }
        let index = nodes.find(node.as_deref())?;
        interfaces[index].backend = backend.clone();
    }
    Ok(interfaces)
}

/// A disk and its file.
pub struct AttachedDisk<'a> {
    /// The node's name.
    pub name: &'a str,
    /// The file.
    pub path: PathBuf,
}

/// Returns the disks in the graph's order, attached according to `options`, by default to a file beside
/// `image`, which is created if it does not exist.
///
/// # Errors
/// An option names no disk, omits the name although there are several, or names no file. A disk without an option
/// has neither a file nor a size.
pub fn attach_disks<'a>(
    graph: &'a Graph,
    options: &[DiskFile],
    image: &Path,
) -> Result<Vec<AttachedDisk<'a>>> {
    let disks: Vec<_> = graph.disks().collect();
    let names: Vec<_> = disks
        .iter()
        .map(|(node, _)| graph.node(*node).name.as_str())
        .collect();
    let mut files = vec![None; names.len()];
    let mut nodes = Nodes::new("disk", "--block NODE:file=PATH", names.clone());
    for DiskFile { node, path } in options {
        let index = nodes.find(node.as_deref())?;
        if !path.exists() {
            let path = path.display();
            return Err(Failure::usage(format_args!("there is no file `{path}`"))
                .help(format_args!("create one with `truncate --size 64M {path}`")));
        }
        if !can_be_disk(path).context(path.display())? {
            let path = path.display();
            let neither = format_args!("`{path}` is neither a file nor a block device");
            return Err(Failure::usage(neither));
        }
        files[index] = Some(path.clone());
    }
    let attached = files.into_iter().zip(names).zip(disks);
    attached
        .map(|((file, name), (_, disk))| {
            let path = match file {
                Some(path) => path,
                None => beside(image, name, disk)?,
            };
            Ok(AttachedDisk { name, path })
        })
        .collect()
}

/// Returns whether there is a file or a block device at `path`. Opening anything else may wait for ever.
fn can_be_disk(path: &Path) -> std::io::Result<bool> {
    let kind = fs::metadata(path)?.file_type();
    Ok(kind.is_file() || kind.is_block_device())
}

/// Returns the file of a disk beside the image, at least as large as the disk is declared to be.
fn beside(image: &Path, name: &str, declared: &Disk) -> Result<PathBuf> {
    let path = PathBuf::from(disk::file_beside(&image.to_string_lossy(), name));
    let size = declared.size.and_then(|size| size.value.get());
    let present = fs::metadata(&path).map(|file| file.len()).ok();
    match (size, present) {
        (None, Some(_)) => {}
        (None, None) => {
            return Err(
                Failure::usage(format_args!("the disk `{name}` has no file"))
                    .help(format_args!("attach one with `--block {name}:file=PATH`")),
            );
        }
        (Some(size), Some(length)) if length >= size => {}
        (Some(size), _) => {
            let mut options = OpenOptions::new();
            let file = options.write(true).create(true).truncate(false).open(&path);
            let sized = file.and_then(|file| file.set_len(size));
            sized.context(path.display())?;
        }
    }
    Ok(path)
}

/// The nodes of one kind, each of which may be attached once.
struct Nodes<'a> {
    kind: &'static str,
    /// How one of several is attached.
    example: &'static str,
    names: Vec<&'a str>,
    attached: Vec<usize>,
}

impl<'a> Nodes<'a> {
    fn new(kind: &'static str, example: &'static str, names: Vec<&'a str>) -> Self {
        Self {
            kind,
            example,
            names,
            attached: Vec::new(),
        }
    }

    /// Finds the named node, or the only one if `node` is `None`.
    fn find(&mut self, node: Option<&str>) -> Result<usize> {
        let kind = self.kind;
        let name = match (node, self.names.as_slice()) {
            (Some(node), _) => node,
            (None, [only]) => only,
            (None, _) => return Err(self.none(&format!("it is not clear which {kind} is meant"))),
        };
        let Some(index) = self.names.iter().position(|other| *other == name) else {
            return Err(self.none(&format!("the unikernel has no {kind} `{name}`")));
        };
        if self.attached.contains(&index) {
            return Err(Failure::usage(format_args!(
                "the {kind} `{name}` is attached twice"
            )));
        }
        self.attached.push(index);
        Ok(index)
    }

    fn none(&self, cause: &str) -> Failure {
        Failure::usage(cause).help(match self.names.as_slice() {
            [] => "it declares none".into(),
            [only] => format!("the only one is `{only}`"),
            several => format!(
                "it has {}: write `{}`",
                several.join(", "),
                self.example.replace("NODE", several[0])
            ),
        })
    }
}
