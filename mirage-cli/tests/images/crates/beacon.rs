//! A beacon that prints that it shines, for any clock and anything that can be written to.
#![no_std]

use core::{
    fmt::{self, Write},
    time::Duration,
};
use mirage_devices::{
    device::{Config, Device, Share, StartError},
    time::Monotonic,
};

/// The configuration of a beacon.
pub struct BeaconConfig {
    pub name: &'static str,
    /// How often it shines.
    pub period: Duration,
}

impl Config for BeaconConfig {
    const DEFAULT: Self = Self {
        name: "beacon",
        period: Duration::from_secs(3600),
    };
}

impl BeaconConfig {
    pub fn wire<C: Monotonic, W: Write + Clone>(self, clock: C, paper: W) -> Beacon<C, W> {
        Beacon { name: self.name, period: self.period, clock, paper }
    }
}

/// Writes to the beacon go to its output.
#[derive(Clone)]
pub struct Beacon<C, W> {
    name: &'static str,
    period: Duration,
    clock: C,
    paper: W,
}

impl<C: Clone, W: Clone> Share for Beacon<C, W> {}

impl<C, W: Write> Write for Beacon<C, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.paper.write_str(text)
    }
}

impl<C: Monotonic + 'static, W: Write + Clone + 'static> Device for Beacon<C, W> {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        match self.period.is_zero() {
            true => Err(StartError::new("its period is zero")),
            false => Ok(()),
        }
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        let mut beacon = self.clone();
        Some(async move {
            loop {
                beacon.clock.sleep_until(beacon.clock.now() + beacon.period).await;
                let _ = writeln!(beacon.paper, "{} shines", beacon.name);
            }
        })
    }

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        let mut beacon = self.clone();
        Some(async move {
            let _ = writeln!(beacon.paper, "{} goes out", beacon.name);
        })
    }

    fn provide(self) -> Self {
        self
    }
}
