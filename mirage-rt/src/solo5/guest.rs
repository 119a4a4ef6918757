//! The command line and the devices of this guest.

use super::manifest::Manifest;
use spin::Once;

static GUEST: Once<Guest> = Once::new();

struct Guest {
    command_line: &'static [u8],
    manifest: Manifest<'static>,
}

/// Keeps the command line and the attached devices. Called once, at boot.
pub(crate) fn initialise(command_line: &'static [u8], manifest: Manifest<'static>) {
    GUEST.call_once(|| Guest {
        command_line,
        manifest,
    });
}

/// The unikernel's command line.
pub(super) fn command_line() -> &'static [u8] {
    GUEST.get().map_or(&[], |guest| guest.command_line)
}

/// The devices that the tender has attached.
pub(super) fn manifest() -> Manifest<'static> {
    GUEST.get().map_or(Manifest::EMPTY, |guest| guest.manifest)
}
