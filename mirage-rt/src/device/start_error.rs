//! The errors of the runtime with which a device may fail to start.

use super::StartError;
use crate::{
    net::ReuniteError,
    sync::{TryLockError, mpsc, oneshot, watch},
    task::{JoinError, NotSpawned},
    time::TimedOut,
};
use alloc::string::ToString;

/// Converts errors with the message that precedes them. A value that an error holds is dropped.
macro_rules! start_errors {
    ($([$($value:ident)?] $error:ty: $message:literal, $source:expr;)*) => {$(
        impl<$($value)?> From<$error> for StartError {
            fn from(error: $error) -> Self {
                let source: fn($error) -> _ = $source;
                Self::with_source($message, source(error))
            }
        }
    )*};
}

start_errors! {
    [] TimedOut: "the time limit has passed", |error| error;
    [] JoinError: "a task of the device has no output", |error| error;
    [] TryLockError: "a lock was not acquired", |error| error;
    [] oneshot::error::RecvError: "nothing was received", |error| error;
    [] oneshot::error::TryRecvError: "nothing was received", |error| error;
    [] mpsc::error::TryRecvError: "nothing was received", |error| error;
    [] watch::error::RecvError: "nothing was received", |error| error;
    [T] watch::error::SendError<T>: "a value was not sent", |_| watch::error::SendError(());
    [T] mpsc::error::SendError<T>: "a value was not sent", |_| mpsc::error::SendError(());
    [T] mpsc::error::TrySendError<T>: "a value was not sent", |error| match error {
        mpsc::error::TrySendError::Full(_) => mpsc::error::TrySendError::Full(()),
        mpsc::error::TrySendError::Closed(_) => mpsc::error::TrySendError::Closed(()),
    };
    [F] NotSpawned<F>: "a task of the device was not spawned", |_| NotSpawned(());
}

/// The halves are dropped, which closes their connections.
impl From<ReuniteError> for StartError {
    fn from(error: ReuniteError) -> Self {
        Self::new(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, rc::Rc, string::String};
    use core::error::Error;

    fn printed(error: impl Into<StartError>) -> String {
        let error = error.into();
        format!("{error}: {}", error.source().expect("a source"))
    }

    #[test]
    fn errors_become_the_source_without_the_value_that_they_hold() {
        assert_eq!(printed(TimedOut), "the time limit has passed: timed out");
        // A source is `Send`, and this value is not.
        let full = mpsc::error::TrySendError::Full(Rc::new(1));
        assert_eq!(printed(full), "a value was not sent: the channel is full");
        assert_eq!(
            printed(NotSpawned(async {})),
            "a task of the device was not spawned: memory for the task cannot be allocated"
        );
    }
}
