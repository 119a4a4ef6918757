#[allow(clippy::unused_async)]
async fn unikernel_main(cache: Cache<Network, Clock>, journal: Journal) {}
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
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 6] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new(
                "cache",
                _rt::graph::declared_memory(
                    &async || _rt::graph::started(
                        _rt::graph::ConfigRef(
                                &CacheConfig {
                                    .._rt::graph::defaults()
                                },
                            )
                            .declared_memory(),
                    ),
                ),
            ),
            _rt::graph::Need::new(
                "journal",
                _rt::graph::declared_memory(
                    &async || _rt::graph::started(
                        _rt::graph::ConfigRef(&JOURNAL).declared_memory(),
                    ),
                ),
            ),
            _rt::graph::Need::new(
                "_observer",
                _rt::graph::declared_memory(
                    &async || _rt::graph::started(
                        _rt::graph::ConfigRef(
                                &watch::ObserverConfig {
                                    .._rt::graph::defaults()
                                },
                            )
                            .declared_memory(),
                    ),
                ),
            ),
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
    {
      "name": "cache",
      "kind": "custom",
      "config": {"written": "CacheConfig { capacity: 128 }"},
      "on": ["net", "clock"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "journal", "kind": "custom", "config": {"written": "JOURNAL"}, "on": ["cache"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "_observer",
      "kind": "custom",
      "config": {"written": "watch::ObserverConfig { }"},
      "on": ["cache", "clock"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    }
  ],
  "main": ["cache", "journal"],
  "needs": "#,
        ),
        _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
        _rt::graph::Piece::Text(r#",
  "arguments": []
}"#),
    ];
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
            ports: &[],
        }
            .wire(_rt::graph::share(&__clock), __random);
        let __net = _rt::graph::start(&_context, "net", __net).await?;
        let __1_clock = _rt::graph::share(&__clock);
        let __cache = CacheConfig {
            capacity: 128,
            .._rt::graph::defaults()
        }
            .wire(__net, __1_clock);
        let __cache = _rt::graph::start(&_context, "cache", __cache).await?;
        let __0_cache = _rt::graph::share(&__cache);
        let __journal = JOURNAL.wire(__0_cache);
        let __journal = _rt::graph::start(&_context, "journal", __journal).await?;
        let __0_cache = _rt::graph::share(&__cache);
        let ___observer = watch::ObserverConfig {
            .._rt::graph::defaults()
        }
            .wire(__0_cache, __clock);
        let ___observer = _rt::graph::start(&_context, "_observer", ___observer).await?;
        let __cache: Cache<Network, Clock> = __cache;
        let __journal: Journal = __journal;
        let _result = unikernel_main(__cache, __journal).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
