//! Paths across file systems, the read-only tree and the device nodes.

use super::{CREATE, HERE, NODES, contents, now, open, unikernel};
use crate::fs::{Base, FileError, FileKind, MemoryFiles, OpenOptions, SeekFrom, Timestamp, Tree};
use alloc::rc::Rc;

#[test]
fn the_tree_is_read() {
    let (table, _) = unikernel(1 << 20);
    assert_eq!(contents(&table, "/site/a.txt").unwrap(), b"first");
    assert_eq!(contents(&table, "site/../site/./b.txt").unwrap(), b"second");
    let file = open(&table, "/site/b.txt").unwrap();
    assert_eq!(file.seek(SeekFrom::End, -3), Ok(3));
    let mut bytes = [0; 8];
    assert_eq!(file.read(&mut bytes), Ok(3));
    assert_eq!(&bytes[..3], b"ond");
    let metadata = table.metadata(HERE, b"/site").unwrap();
    assert_eq!((metadata.kind, metadata.links), (FileKind::Directory, 2));
    assert_eq!(metadata.modified, now());
    let tree = Tree::new(&NODES, now());
    assert_eq!(tree.file("site/a.txt"), Some(&b"first"[..]));
    assert_eq!(tree.file("site"), None);
    assert_eq!(tree.file("site/c.txt"), None);
}

#[test]
fn the_tree_is_read_only() {
    let (table, _) = unikernel(1 << 20);
    let opened = |path: &[u8], options| table.open(HERE, path, &options).map(drop);
    let existing = OpenOptions {
        create: false,
        ..CREATE
    };
    assert_eq!(opened(b"/index.html", existing), Err(FileError::ReadOnly));
    assert_eq!(opened(b"/new", CREATE), Err(FileError::ReadOnly));
    assert_eq!(opened(b"/site", existing), Err(FileError::IsADirectory));
    assert_eq!(opened(b"/missing/new", CREATE), Err(FileError::NotFound));
    let reading = OpenOptions {
        create: true,
        ..OpenOptions::READ
    };
    assert_eq!(opened(b"/index.html", reading), Ok(()));
    let made = |path| table.make_directory(HERE, path, 0o755);
    assert_eq!(made(b"/site"), Err(FileError::AlreadyExists));
    assert_eq!(made(b"/new"), Err(FileError::ReadOnly));
    // Linux asks whether the file system can be written before it looks for the name.
    assert_eq!(
        table.remove_file(HERE, b"/missing"),
        Err(FileError::ReadOnly)
    );
    assert_eq!(
        table.remove_directory(HERE, b"/site"),
        Err(FileError::ReadOnly)
    );
    let renamed = table.rename((HERE, b"/index.html"), (HERE, b"/other"));
    assert_eq!(renamed, Err(FileError::ReadOnly));
    let file = open(&table, "/index.html").unwrap();
    assert_eq!(file.write(b"x"), Err(FileError::NotOpenForThis));
    assert_eq!(file.set_permissions(0o600), Err(FileError::ReadOnly));
    assert_eq!(file.set_times(Some(now()), None), Err(FileError::ReadOnly));
}

#[test]
fn parents_cross_mounts() {
    let (table, _) = unikernel(1 << 20);
    table.make_directory(HERE, b"/tmp/a", 0o755).unwrap();
    assert_eq!(
        contents(&table, "/tmp/a/../../index.html").unwrap(),
        b"<p>hello"
    );
    assert_eq!(contents(&table, "/../../index.html").unwrap(), b"<p>hello");
    let canonical = |path| table.canonicalize(HERE, path);
    assert_eq!(
        canonical(b"/tmp/a/../../site/./a.txt").unwrap(),
        b"/site/a.txt"
    );
    assert_eq!(canonical(b"/tmp/./a/").unwrap(), b"/tmp/a");
    assert_eq!(canonical(b"/tmp/..").unwrap(), b"/");
    assert_eq!(canonical(b"index.html").unwrap(), b"/index.html");
    assert_eq!(canonical(b"/index.html/"), Err(FileError::NotADirectory));
    assert_eq!(canonical(b"/index.html/."), Err(FileError::NotADirectory));
    let root = table.metadata(HERE, b"/tmp/..").unwrap();
    let tmp = table.metadata(HERE, b"/tmp").unwrap();
    assert_eq!(root.device, 1);
    assert_eq!((tmp.device, tmp.permissions), (3, 0o1777));
}

#[test]
fn renames_stay_in_their_file_system() {
    let (table, _) = unikernel(1 << 20);
    drop(table.open(HERE, b"/tmp/f", &CREATE).unwrap());
    let rename = |from, to| table.rename((HERE, from), (HERE, to));
    assert_eq!(rename(b"/tmp/f", b"/f"), Err(FileError::CrossesDevices));
    assert_eq!(
        rename(b"/index.html", b"/tmp/g"),
        Err(FileError::CrossesDevices)
    );
}

