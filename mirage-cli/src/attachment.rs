//! What each interface and each disk of a unikernel is attached to.

use crate::{
    arguments::{Attachment, DiskFile, Net},
    failure::{Context, Failure, Result},
};
use mirage_graph::{
    disk,
    graph::{Disk, Graph, Interface},
};
use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
};

/// An interface and its other end.
pub struct Attached<'a> {
    /// The node's name.
    pub name: &'a str,
    /// The interface.
    pub interface: &'a Interface,
    /// The other end.
    pub net: Net,
}

/// The interfaces in their order, each attached as asked, or else to the user network.
///
/// # Errors
/// What is asked for names no interface, or does not say which of several.
pub fn of_interfaces<'a>(graph: &'a Graph, asked: &[Attachment]) -> Result<Vec<Attached<'a>>> {
    let interfaces = graph.interfaces().map(|(node, interface)| Attached {
        name: graph.node(node).name.as_str(),
        interface,
        net: Net::User,
    });
    let mut interfaces: Vec<_> = interfaces.collect();
    let names: Vec<_> = interfaces.iter().map(|each| each.name).collect();
    let mut nodes = Nodes::new("interface", "--net NODE:tap=IFACE", names);
    for Attachment { node, net } in asked {
        // It is no interface that could be attached in another way.
        if nodes.names.is_empty() && node.is_none() && *net == Net::User {
            continue;
        }
        let index = nodes.find(node.as_deref())?;
        interfaces[index].net = net.clone();
    }
    Ok(interfaces)
}

/// A disk and the file that it is kept in.
pub struct Kept<'a> {
    /// The node's name.
    pub name: &'a str,
    /// The file.
    pub path: PathBuf,
}

/// The disks in their order, each in the file that is asked for, or else in one beside `image`,
/// which is made where there is none.
///
/// # Errors
/// What is asked for names no disk, or does not say which of several; a disk that does not say its
/// size has no file.
pub fn of_disks<'a>(graph: &'a Graph, asked: &[DiskFile], image: &Path) -> Result<Vec<Kept<'a>>> {
    let disks: Vec<_> = graph.disks().collect();
    let names: Vec<_> = disks
        .iter()
        .map(|(node, _)| graph.node(*node).name.as_str())
        .collect();
    let mut files = vec![None; names.len()];
    let mut nodes = Nodes::new("disk", "--block NODE:file=PATH", names.clone());
    for DiskFile { node, path } in asked {
        let index = nodes.find(node.as_deref())?;
        if !path.exists() {
            let path = path.display();
            return Err(
                Failure::usage(format_args!("there is no file `{path}`")).help(format_args!(
                    "`truncate --size 64M {path}` makes one of zeros"
                )),
            );
        }
        files[index] = Some(path.clone());
    }
    let kept = files.into_iter().zip(names).zip(disks);
    kept.map(|((file, name), (_, disk))| {
        let path = match file {
            Some(path) => path,
            None => beside(image, name, disk)?,
        };
        Ok(Kept { name, path })
    })
    .collect()
}

/// The file of a disk beside the image, as large as the disk is declared to be.
fn beside(image: &Path, name: &str, declared: &Disk) -> Result<PathBuf> {
    let path = PathBuf::from(disk::file_beside(&image.to_string_lossy(), name));
    let size = declared.size.and_then(|size| size.value.known());
    let present = fs::metadata(&path).map(|file| file.len()).ok();
    match (size, present) {
        (None, Some(_)) => {}
        (None, None) => {
            return Err(
                Failure::usage(format_args!("the disk `{name}` has no file"))
                    .help(format_args!("`--block {name}:file=PATH` says one")),
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

/// Nodes of one kind, each to be attached once.
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

    /// The node that is meant: the only one, if it is not said.
    fn find(&mut self, node: Option<&str>) -> Result<usize> {
        let kind = self.kind;
        let name = match (node, self.names.as_slice()) {
            (Some(node), _) => node,
            (None, [only]) => only,
            (None, _) => return Err(self.none(&format!("it is not said which {kind} is meant"))),
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
            [only] => format!("there is only `{only}`"),
            several => format!(
                "it has {}: write `{}`",
                several.join(", "),
                self.example.replace("NODE", several[0])
            ),
        })
    }
}
