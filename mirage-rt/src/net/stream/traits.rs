//! The traits of `embedded-io-async`.
//!
//! `read` and `write` return their futures as they are: an `async fn` around them would be one more state
//! to check each time that a connection is polled.

use super::{
    Error, OwnedReadHalf, OwnedWriteHalf, ReadHalf, TcpStream, WriteHalf, output::poll_write,
};
use core::{
    future::poll_fn,
    task::{Context, Waker},
};
use embedded_io_async::{BufRead, ErrorType, Read, ReadReady, Write, WriteReady};

impl ErrorType for &TcpStream {
    type Error = Error;
}

/// `Ok(0)` means that the peer has shut down its direction.
impl Read for &TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Error>> {
        poll_fn(move |context| self.poll_read(context, buffer))
    }
}

/// Written data is sent as soon as the window allows, so `flush` does nothing.
impl Write for &TcpStream {
    fn write(&mut self, data: &[u8]) -> impl Future<Output = Result<usize, Error>> {
        poll_fn(move |context| poll_write(&self.socket, context, data))
    }

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl ErrorType for TcpStream {
    type Error = Error;
}

/// `Ok(0)` means that the peer has shut down its direction.
impl Read for TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Error>> {
        poll_fn(move |context| {
            let input = self.input.get_mut();
            input.poll_read(&self.socket, context, buffer)
        })
    }
}

/// An empty buffer means that the peer has shut down its direction.
impl BufRead for TcpStream {
    async fn fill_buf(&mut self) -> Result<&[u8], Error> {
        let input = self.input.get_mut();
        poll_fn(|context| input.poll_fill(&self.socket, context)).await?;
        Ok(input.unread())
    }

    fn consume(&mut self, count: usize) {
        self.input.get_mut().consume(&self.socket, count);
    }
}

impl ReadReady for TcpStream {
    fn read_ready(&mut self) -> Result<bool, Error> {
        let context = &mut Context::from_waker(Waker::noop());
        let readable = self.input.get_mut().poll_readable(&self.socket, context);
        Ok(readable.is_ready())
    }
}

impl WriteReady for TcpStream {
    fn write_ready(&mut self) -> Result<bool, Error> {
        let context = &mut Context::from_waker(Waker::noop());
        Ok(self.socket.poll_write_ready(context).is_ready())
    }
}

/// Written data is sent as soon as the window allows, so `flush` does nothing.
impl Write for TcpStream {
    fn write(&mut self, data: &[u8]) -> impl Future<Output = Result<usize, Error>> {
        poll_fn(move |context| poll_write(&self.socket, context, data))
    }

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

macro_rules! reads {
    ($half:ty) => {
        impl ErrorType for $half {
            type Error = Error;
        }

        /// `Ok(0)` means that the peer has shut down its direction.
        impl Read for $half {
            fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Error>> {
                poll_fn(move |context| self.poll_read(context, buffer))
            }
        }

        /// An empty buffer means that the peer has shut down its direction.
        impl BufRead for $half {
            async fn fill_buf(&mut self) -> Result<&[u8], Error> {
                self.fill().await
            }

            fn consume(&mut self, count: usize) {
                self.consume_unread(count);
            }
        }

        impl ReadReady for $half {
            fn read_ready(&mut self) -> Result<bool, Error> {
                let context = &mut Context::from_waker(Waker::noop());
                Ok(self.poll_readable(context).is_ready())
            }
        }
    };
}

reads!(ReadHalf<'_>);
reads!(OwnedReadHalf);

macro_rules! writes {
    ($half:ty) => {
        impl ErrorType for $half {
            type Error = Error;
        }

        /// Written data is sent as soon as the window allows, so `flush` does nothing.
        impl Write for $half {
            fn write(&mut self, data: &[u8]) -> impl Future<Output = Result<usize, Error>> {
                poll_fn(move |context| self.poll_write(context, data))
            }

            async fn flush(&mut self) -> Result<(), Error> {
                Ok(())
            }
        }

        impl WriteReady for $half {
            fn write_ready(&mut self) -> Result<bool, Error> {
                let context = &mut Context::from_waker(Waker::noop());
                Ok(self.poll_write_ready(context).is_ready())
            }
        }
    };
}

writes!(WriteHalf<'_>);
writes!(OwnedWriteHalf);
