//! Servers that a program asks. Each serves one client.

use crate::machine::Outcome;
use std::{
    env, fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    os::unix::fs::MetadataExt,
    process::{self, Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs.
pub struct Server {
    port: u16,
    kind: Kind,
}

enum Kind {
    /// A thread, which sends what it finds.
    Thread(Receiver<io::Result<bool>>),
    /// A process, whose client finds out by itself.
    Process(Child),
}

impl Server {
    /// Returns its port on the loopback interface.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns whether the client has said what it should.
    pub fn end(self) -> Outcome {
        match &self.kind {
            Kind::Thread(found) => match found.recv_timeout(PATIENCE) {
                Ok(Ok(true)) => Ok(()),
                Ok(Ok(false)) => Err("the server received something else".into()),
                Ok(Err(cause)) => Err(format!("the server failed: {cause}")),
                Err(_) => Err("the server received nothing".into()),
            },
            Kind::Process(_) => Ok(()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Kind::Process(child) = &mut self.kind {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Serves one connection in a thread.
fn serve(talk: fn(TcpStream) -> io::Result<bool>) -> Result<Server, String> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|cause| cause.to_string())?;
    let port = listener
        .local_addr()
        .map_err(|cause| cause.to_string())?
        .port();
    let (sender, found) = mpsc::channel();
    thread::spawn(move || {
        let outcome = listener.accept().and_then(|(stream, _)| {
            stream.set_read_timeout(Some(PATIENCE))?;
            talk(stream)
        });
        let _ = sender.send(outcome);
    });
    Ok(Server {
        port,
        kind: Kind::Thread(found),
    })
}

/// An HTTP server that answers with `hello`.
pub fn http() -> Result<Server, String> {
    serve(|mut stream| {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            request.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")?;
        Ok(request.starts_with(b"GET / HTTP/1.1\r\n"))
    })
}

/// An MQTT 5 broker that expects the message `hello`.
pub fn mqtt() -> Result<Server, String> {
    serve(|mut stream| {
        let mut is_published = false;
        loop {
            let (kind, packet) = match read_packet(&mut stream) {
                Ok(read) => read,
                Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                    return Ok(is_published);
                }
                Err(cause) => return Err(cause),
            };
            match kind >> 4 {
                // CONNECT: CONNACK without properties.
                1 => stream.write_all(&[0x20, 3, 0, 0, 0])?,
                // PUBLISH: PUBACK, if the quality of service is 1.
                3 => {
                    is_published = packet.ends_with(b"hello");
                    let name = packet.get(..2).map_or(0, |length| {
                        usize::from(u16::from_be_bytes([length[0], length[1]]))
                    });
                    if let (1, Some(id)) = (kind >> 1 & 3, packet.get(2 + name..4 + name)) {
                        stream.write_all(&[0x40, 2, id[0], id[1]])?;
                    }
                }
                // PINGREQ: PINGRESP.
                12 => stream.write_all(&[0xD0, 0])?,
                // DISCONNECT.
                14 => return Ok(is_published),
                _ => {}
            }
        }
    })
}

/// Returns the first byte of an MQTT packet, and what follows its length.
fn read_packet(stream: &mut TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    let kind = byte[0];
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        stream.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7F) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut packet = vec![0; length];
    stream.read_exact(&mut packet)?;
    Ok((kind, packet))
}

/// A time server, at 1 January 2026.
pub fn ntp() -> Result<Server, String> {
    // Seconds from 1900.
    const DATE: u32 = 3_976_214_400;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|cause| cause.to_string())?;
    let port = socket
        .local_addr()
        .map_err(|cause| cause.to_string())?
        .port();
    let (sender, found) = mpsc::channel();
    thread::spawn(move || {
        let answer = || {
            socket.set_read_timeout(Some(PATIENCE))?;
            let mut request = [0; 48];
            let (length, client) = socket.recv_from(&mut request)?;
            let mut answer = [0; 48];
            // Version 4, a server, of stratum 1.
            answer[..4].copy_from_slice(&[0x24, 1, 0, 0xEC]);
            for start in [16, 32, 40] {
                answer[start..start + 4].copy_from_slice(&DATE.to_be_bytes());
            }
            // The request's time of transmission.
            answer[24..32].copy_from_slice(&request[40..]);
            socket.send_to(&answer, client)?;
            Ok(length == 48)
        };
        let _ = sender.send(answer());
    });
    Ok(Server {
        port,
        kind: Kind::Thread(found),
    })
}

/// `openssl s_server` with a certificate of its own.
pub fn tls() -> Result<Server, String> {
    let folder = env::temp_dir().join(format!("compatibility-tls-{}", process::id()));
    fs::create_dir_all(&folder).map_err(|cause| cause.to_string())?;
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ]);
    openssl.args(["-nodes", "-days", "2", "-subj", "/CN=server", "-keyout"]);
    openssl.arg(&key).arg("-out").arg(&certificate);
    let made = openssl
        .output()
        .map_err(|cause| format!("openssl: {cause}"))?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into());
    }
    let port = free_port()?;
    let mut openssl = Command::new("openssl");
    openssl.args([
        "s_server",
        "-quiet",
        "-www",
        "-tls1_3",
        "-accept",
        &port.to_string(),
        "-key",
    ]);
    openssl.arg(&key).arg("-cert").arg(&certificate);
    let server = start(openssl, port);
    let _ = fs::remove_dir_all(&folder);
    server
}

/// `redis-server`, without a file.
pub fn redis() -> Result<Server, String> {
    let mut redis = Command::new("redis-server");
    let port = free_port()?;
    redis.args([
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--port",
        &port.to_string(),
    ]);
    start(redis, port)
}

/// PostgreSQL with a new database, which trusts its clients. It does not run as root: then as the user `postgres`.
pub fn postgres() -> Result<Server, String> {
    let folder = env::temp_dir().join(format!("compatibility-postgres-{}", process::id()));
    let port = free_port()?;
    let script = format!(
        "set -e; rm -rf {folder}; PATH=$PATH:$(echo /usr/lib/postgresql/*/bin); \
         initdb --auth=trust --username=postgres --pgdata={folder} > /dev/null; \
         exec postgres -D {folder} -h 127.0.0.1 -p {port} -k ''",
        folder = folder.display()
    );
    let is_root = fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0);
    let mut command = match is_root {
        true => {
            let mut setpriv = Command::new("setpriv");
            setpriv.args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "sh",
            ]);
            setpriv
        }
        false => Command::new("sh"),
    };
    command.args(["-c", &script]);
    start(command, port)
}

fn free_port() -> Result<u16, String> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    Ok(free.map_err(|cause| cause.to_string())?.port())
}

/// Starts a server and waits until it listens.
fn start(mut command: Command, port: u16) -> Result<Server, String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = command
        .spawn()
        .map_err(|cause| format!("{command:?}: {cause}"))?;
    let server = Server {
        port,
        kind: Kind::Process(child),
    };
    let listens = (0..600).any(|_| {
        thread::sleep(Duration::from_millis(50));
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
    });
    match listens {
        true => Ok(server),
        false => Err(format!("{command:?} does not listen")),
    }
}
