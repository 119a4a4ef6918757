//! What is printed: a line for each step, with its result and the name of its error.

use crate::calls::Outcome;

/// Prints the result of a step.
pub fn step(what: &str, outcome: Outcome) {
    match outcome {
        Ok(value) => println!("{what}: {value}"),
        Err(errno) => println!("{what}: {}", name(errno)),
    }
}

/// Prints whether a step succeeded, whose value differs between runs. Returns the value, or -1.
pub fn done(what: &str, outcome: Outcome) -> i32 {
    match outcome {
        Ok(value) => {
            println!("{what}: done");
            value as i32
        }
        Err(errno) => {
            println!("{what}: {}", name(errno));
            -1
        }
    }
}

/// Prints events.
pub fn events(what: &str, events: Result<Vec<(u64, u32)>, i32>) {
    match events {
        Ok(events) => {
            let mut events = events;
            events.sort_unstable();
            let events: Vec<_> = events
                .iter()
                .map(|(data, events)| format!("{data}={}", bits(*events)))
                .collect();
            println!("{what}: [{}]", events.join(", "));
        }
        Err(errno) => println!("{what}: {}", name(errno)),
    }
}

/// The names of events of `poll` and `epoll`.
pub fn bits(events: u32) -> String {
    const NAMES: [(u32, &str); 7] = [
        (0x1, "IN"),
        (0x2, "PRI"),
        (0x4, "OUT"),
        (0x8, "ERR"),
        (0x10, "HUP"),
        (0x20, "NVAL"),
        (0x2000, "RDHUP"),
    ];
    let names = NAMES.iter().filter(|(bit, _)| events & bit != 0);
    let names: Vec<_> = names.map(|(_, name)| *name).collect();
    names.join("|")
}

/// The name of an error number.
pub fn name(errno: i32) -> String {
    macro_rules! names {
        ($($name:ident)*) => {
            match errno {
                $(libc::$name => stringify!($name).into(),)*
                other => format!("error {other}"),
            }
        };
    }
    names!(
        EPERM ENOENT EIO EBADF EAGAIN ENOMEM EACCES EFAULT EEXIST EINVAL EMFILE ENOTTY ESPIPE EPIPE EDOM
        ENOSYS ELOOP ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT
        EOPNOTSUPP EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETUNREACH ECONNABORTED ECONNRESET ENOBUFS
        EISCONN ENOTCONN ETIMEDOUT ECONNREFUSED EHOSTUNREACH EALREADY EINPROGRESS
    )
}
