//! Descriptors of mounted files beside those of the host.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, Write},
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};

pub fn run() -> io::Result<()> {
    duplicates()?;
    copies()?;
    processes()?;
    println!("descriptors");
    Ok(())
}

/// Duplicates share the position, and each is closed by itself.
fn duplicates() -> io::Result<()> {
    fs::write("/tmp/duplicates", "one two")?;
    let mut file = File::open("/tmp/duplicates")?;
    let mut other = file.try_clone()?;
    let mut text = [0; 4];
    file.read_exact(&mut text)?;
    drop(file);
    let mut rest = String::new();
    other.read_to_string(&mut rest)?;
    assert_eq!((&text, rest.as_str()), (b"one ", "two"));
    drop(other);
    // The number is that of a socket next.
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    client.write_all(b"x")?;
    server.read_exact(&mut text[..1])?;
    assert_eq!(text[0], b'x');
    Ok(())
}

/// The standard library tries to copy in the kernel.
fn copies() -> io::Result<()> {
    assert_eq!(fs::copy("/index.html", "/tmp/copy")?, 9);
    assert_eq!(fs::read("/tmp/copy")?, b"the page\n");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    let mut file = File::options().read(true).write(true).open("/tmp/copy")?;
    assert_eq!(io::copy(&mut file, &mut client)?, 9);
    drop(client);
    file.rewind()?;
    assert_eq!(io::copy(&mut server, &mut file)?, 9);
    assert_eq!(fs::read("/tmp/copy")?, b"the page\n");
    Ok(())
}

/// Programs of the host have the host's files.
fn processes() -> io::Result<()> {
    let output = Command::new("cat")
        .arg("/etc/passwd")
        .stdin(Stdio::null())
        .output()?;
    assert!(output.status.success() && !output.stdout.is_empty());
    let mut command = Command::new("pwd");
    // SAFETY: the function only looks for a file. Because of it, the child is forked and not spawned.
    let command = unsafe { command.pre_exec(|| fs::metadata("/usr").map(drop)) };
    assert_eq!(command.current_dir("/usr").output()?.stdout, b"/usr\n");
    Ok(())
}
