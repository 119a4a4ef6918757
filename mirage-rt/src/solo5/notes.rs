//! The notes by which a tender recognises an image.

use crate::platform::TARGET;
pub use mirage_solo5::note::{ManifestNote, manifest_note_len};
use mirage_solo5::{Abi, note::AbiNote};

#[used]
#[unsafe(link_section = ".note.solo5.abi")]
static ABI: AbiNote = AbiNote::new(Abi::for_target(TARGET).expect("a target of Solo5"));

/// The program interpreter: a path that does not exist, so that the host refuses to execute an image.
#[used]
#[unsafe(link_section = ".interp")]
static INTERPRETER: [u8; 21] = *b"/nonexistent/mirage/\0";

/// Defines the manifest note of an image.
#[doc(hidden)]
#[macro_export]
macro_rules! __notes {
    ($image:path) => {
        #[used]
        #[unsafe(link_section = ".note.solo5.manifest")]
        static _DEVICES: $crate::__solo5::ManifestNote<
            { $crate::__solo5::manifest_note_len($image.solo5_devices) },
        > = $crate::__solo5::ManifestNote::new($image.solo5_devices);
    };
}
