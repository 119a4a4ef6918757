//! A server with `picoserve`. Its traits for sockets and timers have to be implemented by the program.
#![no_std]
#![no_main]

use mirage_rt::{
    io::ErrorType,
    net::{Error, ReadHalf, TcpListener, TcpStream, WriteHalf},
};
use picoserve::{
    Config, Router, Server, Timeouts,
    io::{BaseWrite, Socket, Write},
    mem::{BorrowedBuffer, BorrowedCursor},
    routing::get,
    time,
};

struct Runtime;

struct Connection(TcpStream);

impl Socket<Runtime> for Connection {
    type Error = Error;
    type ReadHalf<'a> = ReadHalf<'a>;
    type WriteHalf<'a> = Writer<'a>;

    fn split(&mut self) -> (ReadHalf<'_>, Writer<'_>) {
        let (read, write) = self.0.split();
        (read, Writer(write))
    }

    async fn abort<T: time::Timer<Runtime>>(
        mut self,
        _: &Timeouts,
        _: &T,
    ) -> Result<(), picoserve::Error<Error>> {
        self.0.abort();
        Ok(())
    }

    async fn shutdown<T: time::Timer<Runtime>>(
        self,
        _: &Timeouts,
        _: &T,
    ) -> Result<(), picoserve::Error<Error>> {
        self.0.shutdown();
        Ok(())
    }
}

struct Writer<'a>(WriteHalf<'a>);

impl ErrorType for Writer<'_> {
    type Error = Error;
}

impl BaseWrite for Writer<'_> {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        BaseWrite::write(&mut self.0, data).await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        BaseWrite::flush(&mut self.0).await
    }
}

impl Write for Writer<'_> {
    /// Writes to where the data is sent from.
    async fn write_with<F: FnOnce(BorrowedCursor<'_>) -> R, R>(
        &mut self,
        write: F,
    ) -> Result<R, Error> {
        let mut buffer = BorrowedBuffer::new(self.0.reserve(1024).await?);
        let result = write(buffer.unfilled());
        let length = buffer.len();
        self.0.commit(length).await?;
        Ok(result)
    }
}

struct Timer;

impl time::Timer<Runtime> for Timer {
    async fn delay(&self, duration: time::Duration) {
        mirage_rt::time::sleep(mirage_rt::time::Duration::from_millis(duration.as_millis())).await;
    }
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", tcp(http = 80))]
async fn main(http: TcpListener) -> Result<(), Error> {
    loop {
        let (stream, _) = http.accept().await?;
        mirage_rt::spawn(async {
            let app = Router::new().route("/", get(|| async { "hello" }));
            let config = Config::const_default();
            let mut buffer = [0; 2048];
            let server = Server::custom(&app, Timer, &config, &mut buffer);
            let _ = server.serve(Connection(stream)).await;
        });
    }
}
