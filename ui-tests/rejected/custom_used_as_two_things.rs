#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, time::Clock, unikernel};
use ui_tests::cache::{Cache, CacheConfig};

struct ProbeConfig;

impl ProbeConfig {
    fn wire(self, _network: Network) -> Cache<Clock> {
        CacheConfig { capacity: 8, seconds: 1 }.wire(Clock)
    }
}

#[unikernel(cache = CacheConfig { capacity: 8 }.on(clock), probe = ProbeConfig.on(clock))]
//~                                                                               ^^^^^ E0308
async fn main(_cache: Cache<Clock>, _probe: Cache<Clock>) {}
