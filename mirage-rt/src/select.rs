//! The macro `select!`.

use core::{
    pin::Pin,
    task::{Context, Poll},
};

/// Waits for the first of several futures, and drops the others.
///
/// ```text
/// select! {
///     pattern = future => handler,
///     pattern = future, if condition => handler,
///     else => handler,
/// }
/// ```
///
/// The syntax is that of tokio's `select!`. The value is that of the handler whose future completed.
/// Handlers may use what the futures have borrowed, `await`, `break` and `return`.
///
/// - All futures are polled by the current task, in the order in which they are written. If several
///   are ready, the first one wins: a future that is always ready keeps those after it waiting.
///   (`biased;`, which asks for that in tokio, may be written first and changes nothing.)
/// - A branch whose condition is false is not polled; its future is still made.
/// - A branch whose future completes with a value that does not match its pattern is disabled, and the
///   others are waited for.
/// - If all branches are disabled, `else` runs. Without an `else`, the macro panics.
///
/// A future that another completes before is dropped where it waits. Use futures that lose nothing
/// then, as their documentation states, or pass `&mut` of a future that goes on afterwards.
///
/// ```
/// use mirage_rt::{select, sync::mpsc, time::{Duration, interval}};
///
/// mirage_rt::test::run(async |_| {
///     let (sender, mut receiver) = mpsc::channel(1);
///     mirage_rt::spawn(async move { sender.send("job").await });
///     let mut seconds = interval(Duration::from_secs(1));
///     let (mut jobs, mut ticks) = (0, 0);
///     while ticks < 3 {
///         select! {
///             Some(_) = receiver.recv() => jobs += 1,
///             _ = seconds.tick() => ticks += 1,
///         }
///     }
///     assert_eq!(jobs, 1);
/// });
/// ```
#[macro_export]
macro_rules! select {
    (biased; $($branches:tt)+) => {
        $crate::__select!({} $($branches)+)
    };
    ($($branches:tt)+) => {
        $crate::__select!({} $($branches)+)
    };
}

/// Reads one branch after another. Each has variables of its own, which are different ones because
/// they are written by different expansions: whether it is enabled, its future, and its output.
#[doc(hidden)]
#[macro_export]
macro_rules! __select {
    ({$($done:tt)*} else => $else:expr $(,)?) => {
        $crate::__select!(@expand {$($done)*} $else)
    };
    ({$($done:tt)*} $pattern:pat = $future:expr, if $condition:expr => $($rest:tt)+) => {
        $crate::__select!(@handler {$($done)*} ($pattern) ($future) ($condition) $($rest)+)
    };
    ({$($done:tt)*} $pattern:pat = $future:expr => $($rest:tt)+) => {
        $crate::__select!(@handler {$($done)*} ($pattern) ($future) (true) $($rest)+)
    };
    ({$($done:tt)+}) => {
        $crate::__select!(@expand {$($done)+} ::core::panic!(
            "all branches of select! are disabled and there is no else branch"
        ))
    };
    (@handler {$($done:tt)*} $pattern:tt $future:tt $if:tt $handler:block, $($rest:tt)*) => {
        $crate::__select!({$($done)* {enabled future output $pattern $future $if $handler}} $($rest)*)
    };
    (@handler {$($done:tt)*} $pattern:tt $future:tt $if:tt $handler:block $($rest:tt)*) => {
        $crate::__select!({$($done)* {enabled future output $pattern $future $if $handler}} $($rest)*)
    };
    (@handler {$($done:tt)*} $pattern:tt $future:tt $if:tt $handler:expr, $($rest:tt)*) => {
        $crate::__select!({$($done)* {enabled future output $pattern $future $if $handler}} $($rest)*)
    };
    (@handler {$($done:tt)*} $pattern:tt $future:tt $if:tt $handler:expr) => {
        $crate::__select!({$($done)* {enabled future output $pattern $future $if $handler}})
    };
    (@expand {$({
        $enabled:ident $future:ident $output:ident
        ($pattern:pat) ($expression:expr) ($condition:expr) $handler:expr
    })*} $else:expr) => {{
        $(let mut $output = ::core::option::Option::None;)*
        {
            $(let mut $enabled = $condition;)*
            $(let mut $future = ::core::pin::pin!($crate::__branch($expression));)*
            ::core::future::poll_fn(|context| {
                let mut is_waiting = false;
                $(if $enabled {
                    match $future.as_mut().poll(context) {
                        ::core::task::Poll::Ready(value) => {
                            // A guard that fails moves nothing out of the value.
                            let mut is_match = false;
                            match value {
                                #[allow(unused_variables, unused_mut)]
                                $pattern if { is_match = true; false } => ::core::unreachable!(),
                                _ => {}
                            }
                            if is_match {
                                $output = ::core::option::Option::Some(value);
                                return ::core::task::Poll::Ready(());
                            }
                            $enabled = false;
                        }
                        ::core::task::Poll::Pending => is_waiting = true,
                    }
                })*
                if is_waiting {
                    ::core::task::Poll::Pending
                } else {
                    ::core::task::Poll::Ready(())
                }
            })
            .await;
        }
        $(if let ::core::option::Option::Some(value) = $output {
            match value {
                $pattern => $handler,
                #[allow(unreachable_patterns)]
                _ => ::core::unreachable!(),
            }
        } else)* {
            $else
        }
    }};
}

