#[allow(clippy::unused_async)]
async fn unikernel_main(http: TcpListener, args: Arguments) {}
#[cfg(test)]
#[allow(unused_imports)]
use unikernel_main as main;
#[cfg(not(test))]
fn main() -> ::mirage_rt::no_main::Main {
    ::core::default::Default::default()
}
#[doc(hidden)]
#[deny(non_local_definitions)]
#[macro_export]
macro_rules! the_only_unikernel_of_a_crate {
    () => {};
}
const _: () = {
    use ::mirage_rt as _rt;
    #[cfg(not(test))]
    const _: fn() -> _rt::no_main::Main = main;
    const _ARGUMENTS: &[&[_rt::graph::argument::Argument<&str>]] = &[
        &[
            _rt::graph::argument::standard::ipv4(
                "ipv4",
                ::core::option::Option::Some("10.0.0.2/24"),
            ),
            _rt::graph::argument::standard::gateway(
                "ipv4-gateway",
                ::core::option::Option::None,
            ),
            _rt::graph::argument::standard::logs("info"),
            _rt::graph::argument::standard::name("gate"),
        ],
        <Arguments as _rt::arguments::Args>::ARGUMENTS,
    ];
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 4] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new("http", _rt::graph::net::TcpPort::at(80).memory(1)),
        ]
    }
    const _: () = _rt::graph::check_target(&_IMAGE);
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "gate",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio"],
        solo5_devices: &[_rt::graph::DeviceDeclaration::NetBasic("service")],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "gate",
  "targets": ["unix", "virtio"],
  "memory": null,
  "stack": null,
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
        "driver": "virtio",
        "ip": {"boot": "10.0.0.2/24"},
        "gateway": {"boot": null},
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
        _rt::graph::Piece::Text(r#"
}"#),
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
        _rt::graph::apply_log_argument(&_arguments)?;
        _rt::graph::apply_name_argument(&_arguments)?;
        _rt::graph::argument::agree({
            let address = _arguments.value::<_rt::net::InterfaceAddress>("ipv4")?;
            _arguments
                .value::<_rt::graph::argument::Gateway>("ipv4-gateway")?
                .0
                .and_then(|gateway| address.cannot_use(gateway))
        })?;
        let __args = <Arguments as _rt::arguments::Args>::read(&_arguments)?;
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __net = _rt::graph::net::Interface {
            node: "net",
            solo5_name: "service",
            address: _arguments.value::<_rt::net::InterfaceAddress>("ipv4")?,
            gateway: _arguments
                .value::<_rt::graph::argument::Gateway>("ipv4-gateway")?
                .0,
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
        let __net = _rt::graph::start(&_context, "net", __net).await?;
        let __http = _rt::graph::net::TcpPort::at(80).wire([__net]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __http: TcpListener = __http;
        let __args: Arguments = __args;
        let _result = unikernel_main(__http, __args).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _ARGUMENTS, _unikernel);
};
