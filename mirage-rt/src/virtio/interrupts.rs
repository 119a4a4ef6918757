//! Interrupts of devices and of the timer: handlers set flags, tasks do the work.
//!
//! Interrupts are enabled in [`sleep`] and [`poll_interrupts`] only. Handlers never run in the middle
//! of Rust code, and save only the register that they use.

use super::local_apic;
use core::arch::{asm, naked_asm};
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::{Context, Poll, Waker};
use mirage_devices::interrupt::Interrupt;
use spin::Mutex;
use x86_64::VirtAddr;

/// The first vector that is not an exception's.
const FIRST_VECTOR: u8 = 32;

/// The timer's vector.
pub(super) const TIMER_VECTOR: u8 = FIRST_VECTOR;

/// The vector of spurious interrupts, which are not acknowledged.
pub(super) const SPURIOUS_VECTOR: u8 = FIRST_VECTOR + LINES as u8 - 1;

/// Vectors in use: timer, devices, spurious.
const LINES: usize = 32;

/// One bit for each vector that has interrupted since it was last looked at.
static RAISED: AtomicU32 = AtomicU32::new(0);

/// Who is woken by which vector, and which have been given away.
static DEVICES: Mutex<Devices> = Mutex::new(Devices {
    wakers: [const { None }; LINES],
    interrupted: 0,
    next: 1,
});

struct Devices {
    /// By line: the task that waits for an interrupt.
    wakers: [Option<Waker>; LINES],
    /// One bit for each line that has interrupted and not been asked about since.
    interrupted: u32,
    /// The first line that is not given away.
    next: u8,
}

/// An interrupt line that belongs to one device.
#[derive(Debug)]
pub(crate) struct Line(u8);

impl Line {
    /// A line of its own for a device; `None` when all are given away.
    pub(super) fn allocate() -> Option<Self> {
        let mut devices = DEVICES.lock();
        let line = devices.next;
        if usize::from(line) == LINES - 1 {
            return None;
        }
        devices.next += 1;
        Some(Self(line))
    }

    /// The vector that the device must raise.
    pub(super) fn vector(&self) -> u8 {
        FIRST_VECTOR + self.0
    }
}

impl Interrupt for Line {
    fn poll_raised(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut devices = DEVICES.lock();
        let bit = 1 << self.0;
        if devices.interrupted & bit != 0 {
            devices.interrupted &= !bit;
            return Poll::Ready(());
        }
        let waker = &mut devices.wakers[usize::from(self.0)];
        match waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => *waker = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// The handlers' addresses, by vector.
pub(super) fn stubs() -> impl Iterator<Item = (u8, VirtAddr)> {
    macro_rules! stubs {
        ($($line:literal)*) => {
            [$(stub::<$line> as *const (),)* spurious as *const ()]
        };
    }
    (FIRST_VECTOR..).zip(
        stubs!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30)
            .map(VirtAddr::from_ptr),
    )
}

/// Raises the flag of `LINE` and acknowledges the interrupt. It touches one register and no vector register.
#[unsafe(naked)]
extern "C" fn stub<const LINE: u8>() {
    naked_asm!(
        "push rax",
        "or dword ptr [rip + {raised}], {bit}",
        "mov eax, {end_of_interrupt}",
        "mov dword ptr [rax], 0",
        "pop rax",
        "iretq",
        raised = sym RAISED,
        bit = const 1u32 << LINE,
        end_of_interrupt = const local_apic::BASE + local_apic::END_OF_INTERRUPT,
    )
}

#[unsafe(naked)]
extern "C" fn spurious() {
    naked_asm!("iretq")
}

/// Sleeps until an interrupt; returns at once if one is waiting already.
///
/// The instruction after `sti` still runs with interrupts closed: none can come between it and
/// `hlt` and be slept through.
pub(super) fn sleep() {
    // SAFETY: handlers only set flags. Not `nostack`: they push below the stack pointer.
    unsafe { asm!("sti", "hlt", "cli") };
}

/// Lets interrupts that are waiting raise their flags.
pub(super) fn poll_interrupts() {
    // SAFETY: as in `sleep`.
    unsafe { asm!("sti", "nop", "cli") };
}

/// Wakes the tasks whose devices have interrupted.
pub(super) fn deliver() {
    let mut raised = RAISED.swap(0, Ordering::Relaxed);
    while raised != 0 {
        let line = raised.trailing_zeros() as usize;
        raised &= raised - 1;
        let waker = {
            let mut devices = DEVICES.lock();
            devices.interrupted |= 1 << line;
            devices.wakers[line].take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