/// A future of `select!`. It is polled by a function that is found where it is made, so that a type
/// that is no future is one error, at the user's token.
#[doc(hidden)]
pub struct Branch<F, T> {
    future: F,
    poll: fn(Pin<&mut F>, &mut Context<'_>) -> Poll<T>,
}

#[doc(hidden)]
pub fn __branch<F: Future<Output = T>, T>(future: F) -> Branch<F, T> {
    Branch {
        future,
        poll: F::poll,
    }
}

impl<F, T> Branch<F, T> {
    #[doc(hidden)]
    pub fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let poll = self.poll;
        // SAFETY: the future is pinned with the branch, which has no `Drop`, gives access to it
        // nowhere else, and is `Unpin` only if the future is.
        let future = unsafe { self.map_unchecked_mut(|branch| &mut branch.future) };
        poll(future, context)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        sync::mpsc,
        test::run,
        time::{Clock, Duration, Instant, sleep},
    };
    use alloc::{string::String, vec::Vec};
    use core::future::{pending, ready};

    #[test]
    fn the_first_that_is_ready_in_the_order_of_writing_wins() {
        run(async |_| {
            let chosen = select! {
                () = pending() => "never",
                number = ready(1) => if number == 1 { "first" } else { "?" },
                _ = ready("second") => "second",
            };
            assert_eq!(chosen, "first");
            select! {
                biased;
                () = sleep(Duration::from_secs(2)) => panic!("later"),
                () = sleep(Duration::from_secs(1)) => {}
            }
            assert_eq!(Clock.now() - Instant::BOOT, Duration::from_secs(1));
        });
    }

    #[test]
    fn a_value_that_does_not_match_disables_its_branch() {
        run(async |_| {
            let chosen = select! {
                Some(text) = ready(None::<String>) => text,
                Ok(text) | Err(text) = async {
                    sleep(Duration::from_secs(1)).await;
                    Err::<_, String>("late".into())
                } => text,
            };
            assert_eq!(chosen, "late");
            let none = select! {
                Some(number) = ready(None) => number,
                1 = ready(2) => 1,
                else => 3,
            };
            assert_eq!(none, 3);
        });
    }

    #[test]
    #[should_panic(expected = "all branches of select! are disabled")]
    fn no_branch_and_no_else_is_a_panic() {
        run(async |_| {
            select! {
                1 = ready(2) => {}
            }
        });
    }

    #[test]
    fn a_branch_whose_condition_is_false_is_not_polled() {
        run(async |_| {
            for (first, expected) in [(true, 1), (false, 2)] {
                let chosen = select! {
                    () = ready(()), if first => 1,
                    () = ready(()), if !first => { 2 }
                };
                assert_eq!(chosen, expected);
            }
        });
    }

    /// As a server's loop does: what a future borrows is free in the handlers.
    #[test]
    fn handlers_use_what_futures_borrow_and_leave_loops() {
        run(async |_| {
            let (sender, mut receiver) = mpsc::channel(4);
            let mut limit = sleep(Duration::from_secs(10));
            let mut numbers = Vec::new();
            crate::spawn(async move {
                for number in 0..4 {
                    sleep(Duration::from_secs(1)).await;
                    sender.send(number).await.unwrap();
                }
            });
            loop {
                select! {
                    Some(mut number) = receiver.recv() => {
                        if number == 2 {
                            continue;
                        }
                        number *= 10;
                        numbers.push((number, receiver.is_empty()));
                    }
                    () = &mut limit => break,
                }
            }
            assert_eq!(numbers, [(0, true), (10, true), (30, true)]);
            assert_eq!(Clock.now() - Instant::BOOT, Duration::from_secs(10));
        });
    }

    #[test]
    fn an_error_leaves_the_function() {
        async fn fails() -> Result<(), &'static str> {
            select! {
                result = ready(Err("no such luck")) => result?,
                () = pending() => {}
            }
            Ok(())
        }
        run(async |_| assert_eq!(fails().await, Err("no such luck")));
    }
}
