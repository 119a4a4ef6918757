//! The macro `try_join!`.

/// Waits for all of several futures that return a `Result`, and returns their values as a tuple; or returns the
/// first error, as soon as there is one. The other futures are then dropped.
///
/// The current task polls them all. Their errors have the same type.
///
/// ```
/// use mirage_rt::{try_join, time::{Clock, Duration, Instant, sleep}};
///
/// mirage_rt::test::run(async |_| {
///     let slow = async {
///         sleep(Duration::from_secs(2)).await;
///         Ok::<_, &str>(1)
///     };
///     let failing = async {
///         sleep(Duration::from_secs(1)).await;
///         Err::<(), _>("it failed")
///     };
///     assert_eq!(try_join!(slow, failing), Err("it failed"));
///     assert_eq!(Clock.now() - Instant::BOOT, Duration::from_secs(1));
/// });
/// ```
#[macro_export]
macro_rules! try_join {
    ($($future:expr),+ $(,)?) => {
        $crate::__try_join!({} $($future,)+)
    };
}

/// Gives each future a variable of its own, as `__join!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __try_join {
    ({$($done:tt)*} $expression:expr, $($rest:tt)*) => {
        $crate::__try_join!({$($done)* (future $expression)} $($rest)*)
    };
    ({$(($future:ident $expression:expr))+}) => {{
        $(let mut $future = ::core::pin::pin!($crate::__try_maybe_done(
            ::core::future::IntoFuture::into_future($expression)
        ));)+
        ::core::future::poll_fn(|context| {
            let mut is_waiting = false;
            $(match ::core::future::Future::poll($future.as_mut(), context) {
                ::core::task::Poll::Ready(::core::result::Result::Ok(())) => {}
                ::core::task::Poll::Ready(::core::result::Result::Err(error)) => {
                    return ::core::task::Poll::Ready(::core::result::Result::Err(error));
                }
                ::core::task::Poll::Pending => is_waiting = true,
            })+
            if is_waiting {
                return ::core::task::Poll::Pending;
            }
            ::core::task::Poll::Ready(::core::result::Result::Ok(($(
                $future.as_mut().take_output().expect("it has completed"),
            )+)))
        })
        .await
    }};
}

#[cfg(test)]
mod tests {
    use crate::{test::run, yield_now};
    use core::cell::Cell;

    #[test]
    fn all_values_or_the_first_error() {
        run(async |_| {
            let polled = Cell::new(0);
            let count = async |to: u32| {
                for _ in 0..to {
                    polled.set(polled.get() + 1);
                    yield_now().await;
                }
                Ok::<_, &str>(to)
            };
            assert_eq!(try_join!(count(2), count(0), count(3),), Ok((2, 0, 3)));
            assert_eq!(polled.take(), 5);
            let failing = async {
                yield_now().await;
                Err::<(), _>("first")
            };
            let later = async { Err::<(), _>("before the others have their turn") };
            assert_eq!(try_join!(count(100), failing), Err("first"));
            assert_eq!(polled.get(), 2);
            assert_eq!(
                try_join!(count(1), later, async { Err::<(), _>("never polled") }),
                Err("before the others have their turn")
            );
            assert_eq!(try_join!(async { Ok::<_, ()>(1) }), Ok((1,)));
        });
    }
}
