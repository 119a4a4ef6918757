//! The command line for gdb at a machine that waits for it.

use crate::{
    failure::{Failure, Result},
    quote::quote,
    symbols::Symbols,
};
use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
};

/// The address at which QEMU waits for gdb.
pub fn address(port: u16) -> String {
    format!("{}:{port}", Ipv4Addr::LOCALHOST)
}

/// Checks that QEMU can wait for gdb at `port`. Otherwise gdb would be connected to whatever is there.
///
/// # Errors
/// The port is in use, or the user must not use it.
pub fn check_port(port: u16) -> Result<()> {
    let Err(error) = TcpListener::bind(address(port)) else {
        return Ok(());
    };
    let cause = format_args!("QEMU cannot wait for gdb at {}: {error}", address(port));
    Err(Failure::usage(cause).help("`--gdb=PORT` chooses another port"))
}

/// Returns the command that connects gdb to a machine at `port` and continues to the first line of `main`,
/// with the symbols in the file `symbols`.
pub fn command(symbols: &Path, crate_name: &str, port: u16) -> Result<String> {
    let place = Symbols::read(symbols)?.first_line_of_main(crate_name);
    let mut line = vec![
        "rust-gdb".into(),
        "--quiet".into(),
        symbols.to_string_lossy().into_owned(),
        "-ex".into(),
        format!("target remote {}", address(port)),
    ];
    if let Some(place) = place {
        // The loader would overwrite a breakpoint in memory.
        line.extend([
            "-ex".into(),
            format!("thbreak {place}"),
            "-ex".into(),
            "continue".into(),
        ]);
    }
    Ok(quote(&line))
}
