//! A program with std that binds ports with blocking sockets, and ends as its client says.

use mirage_rt::{
    console::Console,
    device::Device,
    time::{Clock, Duration},
    unikernel,
};
use std::{
    env,
    error::Error,
    io::{BufRead, BufReader, ErrorKind, Write},
    net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket},
    pin::pin,
    process,
    sync::Arc,
    task::{Context, Poll, Wake},
    thread,
};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(http = 80, admin = 90),
    udp(echo = 7),
    env(GREETING = "hello"),
    _speaker = Speaker.on(console),
)]
fn main(clock: Clock) -> Result<(), Box<dyn Error>> {
    println!("arguments: {:?}", env::args().skip(1).collect::<Vec<_>>());
    println!(
        "variables: {:?}",
        ["GREETING", "MODE"].map(|name| env::var(name).ok())
    );
    // On all addresses, of either family, and on its own.
    let http = TcpListener::bind("[::]:80").or_else(|_| TcpListener::bind("0.0.0.0:80"))?;
    let admin = TcpListener::bind("10.0.0.2:90")?;
    let echo = UdpSocket::bind("0.0.0.0:7")?;
    for address in ["0.0.0.0:0", "127.0.0.1:0"] {
        println!("{address}: {:?}", tcp(address));
        println!("udp {address}: {:?}", udp(address));
    }
    for address in ["0.0.0.0:81", "10.0.0.2:7", "10.0.0.9:80", "0.0.0.0:80"] {
        println!("{address}: {:?}", tcp(address));
    }
    println!("udp 0.0.0.0:80: {:?}", udp("0.0.0.0:80"));
    println!("loopback: {:?}", loopback());
    // The clock's timers wake any thread.
    block_on(clock.sleep(Duration::from_millis(1)));
    thread::spawn(move || reflect(&echo));
    thread::spawn(move || admin.incoming().flatten().for_each(greet));
    println!("it waits");
    for stream in http.incoming() {
        let mut order = String::new();
        BufReader::new(stream?).read_line(&mut order)?;
        match order.trim() {
            "return" => return Ok(()),
            "fail" => return Err("no such luck".into()),
            "exit" => exit_on_another_thread(),
            "panic" => panic_on_another_thread(),
            other => println!("what is `{other}`?"),
        }
    }
    Ok(())
}

fn tcp(address: impl ToSocketAddrs) -> Result<(), ErrorKind> {
    let bound = TcpListener::bind(address);
    bound.map(drop).map_err(|error| error.kind())
}

fn udp(address: impl ToSocketAddrs) -> Result<(), ErrorKind> {
    let bound = UdpSocket::bind(address);
    bound.map(drop).map_err(|error| error.kind())
}

/// Connects to itself, where it listens at a port that it does not choose.
fn loopback() -> Result<bool, ErrorKind> {
    let both = || {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        let (_, peer) = listener.accept()?;
        Ok(client.local_addr()? == peer)
    };
    both().map_err(|error: std::io::Error| error.kind())
}

/// Waits for a future.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Thread(thread::Thread);
    impl Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Thread(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Sends every datagram back.
fn reflect(socket: &UdpSocket) {
    let mut buffer = [0; 1500];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
        let _: Result<usize, _> = socket.send_to(&buffer[..length], peer);
    }
}

fn greet(mut stream: TcpStream) {
    let _ = stream.write_all(b"hello\n");
    let _: Option<SocketAddr> = stream.peer_addr().ok();
}

fn exit_on_another_thread() {
    let thread = thread::spawn(|| process::exit(7));
    let _ = thread.join();
}

fn panic_on_another_thread() {
    let thread = thread::spawn(|| panic!("number 3 is unlucky"));
    let _ = thread.join();
    println!("the panic has ended one thread only");
}

/// The configuration of a device that prints that it stops.
struct Speaker;

impl Speaker {
    fn wire(self, console: Console) -> Speaking {
        Speaking(console)
    }
}

struct Speaking(Console);

impl Device for Speaking {
    type Output = ();

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        use core::fmt::Write;
        let mut console = self.0;
        Some(async move {
            mirage_rt::yield_now().await;
            let _ = writeln!(console, "the device has stopped");
        })
    }

    fn provide(self) {}
}
