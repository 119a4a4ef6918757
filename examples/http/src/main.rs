//! An HTTP/1.1 server with one page: keep-alive, pipelining, and a time limit for slow clients.
#![no_std]
#![cfg_attr(not(test), no_main)]

mod connection;
mod request;
mod response;
#[cfg(test)]
mod tests;

use mirage_rt::{
    net::{Error, TcpListener},
    unikernel,
};

#[unikernel(name = "http", net = "auto", ip = "10.0.0.2", tcp(http = 80))]
async fn main(http: TcpListener) -> Result<(), Error> {
    loop {
        let (connection, _) = http.accept().await?;
        mirage_rt::spawn(connection::serve(connection));
    }
}
