//! The entry of the process.

use crate::graph::{Image, Machine, Outcome, run};

/// Runs a unikernel as this process. Called by the `main` that [`entry!`](crate::entry) makes.
pub fn start<F>(image: &'static Image, unikernel: impl FnOnce(Machine) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    super::arguments::read();
    let report = std::panic::take_hook();
    std::panic::set_hook(alloc::boxed::Box::new(move |panic| {
        report(panic);
        super::exit(255);
    }));
    run(image, unikernel)
}

/// Makes a function the program's entry: `entry!(IMAGE, unikernel)`, where `IMAGE` is a constant
/// [`Image`](crate::graph::Image) and `unikernel` an `async fn(Machine) -> Outcome`.
///
/// Under `cargo test` the test harness has its own entry, and this makes none.
#[macro_export]
macro_rules! entry {
    ($image:path, $unikernel:path) => {
        const _: () = {
            #[cfg_attr(not(test), unsafe(export_name = "main"))]
            #[allow(dead_code)]
            extern "C" fn start() -> ! {
                $crate::__start(&$image, $unikernel)
            }
        };
    };
}
