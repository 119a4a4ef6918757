//! An HTTP/1.1 server made of the crate `edge-http`, which knows nothing of this runtime: connections implement the
//! traits of `edge-nal`, and its time limits are timers of `embassy-time`.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{boxed::Box, vec};
use core::fmt::{Debug, Display};
use edge_http::{
    Method,
    io::{
        Error,
        server::{Connection, Handler, Server},
    },
};
use edge_nal::{WithTimeout, WithTimeoutError};
use mirage_rt::{
    io::{Read, Write},
    net::{self, TcpListener},
    unikernel,
};

/// How many connections are served at once. Others wait.
const CONNECTIONS: usize = 16;
/// The size of a request's head in bytes, and its number of headers.
const HEAD: usize = 2048;
const HEADERS: usize = 32;
/// How long a connection may be silent, in milliseconds.
const SILENCE: u32 = 5_000;
/// Upper bound on the length of what is echoed.
const BODY: usize = 4096;

#[unikernel(name = "edge-http", net = "auto", ip = "10.0.0.2", tcp(http = 80))]
async fn main(http: TcpListener) -> Result<(), Error<WithTimeoutError<net::Error>>> {
    // The crate waits without a limit for the rest of a request, and for the end of a connection.
    let http = WithTimeout::new(SILENCE, http);
    let mut server = Box::new(Server::<CONNECTIONS, HEAD, HEADERS>::new());
    server.run(Some(SILENCE), http, Site).await
}

/// The page at `/`, and `/echo`, which returns what is posted there.
struct Site;

impl Handler for Site {
    type Error<E: Debug> = Error<E>;

    async fn handle<T: Read + Write, const N: usize>(
        &self,
        _task: impl Display + Copy,
        connection: &mut Connection<'_, T, N>,
    ) -> Result<(), Error<T::Error>> {
        let head = connection.headers()?;
        let (status, reason) = match (head.path, head.method) {
            ("/", Method::Get) => (200, "OK"),
            ("/echo", Method::Post) => return echo(connection).await,
            ("/" | "/echo", _) => (405, "Method Not Allowed"),
            _ => (404, "Not Found"),
        };
        let headers = [("Content-Type", "text/plain")];
        connection
            .initiate_response(status, Some(reason), &headers)
            .await?;
        let body = if status == 200 { "hello" } else { reason };
        connection.write_all(body.as_bytes()).await
    }
}

/// Returns the body of the request, up to [`BODY`] bytes of it.
async fn echo<T: Read + Write, const N: usize>(
    connection: &mut Connection<'_, T, N>,
) -> Result<(), Error<T::Error>> {
    // On the heap: an array would be a part of each task.
    let mut body = vec![0; BODY];
    let mut length = 0;
    while length < body.len() {
        match connection.read(&mut body[length..]).await? {
            0 => break,
            count => length += count,
        }
    }
    connection.initiate_response(200, Some("OK"), &[]).await?;
    connection.write_all(&body[..length]).await
}
