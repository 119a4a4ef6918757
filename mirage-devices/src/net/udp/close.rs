//! Closing a socket that has something to send.

use super::UdpSocket;
use crate::net::{datagrams::PortId, state::Shared};
use alloc::rc::Rc;
use core::{
    mem,
    pin::Pin,
    task::{Context, Poll},
};

impl UdpSocket {
    /// Closes the port, whose number is free from now on, and lets what waits be sent. Its groups are left.
    pub fn close(mut self) -> Closing {
        {
            let state = &mut *self.shared.state.borrow_mut();
            self.leave_groups(state);
            state.datagrams.unbind(self.id);
        }
        let id = mem::replace(&mut self.id, PortId::NONE);
        Closing {
            shared: self.shared.clone(),
            id,
        }
    }
}

/// A socket that was [closed](UdpSocket::close) while it had something to send. The future completes once everything
/// was sent. Dropping it earlier loses the rest.
pub struct Closing {
    shared: Rc<Shared>,
    id: PortId,
}

impl Future for Closing {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let state = &mut *self.shared.state.borrow_mut();
        match state.link_lost {
            true => Poll::Ready(()),
            false => state.datagrams.poll_sent(self.id, context),
        }
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.shared.state.borrow_mut().datagrams.discard(self.id);
    }
}
