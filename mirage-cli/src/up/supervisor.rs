//! Starts the unikernels, and follows them until they end.

use super::{output::Output, published::Published, start::Started};
use crate::{
    application::{Application, Member},
    console::AwaitedPorts,
    failure::{Failure, Result},
    guest::{End, Guest},
    interrupt::Interrupt,
    ports::Port,
    power_button::PowerButton,
    qemu, solo5,
};
use mirage_graph::{readiness::OpenPort, restart::Restart, target::Target};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    os::unix::process::ExitStatusExt,
    process::ExitCode,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// After what time a unikernel that has failed is started again. The time doubles with each failure.
const INITIAL_BACKOFF: Duration = Duration::from_millis(100);

/// The upper bound of that time.
const MAX_BACKOFF: Duration = Duration::from_secs(10);

/// What happens to a unikernel, by its position, or to the tool.
enum Event {
    /// Its ports are open.
    Ready(usize),
    Ended(usize, Result<End>),
    /// Ctrl-C.
    Interrupted,
}

/// How far a unikernel is.
enum State {
    Waiting,
    Starting(Running),
    Ready(Running),
    /// It has failed, and is started again then.
    BackingOff(Instant),
    Ended,
}

/// A unikernel that runs.
struct Running {
    pid: Pid,
    button: Option<PowerButton>,
    since: Instant,
}

/// Starts the unikernel at a position.
type Start<'a> = Box<dyn FnMut(usize) -> Result<Started> + 'a>;

/// The unikernels of an application, while they run.
pub struct Supervisor<'a> {
    application: &'a Application,
    output: &'a Arc<Output>,
    start: Start<'a>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    states: Vec<State>,
    /// After what time each is started again after its next failure.
    backoffs: Vec<Duration>,
    is_interrupted: bool,
    /// Whether a unikernel has failed for good.
    has_failed: bool,
}

impl<'a> Supervisor<'a> {
    /// No unikernel runs yet.
    pub fn new(
        application: &'a Application,
        output: &'a Arc<Output>,
        interrupt: Interrupt,
        start: Start<'a>,
    ) -> Self {
        let (sender, events) = channel();
        let interrupted = sender.clone();
        thread::spawn(move || {
            if interrupt.wait() {
                // If nobody receives it, the tool ends anyway.
                let _ = interrupted.send(Event::Interrupted);
            }
        });
        let states = application.members.iter().map(|_| State::Waiting);
        Self {
            application,
            output,
            start,
            events,
            sender,
            states: states.collect(),
            backoffs: vec![INITIAL_BACKOFF; application.members.len()],
            is_interrupted: false,
            has_failed: false,
        }
    }

    /// Starts all unikernels and follows them until they have ended. Ctrl-C stops them, clients before their servers.
    pub fn run(mut self, published: &[Published]) -> ExitCode {
        for position in 0..self.states.len() {
            // Its servers are ready, or have ended.
            self.wait_while(|state| matches!(state, State::Starting(_)));
            if self.is_interrupted {
                break;
            }
            self.start(position);
        }
        self.wait_while(|state| matches!(state, State::Starting(_)));
        if !self.is_interrupted {
            self.print_status(published);
        }
        self.wait_while(|state| !matches!(state, State::Waiting | State::Ended));
        self.stop();
        match self.has_failed {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        }
    }

