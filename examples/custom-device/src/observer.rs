//! An observer of a cache, which prints when the number of fresh entries changes.

use crate::cache::Cache;
use core::fmt::Write;
use mirage_rt::{
    console::Console,
    device::{Config, Device, Monotonic, StartError},
    time::Duration,
};

/// The configuration of an observer.
#[derive(Debug)]
pub struct ObserverConfig {
    /// How often it looks.
    pub period: Duration,
}

impl Config for ObserverConfig {
    const DEFAULT: Self = Self {
        period: Duration::from_secs(1),
    };
}

impl ObserverConfig {
    /// The observer of this cache, which prints on this console.
    pub fn wire<C: Monotonic>(self, cache: Cache<C>, clock: C, console: Console) -> Observer<C> {
        Observer {
            period: self.period,
            cache,
            clock,
            console,
        }
    }
}

/// An observer: it has only work in the background.
#[derive(Debug)]
pub struct Observer<C> {
    period: Duration,
    cache: Cache<C>,
    clock: C,
    console: Console,
}

impl<C: Monotonic + 'static> Device for Observer<C> {
    type Output = ();

    async fn start(&mut self) -> Result<(), StartError> {
        if self.period.is_zero() {
            return Err(StartError::new("its period is zero"));
        }
        Ok(())
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        let (cache, clock, mut console) = (self.cache.clone(), self.clock.clone(), self.console);
        let period = self.period;
        Some(async move {
            let mut known = 0;
            loop {
                if cache.fresh() != known {
                    known = cache.fresh();
                    let _ = writeln!(console, "{known} fresh");
                }
                clock.sleep_until(clock.now() + period).await;
            }
        })
    }

    fn provide(self) {}
}
