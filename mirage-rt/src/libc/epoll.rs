//! `epoll` (epoll(7)): level- and edge-triggered, EPOLLONESHOT.
//!
//! As in Linux, an event of a description puts its registration in a list; waiting asks the descriptions in the list
//! for what they are ready for. EPOLLEXCLUSIVE and EPOLLWAKEUP have no effect.

use super::{
    Errno,
    description::Description,
    descriptors::{self, OpenFile},
    errno::returned,
    heap,
    wait_queue::{Notify, WaitQueue},
};
use crate::{
    platform, thread,
    time::{Duration, sleep_until},
};
use ::libc::epoll_event;
use alloc::{
    collections::{BTreeMap, VecDeque},
    rc::{Rc, Weak},
    vec::Vec,
};
use core::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
    future::poll_fn,
    mem::MaybeUninit,
    pin::pin,
    task::Poll,
};

/// What is reported whether it was asked for or not.
const ALWAYS: u32 = (::libc::EPOLLERR | ::libc::EPOLLHUP) as u32;
/// What is no event.
const FLAGS: u32 =
    (::libc::EPOLLET | ::libc::EPOLLONESHOT | ::libc::EPOLLEXCLUSIVE | ::libc::EPOLLWAKEUP) as u32;

/// How many instances may be in a chain in which each watches the next one (`EP_MAX_NESTS` of Linux, and the last one).
const MAX_NESTED: usize = 5;

/// An instance.
pub(super) struct Epoll(Rc<Instance>);

struct Instance {
    /// By descriptor and description: a descriptor can be closed and used again.
    registrations: RefCell<BTreeMap<(c_int, usize), Rc<Registration>>>,
    /// Those whose descriptions may be ready.
    list: RefCell<VecDeque<Rc<Registration>>>,
    queue: WaitQueue,
    /// The registrations of this instance with others.
    watchers: RefCell<Vec<Weak<Registration>>>,
}

/// A description that an instance watches.
struct Registration {
    instance: Weak<Instance>,
    file: Weak<OpenFile>,
    /// The events that are asked for, those that are always reported, and flags. 0 once a one-shot registration has
    /// been reported.
    events: Cell<u32>,
    data: Cell<u64>,
    is_listed: Cell<bool>,
    /// Whether it was removed.
    is_removed: Cell<bool>,
}

impl Notify for Registration {
    /// Puts the registration in its instance's list.
    fn notify(self: Rc<Self>) {
        if self.is_removed.get() || self.events.get() & !FLAGS == 0 {
            return;
        }
        if let Some(instance) = self.instance.upgrade()
            && !self.is_listed.replace(true)
        {
            instance.list.borrow_mut().push_back(self);
            instance.queue.wake();
        }
    }
}

impl Instance {
    /// Reserves memory in the list for one more registration, so that an event allocates nothing. Those that were
    /// removed are in the list until it is read.
    fn reserve(&self) -> Result<(), Errno> {
        let count = self.registrations.borrow().len() + 1;
        let reserved = self.list.borrow_mut().try_reserve(count);
        reserved.map_err(|_| Errno(::libc::ENOMEM))
    }

    /// Reports what is ready, at most as many events as there is room for.
    fn report(&self, events: &mut [MaybeUninit<epoll_event>]) -> usize {
        let count = self.list.borrow().len();
        let mut reported = 0;
        for _ in 0..count {
            if reported == events.len() {
                break;
            }
            let Some(registration) = self.list.borrow_mut().pop_front() else {
                break;
            };
            registration.is_listed.set(false);
            let ready = self.readiness(&registration);
            if ready == 0 {
                continue;
            }
            let asked = registration.events.get();
            events[reported].write(epoll_event {
                events: ready,
                u64: registration.data.get(),
            });
            reported += 1;
            if asked & ::libc::EPOLLONESHOT as u32 != 0 {
                registration.events.set(0);
            } else if asked & ::libc::EPOLLET as u32 == 0 && !registration.is_listed.replace(true) {
                self.list.borrow_mut().push_back(registration);
            }
        }
        reported
    }

    /// Returns what a registration is to be reported with. It is removed if its description was closed.
    fn readiness(&self, registration: &Rc<Registration>) -> u32 {
        let Some(file) = registration.file.upgrade() else {
            registration.is_removed.set(true);
            self.registrations
                .borrow_mut()
                .retain(|_, other| !Rc::ptr_eq(other, registration));
            return 0;
        };
        let asked = registration.events.get();
        if registration.is_removed.get() || asked & !FLAGS == 0 {
            return 0;
        }
        file.description.poll() & asked & !FLAGS
    }

