#![no_std]
#![cfg_attr(not(test), no_main)]

macro_rules! server {
    ($name:ident: $type:ty, $address:expr, $port:expr) => {
        #[mirage_rt::unikernel(net = "virtio", ip = $address, tcp($name = $port))]
        async fn main($name: $type) {
            drop($name);
        }
    };
}

server!(http: mirage_rt::net::TcpListener, "10.0.0.300", 80);
//~                                        ^^^^^^^^^^^^ MIR020
