//! The output of a process, line by line.

use super::DEADLINE;
use std::{
    io::{BufRead, BufReader, Read},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The lines of several streams.
#[derive(Default)]
pub struct Console {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: Vec<String>,
    open: usize,
}

impl Console {
    /// Reads `stream` to its end in another thread.
    pub fn listen(self: &Arc<Self>, stream: impl Read + Send + 'static) {
        self.state().open += 1;
        let console = Arc::clone(self);
        thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while let Ok(1..) = stream.read_until(b'\n', &mut line) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                console.state().lines.push(text);
                console.changed.notify_all();
                line.clear();
            }
            console.state().open -= 1;
            console.changed.notify_all();
        });
    }

    /// Waits for a line that contains `text`.
    ///
    /// # Panics
    /// Panics if the streams end without it, or the deadline passes.
    pub fn wait_for(&self, text: &str) -> String {
        let found = |line: &str| line.contains(text).then(|| line.to_owned());
        self.find(DEADLINE, found)
            .unwrap_or_else(|| panic!("no `{text}` in:\n{}", self.state().lines.join("\n")))
    }

    /// Waits until `find` returns a value for a line. Returns `None` if the streams end or `limit` passes
    /// before.
    pub fn find<T>(&self, limit: Duration, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let found = |state: &State| state.lines.iter().find_map(|line| find(line));
        let state = self.wait(limit, |state| found(state).is_some());
        found(&state)
    }

    /// Waits for `count` lines that contain `text`.
    ///
    /// # Panics
    /// Panics if the streams end before, or the deadline passes.
    pub fn wait_for_several(&self, text: &str, count: usize) {
        let found = |state: &State| {
            let lines = state.lines.iter();
            lines.filter(|line| line.contains(text)).count() >= count
        };
        let state = self.wait(DEADLINE, found);
        let lines = state.lines.join("\n");
        assert!(found(&state), "not {count} times `{text}` in:\n{lines}");
    }

    /// Waits for the end of the streams and returns all lines.
    ///
    /// # Panics
    /// Panics if the deadline passes.
    pub fn wait_for_end(&self) -> Vec<String> {
        let state = self.wait(DEADLINE, |_| false);
        assert_eq!(state.open, 0, "no end after:\n{}", state.lines.join("\n"));
        state.lines.clone()
    }

    /// Waits until `enough` returns true, the streams end, or `limit` passes.
    fn wait(&self, limit: Duration, enough: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let deadline = Instant::now() + limit;
        let mut state = self.state();
        while state.open > 0 && !enough(&state) {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                break;
            };
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