#[test]
fn mount_points_are_busy() {
    let memory = || Rc::new(MemoryFiles::new(1 << 20, now, |_| ()).unwrap());
    let mut table = crate::fs::MountTable::new(memory()).unwrap();
    table.make_directory(HERE, b"/a", 0o755).unwrap();
    drop(table.open(HERE, b"/f", &CREATE).unwrap());
    table.mount(b"/a", memory()).unwrap();
    assert_eq!(table.mount(b"/a", memory()), Err(FileError::Busy));
    assert_eq!(table.mount(b"/f", memory()), Err(FileError::NotADirectory));
    assert_eq!(table.mount(b"/b", memory()), Err(FileError::NotFound));
    assert_eq!(table.remove_directory(HERE, b"/a"), Err(FileError::Busy));
    let renamed = table.rename((HERE, b"/a"), (HERE, b"/b"));
    assert_eq!(renamed, Err(FileError::Busy));
    assert_eq!(table.remove_directory(HERE, b"/"), Err(FileError::Busy));
    // What is below a mount point is hidden, and each file system has its own names.
    drop(table.open(HERE, b"/a/f", &CREATE).unwrap());
    assert_eq!(table.canonicalize(HERE, b"/a/f").unwrap(), b"/a/f");
}

#[test]
fn the_working_directory_follows_its_directory() {
    let (table, _) = unikernel(1 << 20);
    let go = |path: &str| table.set_working_directory(Rc::new(open(&table, path)?));
    assert_eq!(table.current_directory().unwrap(), b"/");
    assert_eq!(go("/index.html"), Err(FileError::NotADirectory));
    assert_eq!(go("/missing"), Err(FileError::NotFound));
    table.make_directory(HERE, b"/tmp/a", 0o755).unwrap();
    table.make_directory(HERE, b"/tmp/a/b", 0o755).unwrap();
    go("/tmp/a/b").unwrap();
    drop(table.open(HERE, b"f", &CREATE).unwrap());
    assert!(open(&table, "/tmp/a/b/f").is_ok());
    table.rename((HERE, b"/tmp/a"), (HERE, b"/tmp/z")).unwrap();
    assert_eq!(table.current_directory().unwrap(), b"/tmp/z/b");
    table.remove_file(HERE, b"f").unwrap();
    table.remove_directory(HERE, b"../b").unwrap();
    assert_eq!(table.current_directory(), Err(FileError::NotFound));
    let created = table.open(HERE, b"g", &CREATE);
    assert_eq!(created.map(drop), Err(FileError::NotFound));
}

#[test]
fn paths_start_at_an_open_directory() {
    let (table, _) = unikernel(1 << 20);
    let site = open(&table, "/site").unwrap();
    let file = open(&table, "/index.html").unwrap();
    let at = |base, path: &[u8]| table.open(base, path, &OpenOptions::READ).map(drop);
    assert_eq!(at(Base::Directory(&site), b"a.txt"), Ok(()));
    assert_eq!(at(Base::Directory(&site), b"/index.html"), Ok(()));
    assert_eq!(
        at(Base::Directory(&site), b"index.html"),
        Err(FileError::NotFound)
    );
    assert_eq!(
        at(Base::Directory(&file), b"a.txt"),
        Err(FileError::NotADirectory)
    );
    assert_eq!(at(Base::Directory(&file), b"/site"), Ok(()));
}

#[test]
fn device_nodes_are_what_linux_has() {
    let (table, _) = unikernel(1 << 20);
    let node = |path: &[u8]| {
        let options = OpenOptions {
            create: true,
            truncate: true,
            ..CREATE
        };
        table.open(HERE, path, &options).unwrap()
    };
    let mut bytes = [1; 4];
    assert_eq!(node(b"/dev/null").read(&mut bytes), Ok(0));
    assert_eq!(node(b"/dev/null").write(&bytes), Ok(4));
    assert_eq!(node(b"/dev/urandom").read(&mut bytes), Ok(4));
    assert_eq!(bytes, [7; 4]);
    assert_eq!(node(b"/dev/zero").read(&mut bytes), Ok(4));
    assert_eq!(bytes, [0; 4]);
    let null = node(b"/dev/null");
    assert_eq!(null.seek(SeekFrom::Start, 10), Ok(0));
    assert_eq!(null.set_length(10), Err(FileError::InvalidInput));
    let kind = FileKind::CharacterDevice { major: 1, minor: 3 };
    assert_eq!(null.metadata().unwrap().kind, kind);
    let made = table.open(HERE, b"/dev/new", &CREATE);
    assert_eq!(made.map(drop), Err(FileError::ReadOnly));
}

#[test]
fn times_and_permissions_are_stored() {
    let (table, _) = unikernel(1 << 20);
    let file = table.open(HERE, b"/tmp/f", &CREATE).unwrap();
    let earlier = Timestamp {
        seconds: -5,
        nanoseconds: 0,
    };
    file.set_times(None, Some(earlier)).unwrap();
    file.set_permissions(0o600).unwrap();
    let metadata = file.metadata().unwrap();
    assert_eq!((metadata.accessed, metadata.modified), (now(), earlier));
    assert_eq!(metadata.permissions, 0o600);
    file.write(b"x").unwrap();
    assert_eq!(file.metadata().unwrap().modified, now());
    assert!(open(&table, "/tmp/f").unwrap().is_same_file(&file));
}
