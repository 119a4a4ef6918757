//! Whole unikernels: built by the tool, run as a process and booted in QEMU, talked to from
//! outside by ordinary clients.
//!
//! `harness` runs them; each other module is the tests of one subject.

mod adjacent_ports;
mod api;
mod asking;
mod axum;
mod book;
mod boot_arguments;
mod clock;
mod command_line;
mod containers;
mod crates;
mod custom_device;
mod debugging;
mod dhcp;
mod disks;
mod echo;
mod edge_http;
mod exit_status;
mod files;
mod forwarder;
mod fragments;
mod harness;
mod hello;
mod http;
mod https;
mod hvt;
mod ipv6;
mod ipv6_only;
mod kvm;
mod limits;
mod machines;
mod mdns;
mod memory;
mod multihomed;
mod plan;
mod posix;
mod protection;
mod readiness;
mod resolver;
mod shop;
mod snapshot;
mod std_on_unix;
mod std_ports;
mod std_process;
mod steady;
mod stopping;
mod tap;
mod tender;
mod threads;
mod unchanged;
mod up;
mod user_network;

use harness::arguments;
use kvm::Outer;
use std::{env, process::ExitCode, sync::Arc, thread};

fn main() -> ExitCode {
    if hvt::is_called() {
        return hvt::main();
    }
    if plan::is_called() {
        return plan::main();
    }
    if kvm::is_called() {
        kvm::main();
    }
    let (_folder, path) = hvt::installed();
    // SAFETY: no other thread runs yet.
    unsafe { env::set_var("PATH", path) };
    let (mut arguments, filters) = arguments::read();
    // More than there are processors: some tests wait for an image to be linked, others for what they have started.
    let processors = thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(processors + 2);
    let outer = Arc::new(Outer::new(|name| {
        let is_skipped = arguments.skip.iter().any(|skip| name.contains(skip));
        arguments::selects(&filters, name) && !is_skipped
    }));
    if !arguments.list {
        outer.start();
    }
    let lists = [
        adjacent_ports::list(),
        api::list(),
        asking::list(),
        axum::list(),
        book::list(),
        boot_arguments::list(),
        clock::list(),
        command_line::list(),
        containers::list(),
        crates::list(),
        custom_device::list(),
        debugging::list(),
        dhcp::list(),
        disks::list(),
        echo::list(),
        edge_http::list(),
        exit_status::list(),
        files::list(),
        forwarder::list(),
        fragments::list(),
        hello::list(),
        http::list(),
        ipv6::list(),
        ipv6_only::list(),
        https::list(),
        limits::list(),
        machines::list(),
        mdns::list(),
        memory::list(),
        multihomed::list(),
        plan::list(),
        posix::list(),
        protection::list(),
        readiness::list(),
        resolver::list(),
        shop::list(),
        snapshot::list(),
        std_on_unix::list(),
        std_ports::list(),
        std_process::list(),
        steady::list(),
        stopping::list(),
        tap::list(),
        tender::list(),
        threads::list(),
        unchanged::list(),
        up::list(),
        user_network::list(),
        // In the background meanwhile.
        kvm::list(&outer),
    ];
    let mut trials = lists.into_iter().flatten().collect::<Vec<_>>();
    trials.retain(|trial| arguments::selects(&filters, trial.name()));
    libtest_mimic::run(&arguments, trials).exit_code()
}
