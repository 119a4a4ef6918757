#[allow(clippy::unused_async)]
fn unikernel_main(http: TcpListener, args: Arguments) {}
#[cfg(test)]
#[allow(unused_imports)]
use unikernel_main as main;
#[doc(hidden)]
use ::std as _;
#[doc(hidden)]
enum __Unikernel {}
#[cfg(not(test))]
fn main() {
    __Unikernel::main()
}
#[doc(hidden)]
#[deny(non_local_definitions)]
#[macro_export]
macro_rules! the_only_unikernel_of_a_crate {
    () => {};
}
const _: () = {
    use ::mirage_rt as _rt;
    const _STACK: &::core::primitive::str = plan::STACK;
    const _: () = _rt::graph::constant::check_stack(_STACK);
    const _ARGUMENTS: &[&[_rt::graph::argument::Argument<&str>]] = &[
        &[_rt::graph::argument::standard::env()],
        <Arguments as _rt::arguments::Args>::ARGUMENTS,
    ];
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 6] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new("main thread", _rt::process::stacks(524288, 1)),
            _rt::graph::Need::new(
                "threads",
                _rt::process::stacks(
                    _rt::graph::constant::stack(_STACK),
                    match _target {
                        _rt::graph::Target::Unix
                        | _rt::graph::Target::Virtio
                        | _rt::graph::Target::Hvt => 16,
                        _ => 4,
                    },
                ),
            ),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new("http", _rt::graph::net::TcpPort::at(80).memory(1)),
        ]
    }
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "web",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio", "hvt", "spt"],
        solo5_devices: &[_rt::graph::DeviceDeclaration::NetBasic("service")],
    };
    const _PROCESS: _rt::process::Process = _rt::process::Process {
        main_stack: 524288,
        threads: match _rt::graph::TARGET {
            _rt::graph::Target::Unix
            | _rt::graph::Target::Virtio
            | _rt::graph::Target::Hvt => 16,
            _ => 4,
        },
        stack: _rt::graph::constant::stack(_STACK),
        environment: &[c"RUST_LOG=info", c"GREETING=\"hello\""],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "web",
  "targets": ["unix", "virtio", "hvt", "spt"],
  "memory": null,
  "stack": "#,
        ),
        _rt::graph::Piece::Number(_PROCESS.main_stack),
        _rt::graph::Piece::Text(
            r#",
  "heap": null,
  "log": "info",
  "nodes": [
    {"name": "args", "kind": "arguments", "config": {"written": "Arguments"}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.0.0.2/24",
        "gateway": null,
        "mac": null,
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "http", "kind": "tcp", "config": {"port": 80}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "args"],
  "needs": "#,
        ),
        _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
        _rt::graph::Piece::Text(r#",
  "arguments": "#),
        _rt::graph::Piece::Arguments(_ARGUMENTS),
        _rt::graph::Piece::Text(r#",
  "threads": {"stack": "#),
        _rt::graph::Piece::Number(_PROCESS.stack),
        _rt::graph::Piece::Text(r#", "max": "#),
        _rt::graph::Piece::Number(_PROCESS.threads as u64),
        _rt::graph::Piece::Text(
            r#"},
  "env": ["RUST_LOG=info", "GREETING=\"hello\""]
}"#,
        ),
    ];
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    async fn _unikernel(
        _context: _rt::graph::StartContext,
        _arguments: _rt::graph::argument::ParsedArgs<'static>,
    ) -> _rt::graph::Outcome {
        {}
        let __args = <Arguments as _rt::arguments::Args>::read(&_arguments)?;
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __net = _rt::graph::net::Interface {
            node: "net",
            solo5_name: "service",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 0, 0, 2),
                prefix_length: 24,
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::None,
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 0,
            mac_addresses: &[],
            ports: &[80],
        }
            .wire(__clock, __random);
        let __net = {
            let _started = _rt::graph::start(&_context, "net", __net).await?;
            _rt::process::attach(&_started);
            _started
        };
        _rt::process::declare(_rt::graph::net::TcpPort::at(80).wire([__net]));
        let __args: Arguments = __args;
        _rt::process::mount(_rt::process::NO_FILES, 1048576);
        _rt::process::run([_rt::process::Parameter::new::<Arguments>(__args)]).await
    }
    impl __Unikernel {
        #[cfg_attr(test, allow(dead_code))]
        fn main() {
            _rt::std_start!(_IMAGE, _PROCESS, _ARGUMENTS, _unikernel);
            let [__args] = _rt::process::parameters();
            let __args = __args.receive::<Arguments>();
            let __http = <TcpListener as _rt::process::FromPort<
                _,
            >>::bind("http", &_rt::graph::net::TcpPort::at(80));
            unikernel_main(__http, __args)
        }
    }
    _rt::std_entry!(_IMAGE, _PROCESS, _ARGUMENTS, _unikernel);
};
