#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{device::Device, net::Network, unikernel};

#[unikernel(probe = ProbeConfig.on(net))]
//~                                ^^^ MIR011
async fn main(probe: Probe) {
    drop(probe.0);
}

struct ProbeConfig;

impl ProbeConfig {
    fn wire(self, net: Network) -> Probe {
        Probe(net)
    }
}

struct Probe(Network);

impl Device for Probe {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}
