//! The entry of the process.

/// Defines the process's entry, which evaluates `$start`.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($image:path, $start:expr) => {
        const _: () = {
            #[cfg_attr(not(test), unsafe(export_name = "main"))]
            extern "C" fn start() -> ! {
                $start
            }
            // A use: in tests it is not exported, and would be dead code.
            const _: extern "C" fn() -> ! = start;
        };
    };
}
