//! `poll` (POSIX.1-2024).

use super::{Errno, descriptors, descriptors::OpenFile, errno::returned};
use crate::{
    platform, thread,
    time::{Duration, sleep_until},
};
use ::libc::pollfd;
use alloc::rc::Rc;
use core::{
    ffi::{c_int, c_short},
    future::poll_fn,
    pin::pin,
    slice,
    task::{Context, Poll},
};

/// The events of `poll` have the numbers of those of `epoll`.
const _: () = assert!(
    ::libc::POLLIN as i32 == ::libc::EPOLLIN
        && ::libc::POLLOUT as i32 == ::libc::EPOLLOUT
        && ::libc::POLLRDHUP as i32 == ::libc::EPOLLRDHUP
);

/// What is ready for a descriptor.
fn ready(entry: &pollfd) -> (c_short, Option<Rc<OpenFile>>) {
    let always = ::libc::POLLERR | ::libc::POLLHUP;
    match descriptors::get(entry.fd) {
        _ if entry.fd < 0 => (0, None),
        Err(_) => (::libc::POLLNVAL, None),
        Ok(file) => {
            let ready = file.description.poll() as c_short & (entry.events | always);
            (ready, Some(file))
        }
    }
}

/// Stores what is ready, and returns for how many descriptors something is. Otherwise the task is woken when something
/// may be.
fn check(entries: &mut [pollfd], context: Option<&mut Context<'_>>) -> c_int {
    let mut count = 0;
    for entry in entries.iter_mut() {
        entry.revents = ready(entry).0;
        count += c_int::from(entry.revents != 0);
    }
    if let (0, Some(context)) = (count, context) {
        for entry in entries.iter_mut() {
            if let (_, Some(file)) = ready(entry)
                && let Some(queue) = file.description.queue()
            {
                queue.add_thread(context.waker());
            }
        }
    }
    count
}

/// Waits for events. `timeout` is in milliseconds, and without limit if it is negative.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn poll(entries: *mut pollfd, count: ::libc::nfds_t, timeout: c_int) -> c_int {
    thread::yield_if_due();
    if count as usize > descriptors::limit() {
        return returned(Err(Errno(::libc::EINVAL)));
    }
    let entries = match count {
        0 => &mut [],
        // SAFETY: an array of this length, as the caller states.
        _ => unsafe { slice::from_raw_parts_mut(entries, count as usize) },
    };
    let found = check(entries, None);
    if found > 0 || timeout == 0 {
        return found;
    }
    let deadline = u64::try_from(timeout).ok();
    let deadline = deadline.map(|limit| platform::now() + Duration::from_millis(limit));
    let mut limit = pin!(deadline.map(sleep_until));
    thread::block_on(poll_fn(|context| {
        let found = check(entries, Some(context));
        if found > 0 {
            return Poll::Ready(found);
        }
        match limit.as_mut().as_pin_mut() {
            Some(limit) => limit.poll(context).map(|()| 0),
            None => Poll::Pending,
        }
    }))
}