    /// Handles events while a unikernel is in such a state, until Ctrl-C.
    fn wait_while(&mut self, is_awaited: impl Fn(&State) -> bool) {
        while self.states.iter().any(&is_awaited) && !self.is_interrupted {
            let backing_off = self.states.iter().enumerate();
            let backing_off = backing_off.filter_map(|(position, state)| match state {
                State::BackingOff(until) => Some((*until, position)),
                _ => None,
            });
            let Some((until, position)) = backing_off.min() else {
                // There is a sender in `self`.
                if let Ok(event) = self.events.recv() {
                    self.handle(event);
                }
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) => self.handle(event),
                Err(_) => self.start(position),
            }
        }
    }

    /// Starts a unikernel, and follows it. One that cannot be started does not stop the others.
    fn start(&mut self, position: usize) {
        let Started { guest, button } = match (self.start)(position) {
            Ok(started) => started,
            Err(failure) => {
                failure.report();
                self.note(position, "was not started");
                self.has_failed = true;
                self.states[position] = State::Ended;
                return;
            }
        };
        let member = &self.application.members[position];
        let running = Running {
            pid: guest.pid(),
            button,
            since: Instant::now(),
        };
        let ports = open_ports(member);
        self.states[position] = match ports.is_empty() {
            true => State::Ready(running),
            false => State::Starting(running),
        };
        self.follow(position, guest, ports);
    }

    /// Copies the console of a unikernel, in a thread of its own.
    fn follow(&self, position: usize, guest: Guest, ports: Vec<OpenPort>) {
        let symbols = self.application.members[position].image.symbols.clone();
        let (sender, console) = (self.sender.clone(), self.output.console(position));
        thread::spawn(move || {
            let ready = sender.clone();
            let awaited = (!ports.is_empty()).then(|| AwaitedPorts {
                ports,
                // If nobody receives it, the tool ends.
                then: Box::new(move || drop(ready.send(Event::Ready(position)))),
            });
            let end = guest.copy_to_end(console, &symbols, awaited, None);
            let _ = sender.send(Event::Ended(position, end));
        });
    }

    /// Stops those that run, one after the other: clients before their servers.
    fn stop(&mut self) {
        let is_running = |state: &State| matches!(state, State::Starting(_) | State::Ready(_));
        if self.states.iter().any(is_running) {
            let name = &self.application.name;
            self.output
                .note(format_args!("stopping `{name}`; Ctrl-C again kills it"));
        }
        for position in (0..self.states.len()).rev() {
            match std::mem::replace(&mut self.states[position], State::Ended) {
                State::Starting(running) | State::Ready(running) => {
                    self.stop_one(position, running);
                }
                State::BackingOff(_) => self.has_failed = true,
                State::Waiting | State::Ended => {}
            }
        }
    }

    fn stop_one(&mut self, position: usize, running: Running) {
        match running.button {
            Some(button) => button.press(),
            // It may have ended by itself.
            None => drop(kill_process(running.pid, self.signal(position))),
        }
        while let Ok(event) = self.events.recv() {
            match event {
                Event::Ended(ended, end) if ended == position => {
                    let signal = self.signal(position).as_raw();
                    let is_stopped = end
                        .as_ref()
                        .is_ok_and(|it| it.status.signal() == Some(signal));
                    match is_stopped {
                        true => self.note(position, "was stopped"),
                        false => self.has_failed |= !self.report(position, end),
                    }
                    return;
                }
                event => self.handle(event),
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Ready(position) => {
                let state = &mut self.states[position];
                *state = match std::mem::replace(state, State::Ended) {
                    State::Starting(running) => State::Ready(running),
                    other => other,
                };
            }
            Event::Ended(position, end) => self.handle_end(position, end),
            Event::Interrupted => self.is_interrupted = true,
        }
    }

    fn handle_end(&mut self, position: usize, end: Result<End>) {
        let before = std::mem::replace(&mut self.states[position], State::Ended);
        let has_failed = !self.report(position, end);
        let restarts = self.application.members[position].membership.restart == Restart::OnFailure;
        if !has_failed || !restarts || self.is_interrupted {
            self.has_failed |= has_failed;
            return;
        }
        if let State::Starting(running) | State::Ready(running) = before
            && running.since.elapsed() > MAX_BACKOFF
        {
            self.backoffs[position] = INITIAL_BACKOFF;
        }
        let backoff = self.backoffs[position];
        self.backoffs[position] = (2 * backoff).min(MAX_BACKOFF);
        self.states[position] = State::BackingOff(Instant::now() + backoff);
        let milliseconds = backoff.as_millis();
        self.note(position, &format!("is started again in {milliseconds} ms"));
    }

    /// Says how a unikernel has ended. Returns whether it has not failed.
    fn report(&self, position: usize, end: Result<End>) -> bool {
        let graph = self.application.members[position].graph();
        let status = end.and_then(|end| match self.target(position) {
            Target::Virtio => qemu::exit_status(&end),
            Target::Unix if end.status.code().is_some_and(|code| code != 0) => {
                Ok(ExitCode::FAILURE)
            }
            Target::Unix | Target::Hvt | Target::Spt => solo5::exit_status(graph, &end),
        });
        let has_ended = matches!(status, Ok(ExitCode::SUCCESS));
        if let Err(failure) = status {
            Failure::report(failure);
        }
        let how = if has_ended { "has ended" } else { "has failed" };
        self.note(position, how);
        has_ended
    }

    fn note(&self, position: usize, what: &str) {
        let name = self.application.members[position].name();
        self.output.note(format_args!("`{name}` {what}"));
    }

    /// The signal that stops a unikernel without a power button. Tenders pass none on.
    fn signal(&self, position: usize) -> Signal {
        match self.target(position) {
            Target::Unix | Target::Virtio => Signal::TERM,
            Target::Hvt | Target::Spt => Signal::KILL,
        }
    }

    fn target(&self, position: usize) -> Target {
        self.application.members[position].image.target
    }

    /// Says what runs, and where the host reaches it.
    fn print_status(&self, published: &[Published]) {
        let members = self.states.iter().zip(&self.application.members);
        let missing = members.filter(|(state, _)| !matches!(state, State::Ready(_)));
        let missing: Vec<_> = missing.map(|(_, member)| member.name()).collect();
        let (name, all) = (&self.application.name, self.states.len());
        let count = all - missing.len();
        let without = match missing.as_slice() {
            [] => String::new(),
            names => format!(", without `{}`", names.join("`, `")),
        };
        self.output.note(format_args!(
            "`{name}` is up: {count} of {all} unikernels{without}"
        ));
        for Published {
            member,
            port,
            published,
        } in published
        {
            let member = self.application.members[*member].name();
            let protocol = port.protocol.name();
            self.output.note(format_args!(
                "{member}.{} ({protocol} {}) is at {}",
                port.name, port.number, published.host
            ));
        }
    }
}

/// The messages of a unikernel that its ports are open.
fn open_ports(member: &Member) -> Vec<OpenPort> {
    let graph = member.graph();
    let interfaces: Vec<_> = graph.interfaces().map(|(_, interface)| interface).collect();
    let messages = Port::all(graph).into_iter().filter_map(|port| {
        let address = interfaces[port.interface].address.value.configured();
        address.get().map(|address| port.open_at(address.address))
    });
    messages.collect()
}
