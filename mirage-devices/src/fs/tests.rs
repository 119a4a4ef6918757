//! The file systems and the mount table.

mod host;
mod limits;
mod listing;
mod mounts;

use crate::fs::{
    Base, DeviceNodes, DirectoryStream, FileError, MemoryFiles, MountTable, OpenFile, OpenOptions,
    Timestamp, Tree, TreeNode,
};
use alloc::{
    rc::Rc,
    string::{String, ToString},
    vec::Vec,
};

const HERE: Base<'static> = Base::WorkingDirectory;

const CREATE: OpenOptions = OpenOptions {
    read: true,
    write: true,
    create: true,
    ..OpenOptions::READ
};

/// `/index.html`, `/site/a.txt`, `/site/b.txt`, and directories to mount at.
static NODES: [TreeNode; 7] = [
    TreeNode::directory("", 0, 1, 5),
    TreeNode::directory("dev", 0, 7, 7),
    TreeNode::file("index.html", 0, b"<p>hello"),
    TreeNode::directory("site", 0, 5, 7),
    TreeNode::directory("tmp", 0, 7, 7),
    TreeNode::file("a.txt", 3, b"first"),
    TreeNode::file("b.txt", 3, b"second"),
];

fn now() -> Timestamp {
    Timestamp {
        seconds: 1_000,
        nanoseconds: 1,
    }
}

/// The tree with device nodes in `/dev` and memory in `/tmp`.
fn unikernel(limit: u64) -> (MountTable, Rc<MemoryFiles>) {
    let memory = Rc::new(MemoryFiles::new(limit, now, |_| ()).unwrap());
    let mut table = MountTable::new(Rc::new(Tree::new(&NODES, now()))).unwrap();
    let devices = DeviceNodes::new(|bytes| bytes.fill(7), now());
    table.mount(b"/dev", Rc::new(devices)).unwrap();
    let mounted: Rc<MemoryFiles> = Rc::clone(&memory);
    table.mount(b"/tmp", mounted).unwrap();
    (table, memory)
}

fn open(table: &MountTable, path: &str) -> Result<OpenFile, FileError> {
    table.open(HERE, path.as_bytes(), &OpenOptions::READ)
}

fn contents(table: &MountTable, path: &str) -> Result<Vec<u8>, FileError> {
    let file = open(table, path)?;
    let mut bytes = alloc::vec![0; file.metadata()?.length as usize];
    let count = file.read(&mut bytes)?;
    assert_eq!(count, bytes.len(), "{path} was read in part");
    assert_eq!(file.read(&mut [0]), Ok(0), "{path} goes on");
    Ok(bytes)
}

fn names(table: &MountTable, path: &str) -> Result<Vec<String>, FileError> {
    let directory = open(table, path)?;
    let mut stream = DirectoryStream::new();
    let mut names = Vec::new();
    while let Some(entry) = stream.next(table, &directory)? {
        names.push(core::str::from_utf8(entry.name).unwrap().to_string());
    }
    Ok(names)
}
