#![no_std]
#![cfg_attr(not(test), no_main)]

macro_rules! server {
    ($name:ident, $address:expr, $port:expr) => {
        #[mirage_rt::unikernel(net = "virtio", ip = $address, tcp($name = $port))]
        async fn main($name: mirage_rt::net::TcpListener) {
            drop($name);
        }
    };
}

server!(http, "10.0.0.2", 28080);