    /// Whether something would be reported. What is not ready leaves the list.
    fn is_ready(&self) -> bool {
        loop {
            let Some(first) = self.list.borrow().front().cloned() else {
                return false;
            };
            if self.readiness(&first) != 0 {
                return true;
            }
            first.is_listed.set(false);
            // Nothing else was put in front meanwhile.
            self.list.borrow_mut().pop_front();
        }
    }
}

impl Description for Epoll {
    fn poll(&self) -> u32 {
        match self.0.is_ready() {
            true => ::libc::EPOLLIN as u32,
            false => 0,
        }
    }

    fn queue(&self) -> Option<&WaitQueue> {
        Some(&self.0.queue)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn instance(descriptor: c_int) -> Result<Rc<Instance>, Errno> {
    let file = descriptors::get(descriptor)?;
    let epoll = file.description.as_any().downcast_ref::<Epoll>();
    epoll
        .map(|epoll| epoll.0.clone())
        .ok_or(Errno(::libc::EINVAL))
}

#[unsafe(no_mangle)]
extern "C" fn epoll_create1(flags: c_int) -> c_int {
    let create = || {
        if flags & !::libc::EPOLL_CLOEXEC != 0 {
            return Err(Errno(::libc::EINVAL));
        }
        descriptors::check_free()?;
        let instance = Instance {
            registrations: RefCell::new(BTreeMap::new()),
            list: RefCell::new(VecDeque::new()),
            queue: WaitQueue::new(),
            watchers: RefCell::new(Vec::new()),
        };
        descriptors::add(Rc::new(Epoll(Rc::new(instance))), false)
    };
    returned(create())
}

#[unsafe(no_mangle)]
extern "C" fn epoll_create(size: c_int) -> c_int {
    match size {
        ..=0 => returned(Err(Errno(::libc::EINVAL))),
        _ => epoll_create1(0),
    }
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_ctl(
    epoll: c_int,
    operation: c_int,
    descriptor: c_int,
    event: *const epoll_event,
) -> c_int {
    // SAFETY: valid if it is not null, as the caller states.
    let event = (!event.is_null()).then(|| unsafe { event.read_unaligned() });
    returned(control(epoll, operation, descriptor, event).map(|()| 0))
}

fn control(
    epoll: c_int,
    operation: c_int,
    descriptor: c_int,
    event: Option<epoll_event>,
) -> Result<(), Errno> {
    let file = descriptors::get(descriptor)?;
    let instance = instance(epoll)?;
    if epoll == descriptor {
        return Err(Errno(::libc::EINVAL));
    }
    let key = (descriptor, Rc::as_ptr(&file) as usize);
    let existing = instance.registrations.borrow().get(&key).cloned();
    if operation == ::libc::EPOLL_CTL_DEL {
        let existing = existing.ok_or(Errno(::libc::ENOENT))?;
        existing.is_removed.set(true);
        instance.registrations.borrow_mut().remove(&key);
        return Ok(());
    }
    let event = event.ok_or(Errno(::libc::EFAULT))?;
    let registration = match (operation, existing) {
        (::libc::EPOLL_CTL_ADD, Some(_)) => return Err(Errno(::libc::EEXIST)),
        (::libc::EPOLL_CTL_ADD, None) => {
            heap::check_spare()?;
            let inner = file.description.as_any().downcast_ref();
            if let Some(Epoll(inner)) = inner
                && (watches(inner, &instance) || height(inner) + depth(&instance) > MAX_NESTED)
            {
                return Err(Errno(::libc::ELOOP));
            }
            // A file is always ready, and cannot be watched.
            let queue = file.description.queue().ok_or(Errno(::libc::EPERM))?;
            instance.reserve()?;
            let registration = Rc::new(Registration {
                instance: Rc::downgrade(&instance),
                file: Rc::downgrade(&file),
                events: Cell::new(event.events | ALWAYS),
                data: Cell::new(event.u64),
                is_listed: Cell::new(false),
                is_removed: Cell::new(false),
            });
            let notified: Rc<dyn Notify> = registration.clone();
            queue.add_registration(&notified);
            if let Some(Epoll(inner)) = inner {
                let mut watchers = inner.watchers.borrow_mut();
                watchers.retain(|other| other.strong_count() > 0);
                watchers.push(Rc::downgrade(&registration));
            }
            let mut registrations = instance.registrations.borrow_mut();
            // A descriptor is used again after its description was closed.
            let of_descriptor = registrations.range((descriptor, 0)..=(descriptor, usize::MAX));
            let closed = of_descriptor.filter(|(_, old)| old.file.strong_count() == 0);
            let closed: Vec<_> = closed.map(|(key, _)| *key).collect();
            for key in closed {
                registrations.remove(&key);
            }
            registrations.insert(key, registration.clone());
            registration
        }
        (::libc::EPOLL_CTL_MOD, Some(registration)) => {
            registration.events.set(event.events | ALWAYS);
            registration.data.set(event.u64);
            registration
        }
        (::libc::EPOLL_CTL_MOD, None) => return Err(Errno(::libc::ENOENT)),
        _ => return Err(Errno(::libc::EINVAL)),
    };
    if file.description.poll() & (event.events | ALWAYS) & !FLAGS != 0 {
        registration.notify();
    }
    Ok(())
}

impl Instance {
    /// Returns the instances that it watches.
    fn watched(&self) -> Vec<Rc<Self>> {
        let registrations = self.registrations.borrow();
        let files = registrations.values().filter_map(|it| it.file.upgrade());
        let instances = files.filter_map(|file| {
            let Epoll(instance) = file.description.as_any().downcast_ref()?;
            Some(instance.clone())
        });
        instances.collect()
    }

    /// Returns the instances that watch it.
    fn watching(&self) -> Vec<Rc<Self>> {
        let watchers = self.watchers.borrow();
        let present = watchers.iter().filter_map(Weak::upgrade);
        let present = present.filter(|watcher| !watcher.is_removed.get());
        present
            .filter_map(|watcher| watcher.instance.upgrade())
            .collect()
    }
}

/// Whether an instance is `instance`, or watches it, directly or through others.
fn watches(outer: &Rc<Instance>, instance: &Rc<Instance>) -> bool {
    Rc::ptr_eq(outer, instance) || outer.watched().iter().any(|inner| watches(inner, instance))
}

/// Returns the number of instances in the longest chain that begins with this one.
fn height(instance: &Rc<Instance>) -> usize {
    1 + instance.watched().iter().map(height).max().unwrap_or(0)
}

/// Returns the number of instances in the longest chain that ends with this one.
fn depth(instance: &Rc<Instance>) -> usize {
    1 + instance.watching().iter().map(depth).max().unwrap_or(0)
}

/// Waits for events. `timeout` is in milliseconds, and without limit if it is negative.
///
/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_wait(
    epoll: c_int,
    events: *mut epoll_event,
    max: c_int,
    timeout: c_int,
) -> c_int {
    thread::yield_if_due();
    let instance = match instance(epoll) {
        Ok(instance) if max > 0 => instance,
        Ok(_) => return returned(Err(Errno(::libc::EINVAL))),
        Err(errno) => return returned(Err(errno)),
    };
    if events.is_null() {
        return returned(Err(Errno(::libc::EFAULT)));
    }
    // SAFETY: room for this many events, as the caller states. (The type is packed, so that any address is aligned.)
    let events = unsafe { core::slice::from_raw_parts_mut(events.cast(), max as usize) };
    let reported = instance.report(events);
    if reported > 0 || timeout == 0 {
        return reported as c_int;
    }
    let deadline = u64::try_from(timeout).ok();
    let deadline = deadline.map(|limit| platform::now() + Duration::from_millis(limit));
    let mut limit = pin!(deadline.map(sleep_until));
    let reported = thread::block_on(poll_fn(|context| {
        let reported = instance.report(events);
        if reported > 0 {
            return Poll::Ready(reported);
        }
        instance.queue.add_thread(context.waker());
        match limit.as_mut().as_pin_mut() {
            Some(limit) => limit.poll(context).map(|()| 0),
            None => Poll::Pending,
        }
    }));
    reported as c_int
}

/// As [`epoll_wait`]: the signal mask has no effect.
///
/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_pwait(
    epoll: c_int,
    events: *mut epoll_event,
    max: c_int,
    timeout: c_int,
    _mask: *const core::ffi::c_void,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe { epoll_wait(epoll, events, max, timeout) }
}
