#[allow(clippy::unused_async)]
async fn unikernel_main(http: TcpListener, cache: Cache) {}
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
    #[allow(clippy::needless_update)]
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 5] {
        use _rt::graph::NoMemory as _;
        const _: u64 = _rt::graph::MemoryOf::<()>::BYTES;
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new(
                "http",
                match _target {
                    _rt::graph::Target::Unix => _rt::graph::net::TcpPort::at(8080),
                    _ => _rt::graph::net::TcpPort::at(80),
                }
                    .memory(1),
            ),
            _rt::graph::Need::new(
                "cache",
                match _target {
                    _rt::graph::Target::Unix => _rt::graph::MemoryOf::<Small>::BYTES,
                    _ => _rt::graph::MemoryOf::<Large>::BYTES,
                },
            ),
        ]
    }
    const _: () = _rt::graph::check_target(&_IMAGE);
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "gate",
        log: match _rt::graph::TARGET {
            _rt::graph::Target::Unix => _rt::graph::log::LevelFilter::Debug,
            _ => _rt::graph::log::LevelFilter::Warn,
        },
        stack: 131072,
        targets: &["unix", "virtio"],
        solo5_devices: &[_rt::graph::DeviceDeclaration::NetBasic("service")],
    };
    const _MANIFEST: &[_rt::graph::Piece] = match _rt::graph::TARGET {
        _rt::graph::Target::Unix => {
            &[
                _rt::graph::Piece::Text(
                    r#"{
  "version": 4,
  "name": "gate",
  "targets": ["unix", "virtio"],
  "memory": null,
  "stack": null,
  "heap": null,
  "log": "debug",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {
        "driver": "tap",
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
    {"name": "http", "kind": "tcp", "config": {"port": 8080}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "cache", "kind": "custom", "config": {"written": "Small"}, "on": ["clock"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "cache"],
  "needs": "#,
                ),
                _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
                _rt::graph::Piece::Text(r#",
  "arguments": []
}"#),
            ]
        }
        _ => {
            &[
                _rt::graph::Piece::Text(
                    r#"{
  "version": 4,
  "name": "gate",
  "targets": ["unix", "virtio"],
  "memory": null,
  "stack": null,
  "heap": null,
  "log": "warn",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {
        "driver": "virtio",
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
    {"name": "http", "kind": "tcp", "config": {"port": 80}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "cache", "kind": "custom", "config": {"written": "Large"}, "on": ["clock"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "cache"],
  "needs": "#,
                ),
                _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
                _rt::graph::Piece::Text(r#",
  "arguments": []
}"#),
            ]
        }
    };
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    #[allow(clippy::needless_update)]
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
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
            ports: &[8080],
        }
            .wire(_rt::graph::share(&__clock), __random);
        let __net = _rt::graph::start(&_context, "net", __net).await?;
        let __http = match _rt::graph::TARGET {
            _rt::graph::Target::Unix => _rt::graph::net::TcpPort::at(8080),
            _ => _rt::graph::net::TcpPort::at(80),
        }
            .wire([__net]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __cache = match _rt::graph::TARGET {
            _rt::graph::Target::Unix => Small,
            _ => Large,
        }
            .wire(__clock);
        let __cache = _rt::graph::start(&_context, "cache", __cache).await?;
        let __http: TcpListener = __http;
        let __cache: Cache = __cache;
        let _result = unikernel_main(__http, __cache).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
