//! Looks for files of the host, and uses those of the graph in ways in which only a process could fail.

mod descriptors;

use std::{
    env,
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    net::ToSocketAddrs,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    thread,
};

#[mirage_rt::unikernel(root = "files/", tmp = "256KiB", threads(max = 16))]
fn main() -> io::Result<()> {
    files_of_the_host();
    files_of_the_graph()?;
    descriptors::run()?;
    threads();
    asynchronous()?;
    sockets()?;
    if env::args().any(|argument| argument == "panic") {
        unlucky(3);
    }
    println!("done");
    Ok(())
}

fn kind<T>(result: io::Result<T>) -> Result<(), ErrorKind> {
    result.map(drop).map_err(|error| error.kind())
}

fn files_of_the_host() {
    let package = env!("CARGO_MANIFEST_DIR");
    let escape = format!("/tmp/../../..{package}/Cargo.toml");
    let own = format!("{package}/Cargo.toml");
    // The first is a file that the host has in `/tmp`.
    let given = env::args().skip(1).take(1);
    let paths = [
        &own,
        &escape,
        "/etc/passwd",
        "/proc/self/status",
        "Cargo.toml",
    ];
    for path in given.chain(paths.into_iter().map(String::from)) {
        assert_eq!(kind(File::open(&path)), Err(ErrorKind::NotFound), "{path}");
        assert_eq!(
            kind(fs::metadata(&path)),
            Err(ErrorKind::NotFound),
            "{path}"
        );
        assert_eq!(
            kind(fs::canonicalize(&path)),
            Err(ErrorKind::NotFound),
            "{path}"
        );
        assert!(fs::remove_file(&path).is_err(), "{path}");
        assert!(!Path::new(&path).exists(), "{path}");
    }
    for path in [package, "/proc/self/fd", "/usr"] {
        assert_eq!(kind(fs::read_dir(path)), Err(ErrorKind::NotFound), "{path}");
    }
    let executable = env::current_exe().expect("a path");
    for changing in [
        kind(fs::write(&executable, "")),
        kind(fs::metadata(&executable)),
        kind(fs::remove_dir_all(&executable)),
    ] {
        assert_eq!(changing, Err(ErrorKind::NotFound));
    }
    println!("no file of the host");
}

fn files_of_the_graph() -> io::Result<()> {
    assert_eq!(env::current_dir()?, Path::new("/"));
    assert_eq!(env::temp_dir(), Path::new("/tmp"));
    let names = |path| -> io::Result<Vec<_>> {
        let entries = fs::read_dir(path)?;
        entries.map(|entry| Ok(entry?.file_name())).collect()
    };
    assert_eq!(names("/")?, ["dev", "etc", "index.html", "tmp"]);
    assert_eq!(names("/tmp")?, [""; 0]);
    assert_eq!(fs::read_to_string("index.html")?, "the page\n");
    let read_only = Err(ErrorKind::ReadOnlyFilesystem);
    assert_eq!(kind(fs::write("/index.html", "")), read_only);
    assert_eq!(kind(fs::create_dir("/directory")), read_only);
    let mut file = File::create("/tmp/large")?;
    let full = (0..64).find_map(|_| file.write_all(&[7; 8192]).err());
    assert_eq!(full.map(|error| error.kind()), Some(ErrorKind::StorageFull));
    drop(file);
    fs::remove_file("/tmp/large")?;
    fs::write("/tmp/new", "text")?;
    let metadata = fs::metadata("/tmp/new")?;
    assert!(
        metadata
            .created()?
            .elapsed()
            .is_ok_and(|age| age.as_secs() < 60)
    );
    println!("files of the graph");
    Ok(())
}

/// Each thread has a file of its own, and one is everyone's.
fn threads() {
    thread::scope(|scope| {
        for index in 0..8_u8 {
            scope.spawn(move || use_files(index).expect("files"));
        }
    });
    let shared = fs::read("/tmp/shared").expect("a file");
    assert_eq!(shared.len(), 8 * 100 * 4);
    assert!(
        shared
            .chunks(4)
            .all(|record| record.iter().all(|byte| *byte == record[0]))
    );
    println!("threads");
}

fn use_files(index: u8) -> io::Result<()> {
    let path = format!("/tmp/thread-{index}");
    let mut shared = File::options()
        .append(true)
        .create(true)
        .open("/tmp/shared")?;
    for round in 0..100_u8 {
        let contents = [index, round];
        fs::write(&path, contents)?;
        // Numbers are closed and reserved anew all the time.
        let (mut one, mut other) = UnixStream::pair()?;
        one.write_all(&contents)?;
        let mut received = [0; 2];
        other.read_exact(&mut received)?;
        assert_eq!(received, contents);
        assert_eq!(fs::read(&path)?, contents);
        // The end of a list is known by the error number.
        for entry in fs::read_dir("/tmp")? {
            entry?;
        }
        shared.lock()?;
        shared.write_all(&[index; 4])?;
        shared.unlock()?;
        fs::remove_file(&path)?;
    }
    Ok(())
}

fn asynchronous() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::fs::write("/tmp/asynchronous", "text").await?;
        assert_eq!(tokio::fs::read("/tmp/asynchronous").await?, b"text");
        let host = tokio::fs::read("/etc/passwd").await;
        assert_eq!(kind(host), Err(ErrorKind::NotFound));
        io::Result::Ok(())
    })?;
    println!("asynchronous");
    Ok(())
}

fn sockets() -> io::Result<()> {
    assert!(UnixListener::bind("/tmp/socket").is_err());
    assert!(UnixStream::connect("/tmp/socket").is_err());
    let mut addresses = "server.example:80".to_socket_addrs()?;
    assert_eq!(addresses.next(), "192.0.2.7:80".parse().ok());
    println!("sockets");
    Ok(())
}

#[inline(never)]
fn unlucky(number: u32) {
    panic!("number {number} is unlucky");
}
