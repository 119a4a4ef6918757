//! To which unikernel a task belongs: an image is one.

use super::one_core::OneCore;
use crate::shutdown::ShutdownRequest;

static SHUTDOWN_REQUEST: OneCore<ShutdownRequest> = OneCore(ShutdownRequest::new());

/// Returns the host's request for shutdown.
pub(crate) fn shutdown_request() -> &'static ShutdownRequest {
    &SHUTDOWN_REQUEST.0
}

/// Makes `future` a part of the unikernel, which is all that runs here.
pub(crate) fn adopt<F: Future>(future: F) -> F {
    future
}
