//! The unikernel that a task belongs to. A process is one unikernel, and a test can boot several.

use crate::shutdown::ShutdownRequest;
use alloc::{
    boxed::Box,
    collections::BTreeMap,
    rc::{Rc, Weak},
};
use core::{
    cell::{Cell, RefCell},
    pin::Pin,
    task::{Context, Poll},
};
use futures_util::future::Either;
use std::thread_local;

thread_local! {
    /// The unikernel whose task is being polled, if a test has booted it.
    static CURRENT: RefCell<Option<Rc<Scope>>> = const { RefCell::new(None) };
    static NEXT_ID: Cell<u64> = const { Cell::new(0) };
    /// The request for the process, or for the test as a whole.
    static SHUTDOWN_REQUEST: Rc<ShutdownRequest> = Rc::new(ShutdownRequest::new());
}

/// Returns the host's request for shutdown of the current unikernel.
pub(crate) fn shutdown_request() -> Rc<ShutdownRequest> {
    #[cfg(feature = "std")]
    super::device_thread::assert_current();
    let scope = CURRENT.with_borrow(Clone::clone);
    scope.map_or_else(
        || SHUTDOWN_REQUEST.with(Rc::clone),
        |scope| scope.shutdown_request.clone(),
    )
}

/// Makes `future` a part of the current unikernel.
pub(crate) fn adopt<F: Future + 'static>(future: F) -> impl Future<Output = F::Output> + 'static {
    match CURRENT.with_borrow(Clone::clone) {
        None => Either::Left(future),
        Some(scope) => Either::Right(Member::new(scope, future)),
    }
}

/// Returns the current unikernel, if a test has booted it.
pub(super) fn current() -> Option<ScopeId> {
    CURRENT.with_borrow(|scope| Some(scope.as_ref()?.id))
}

/// A unikernel of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ScopeId(u64);

/// The tasks of a unikernel that a test has booted.
pub(super) struct Scope {
    id: ScopeId,
    shutdown_request: Rc<ShutdownRequest>,
    is_cut: Cell<bool>,
    members: RefCell<BTreeMap<u64, Weak<dyn Cut>>>,
    next_key: Cell<u64>,
}

impl Scope {
    pub(super) fn new() -> Rc<Self> {
        let id = NEXT_ID.get();
        NEXT_ID.set(id + 1);
        Rc::new(Self {
            id: ScopeId(id),
            shutdown_request: Rc::new(ShutdownRequest::new()),
            is_cut: Cell::new(false),
            members: RefCell::default(),
            next_key: Cell::new(0),
        })
    }

    pub(super) fn id(&self) -> ScopeId {
        self.id
    }

    /// Runs `body` as a part of this unikernel.
    pub(super) fn enter<R>(self: &Rc<Self>, body: impl FnOnce() -> R) -> R {
        let outer = CURRENT.replace(Some(self.clone()));
        let result = body();
        CURRENT.set(outer);
        result
    }

    /// Drops all tasks in the order in which they were spawned.
    pub(super) fn cut(self: &Rc<Self>) {
        self.is_cut.set(true);
        self.enter(|| {
            for member in self.members.take().into_values() {
                if let Some(member) = member.upgrade() {
                    member.cut();
                }
            }
        });
    }
}

trait Cut {
    /// Drops the future.
    fn cut(&self);
}

/// A future that is dropped with its unikernel, and never completes then.
struct Member<F: Future> {
    scope: Rc<Scope>,
    key: u64,
    future: Rc<Slot<F>>,
}

/// `None` once it has completed or was cut.
struct Slot<F>(RefCell<Option<Pin<Box<F>>>>);

impl<F: Future> Cut for Slot<F> {
    fn cut(&self) {
        // A task that cuts its own unikernel is borrowed. It is dropped after this poll.
        let future = self.0.try_borrow_mut().ok().and_then(|mut it| it.take());
        drop(future);
    }
}

impl<F: Future + 'static> Member<F> {
    fn new(scope: Rc<Scope>, future: F) -> Self {
        let key = scope.next_key.get();
        scope.next_key.set(key + 1);
        let future = (!scope.is_cut.get()).then(|| Box::pin(future));
        let future = Rc::new(Slot(RefCell::new(future)));
        let member: Rc<dyn Cut> = future.clone();
        scope
            .members
            .borrow_mut()
            .insert(key, Rc::downgrade(&member));
        Self { scope, key, future }
    }
}

impl<F: Future> Future for Member<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.scope.enter(|| {
            let mut future = self.future.0.borrow_mut();
            let Some(polled) = future.as_mut() else {
                return Poll::Pending;
            };
            let result = polled.as_mut().poll(context);
            if result.is_ready() || self.scope.is_cut.get() {
                *future = None;
            }
            result
        })
    }
}

impl<F: Future> Drop for Member<F> {
    fn drop(&mut self) {
        self.scope.members.borrow_mut().remove(&self.key);
        self.scope.enter(|| self.future.cut());
    }
}
