//! Standard input, output and error: the console, which has no input.

use super::{Errno, description::Description};
use crate::platform;
use core::any::Any;

/// The console.
pub(super) struct Console;

impl Description for Console {
    fn read(&self, _buffer: &mut [u8]) -> Result<usize, Errno> {
        Ok(0)
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        platform::write_console(data);
        Ok(data.len())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
