/// Serves.
async fn __main(
    http: TcpListener,
    mut dns: UdpSocket,
    clock: Clock,
) -> Result<(), Error> {
    serve(http, dns, clock).await
}
const _: () = {
    use ::mirage_rt::{driver, graph, net};
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static MANIFEST: graph::Note<782usize> = graph::note(
        *b"{\"version\":1,\"name\":\"web\",\"targets\":[\"unix\",\"virtio\"],\"memory\":16777216,\"log\":\"warn\",\"nodes\":[{\"name\":\"clock\",\"kind\":\"clock\",\"config\":{},\"on\":[],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}},{\"name\":\"random\",\"kind\":\"random\",\"config\":{},\"on\":[],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}},{\"name\":\"net\",\"kind\":\"net\",\"config\":{\"driver\":\"virtio\",\"address\":\"10.0.0.2\",\"prefix\":16,\"gateway\":\"10.0.0.1\",\"mac\":\"02:00:00:00:00:01\",\"mtu\":1400},\"on\":[\"clock\",\"random\"],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}},{\"name\":\"http\",\"kind\":\"tcp\",\"config\":{\"port\":80},\"on\":[\"net\"],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}},{\"name\":\"dns\",\"kind\":\"udp\",\"config\":{\"port\":53},\"on\":[\"net\"],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}}],\"main\":[\"http\",\"dns\",\"clock\"]}",
    );
    const IMAGE: graph::Image = graph::Image {
        name: "web",
        log: graph::log::LevelFilter::Warn,
        targets: &["unix", "virtio"],
    };
    async fn unikernel(_machine: graph::Machine) -> graph::Outcome {
        let __clock = _machine.clock();
        let __random = match _machine.random() {
            ::core::result::Result::Ok(__random) => __random,
            ::core::result::Result::Err(_cause) => {
                return graph::Outcome::not_started("random", _cause);
            }
        };
        let __net = net::Interface {
            node: "net",
            driver: driver::Virtio,
            address: ::core::net::Ipv4Addr::new(10, 0, 0, 2),
            prefix_length: 16u8,
            gateway: ::core::option::Option::Some(
                ::core::net::Ipv4Addr::new(10, 0, 0, 1),
            ),
            mac: ::core::option::Option::Some([2u8, 0u8, 0u8, 0u8, 0u8, 1u8]),
            mtu: ::core::option::Option::Some(1400u16),
        }
            .wire(graph::share(&__clock), __random);
        let __net = match graph::start(&_machine, "net", __net).await {
            ::core::result::Result::Ok(__net) => __net,
            ::core::result::Result::Err(_cause) => {
                return graph::Outcome::not_started("net", _cause);
            }
        };
        let __http = net::TcpPort { port: 80u16 }.wire(graph::share(&__net));
        let __http = match graph::start(&_machine, "http", __http).await {
            ::core::result::Result::Ok(__http) => __http,
            ::core::result::Result::Err(_cause) => {
                return graph::Outcome::not_started("http", _cause);
            }
        };
        let __dns = net::UdpPort { port: 53u16 }.wire(__net);
        let __dns = match graph::start(&_machine, "dns", __dns).await {
            ::core::result::Result::Ok(__dns) => __dns,
            ::core::result::Result::Err(_cause) => {
                return graph::Outcome::not_started("dns", _cause);
            }
        };
        let _result = __main(__http, __dns, __clock).await;
        graph::Outcome::of(_result)
    }
    ::mirage_rt::entry!(IMAGE, unikernel);
};
