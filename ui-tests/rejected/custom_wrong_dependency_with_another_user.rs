#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::Device,
    net::{Network, TcpListener},
    time::Monotonic,
    unikernel,
};

struct CounterConfig;

impl CounterConfig {
    fn wire<C: Monotonic>(self, clock: C) -> Counter<C> {
        Counter(clock)
    }
}

struct Counter<C>(C);

impl<C> Device for Counter<C> {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

#[unikernel(net = "auto", ip = "10.0.0.2", counter = CounterConfig.on(net), tcp(http = 80))]
//~                                                                   ^^^ E0277
async fn main(net: Network, http: TcpListener, counter: Counter<Network>) {
    drop((net, http, counter));
}
