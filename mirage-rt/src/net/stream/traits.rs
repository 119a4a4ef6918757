//! The traits of `embedded-io-async`.

use super::{
    Error, OwnedReadHalf, OwnedWriteHalf, ReadHalf, TcpStream, WriteHalf, output::poll_write,
};
use core::future::poll_fn;
use embedded_io_async::{BufRead, ErrorType, Read, Write};

impl ErrorType for &TcpStream {
    type Error = Error;
}

/// `Ok(0)` is the end of what the peer has sent.
impl Read for &TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        poll_fn(|context| self.poll_read(context, buffer)).await
    }
}

/// What is written is sent as soon as the window allows: `flush` has nothing to do.
impl Write for &TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        poll_fn(|context| poll_write(&self.socket, context, data)).await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl ErrorType for TcpStream {
    type Error = Error;
}

/// `Ok(0)` is the end of what the peer has sent.
impl Read for TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        (&*self).read(buffer).await
    }
}

/// No bytes are the end of what the peer has sent.
impl BufRead for TcpStream {
    async fn fill_buf(&mut self) -> Result<&[u8], Error> {
        let input = self.input.get_mut();
        poll_fn(|context| input.poll_fill(&self.socket, context)).await?;
        Ok(input.unread())
    }

    fn consume(&mut self, count: usize) {
        self.input.get_mut().consume(count);
    }
}

/// What is written is sent as soon as the window allows: `flush` has nothing to do.
impl Write for TcpStream {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        (&*self).write(data).await
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

        /// `Ok(0)` is the end of what the peer has sent.
        impl Read for $half {
            async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
                poll_fn(|context| self.poll_read(context, buffer)).await
            }
        }

        /// No bytes are the end of what the peer has sent.
        impl BufRead for $half {
            async fn fill_buf(&mut self) -> Result<&[u8], Error> {
                self.fill().await
            }

            fn consume(&mut self, count: usize) {
                self.consume_unread(count);
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

        /// What is written is sent as soon as the window allows: `flush` has nothing to do.
        impl Write for $half {
            async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
                poll_fn(|context| self.poll_write(context, data)).await
            }

            async fn flush(&mut self) -> Result<(), Error> {
                Ok(())
            }
        }
    };
}

writes!(WriteHalf<'_>);
writes!(OwnedWriteHalf);
