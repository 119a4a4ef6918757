//! The macro `join!`.

/// Waits for all of several futures, and returns their outputs as a tuple.
///
/// The current task polls them all; futures that should run as tasks of their own are for
/// [`spawn`](crate::spawn) and [`JoinSet`](crate::task::JoinSet).
///
/// ```
/// use mirage_rt::{join, time::{Clock, Duration, Instant, sleep}};
///
/// mirage_rt::test::run(async |_| {
///     let slow = async {
///         sleep(Duration::from_secs(2)).await;
///         "slow"
///     };
///     let (slow, three, ()) = join!(slow, async { 3 }, sleep(Duration::from_secs(1)));
///     assert_eq!((slow, three), ("slow", 3));
///     assert_eq!(Clock.now() - Instant::BOOT, Duration::from_secs(2));
/// });
/// ```
#[macro_export]
macro_rules! join {
    ($($future:expr),+ $(,)?) => {
        $crate::__join!({} $($future,)+)
    };
}

/// Gives each future a variable of its own, which are different ones because they are written by
/// different expansions.
#[doc(hidden)]
#[macro_export]
macro_rules! __join {
    ({$($done:tt)*} $expression:expr, $($rest:tt)*) => {
        $crate::__join!({$($done)* (future $expression)} $($rest)*)
    };
    ({$(($future:ident $expression:expr))+}) => {{
        $(let mut $future = ::core::pin::pin!($crate::__maybe_done(
            ::core::future::IntoFuture::into_future($expression)
        ));)+
        ::core::future::poll_fn(|context| {
            let mut is_waiting = false;
            $(is_waiting |= ::core::future::Future::poll($future.as_mut(), context).is_pending();)+
            if is_waiting {
                return ::core::task::Poll::Pending;
            }
            ::core::task::Poll::Ready(($(
                $future.as_mut().take_output().expect("it has completed"),
            )+))
        })
        .await
    }};
}

#[cfg(test)]
mod tests {
    use crate::{test::run, yield_now};
    use alloc::{string::String, vec::Vec};
    use core::cell::RefCell;

    #[test]
    fn futures_take_turns_and_may_borrow() {
        run(async |_| {
            let order = RefCell::new(Vec::new());
            let count = async |name: &'static str, to: u32| {
                for number in 0..to {
                    order.borrow_mut().push((name, number));
                    yield_now().await;
                }
                String::from(name)
            };
            let names = join!(count("a", 2), count("b", 1), count("c", 3),);
            assert_eq!(names, ("a".into(), "b".into(), "c".into()));
            let expected = [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("c", 1), ("c", 2)];
            assert_eq!(order.take(), expected);
            assert_eq!(join!(async { 1 }), (1,));
        });
    }
}
