//! Symbols of the unwinder. A panic aborts, so nothing unwinds, and backtraces follow frame pointers.

use core::ffi::c_int;

/// `_URC_END_OF_STACK`: there are no frames.
const END_OF_STACK: c_int = 5;

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Backtrace() -> c_int {
    END_OF_STACK
}

/// Defines functions that only code which unwinds calls.
macro_rules! never_called {
    ($($name:ident)*) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> usize {
                0
            }
        )*
    };
}

never_called! {
    _Unwind_GetDataRelBase
    _Unwind_GetIP
    _Unwind_GetIPInfo
    _Unwind_GetLanguageSpecificData
    _Unwind_GetRegionStart
    _Unwind_GetTextRelBase
    _Unwind_SetGR
    _Unwind_SetIP
    _Unwind_FindEnclosingFunction
    _Unwind_GetCFA
}

/// Calls nothing: there is one object, and it has no unwinding tables.
#[unsafe(no_mangle)]
extern "C" fn dl_iterate_phdr() -> c_int {
    0
}
