//! The nine system calls that a guest may make, with the arguments that it may give them.

use crate::{attached::Attached, error::Error, events::Events};
use libc::{
    CLOCK_MONOTONIC, CLOCK_REALTIME, SYS_arch_prctl, SYS_clock_gettime, SYS_epoll_pwait,
    SYS_exit_group, SYS_pread64, SYS_pwrite64, SYS_read, SYS_timerfd_settime, SYS_write,
};
use mirage_solo5::manifest::Properties;
use seccompiler::{
    BackendError, BpfProgram,
    SeccompAction::{Allow, KillProcess},
    SeccompCmpArgLen::{Dword, Qword},
    SeccompCmpOp::{Eq, Le},
    SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use std::{
    collections::BTreeMap,
    os::fd::{AsRawFd, RawFd},
};

/// Sets the base of thread-local memory (asm/prctl.h).
const ARCH_SET_FS: u64 = 0x1002;

/// The descriptor of the console.
const CONSOLE: RawFd = 1;

/// Returns the filter for a guest with `devices`. Any other call ends the guest with SIGSYS.
pub fn program(devices: &[Attached], events: &Events) -> Result<BpfProgram, Error> {
    let program = rules(devices, events)
        .and_then(|rules| SeccompFilter::new(rules, KillProcess, Allow, TargetArch::x86_64))
        .and_then(BpfProgram::try_from);
    program.map_err(|cause| Error::Filter(cause.into()))
}

/// By call, the rules of which one has to match. A call without rules is allowed with any arguments.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn rules(devices: &[Attached], events: &Events) -> Result<Rules, BackendError> {
    // The kernel uses 32 bits of a descriptor, and so does the filter.
    let descriptor = |number: RawFd| SeccompCondition::new(0, Dword, Eq, number as u64);
    let first = |number| SeccompRule::new(vec![descriptor(number)?]);
    let value = |value: u64| SeccompRule::new(vec![SeccompCondition::new(0, Dword, Eq, value)?]);
    let mut rules = Rules::new();
    let mut allow = |call, rule| rules.entry(call).or_default().push(rule);
    allow(SYS_write, first(CONSOLE)?);
    for device in devices {
        match device.properties {
            Properties::Net { .. } => {
                allow(SYS_read, first(device.number())?);
                allow(SYS_write, first(device.number())?);
            }
            Properties::Block {
                capacity,
                block_size,
            } => {
                let block_size = u64::from(block_size);
                let block = || {
                    SeccompRule::new(vec![
                        descriptor(device.number())?,
                        SeccompCondition::new(2, Qword, Eq, block_size)?,
                        SeccompCondition::new(3, Qword, Le, capacity - block_size)?,
                    ])
                };
                allow(SYS_pread64, block()?);
                allow(SYS_pwrite64, block()?);
            }
        }
    }
    allow(SYS_clock_gettime, value(CLOCK_REALTIME as u64)?);
    allow(SYS_clock_gettime, value(CLOCK_MONOTONIC as u64)?);
    allow(SYS_epoll_pwait, first(events.epoll.as_raw_fd())?);
    allow(SYS_timerfd_settime, first(events.timer.as_raw_fd())?);
    allow(SYS_arch_prctl, value(ARCH_SET_FS)?);
    rules.insert(SYS_exit_group, Vec::new());
    Ok(rules)
}
