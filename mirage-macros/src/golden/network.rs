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
    static NET: net::Interface<driver::Virtio> = net::Interface {
        node: "net",
        driver: driver::Virtio,
        address: ::core::net::Ipv4Addr::new(10, 0, 0, 2),
        prefix_length: 16u8,
        gateway: ::core::option::Option::Some(::core::net::Ipv4Addr::new(10, 0, 0, 1)),
        mac: ::core::option::Option::Some([2u8, 0u8, 0u8, 0u8, 0u8, 1u8]),
        mtu: ::core::option::Option::Some(1400u16),
    };
    static HTTP: net::TcpPort = net::TcpPort { port: 80u16 };
    static DNS: net::UdpPort = net::UdpPort { port: 53u16 };
    async fn unikernel(__machine: graph::Machine) -> graph::Outcome {
        let clock = __machine.clock();
        let random = match __machine.random() {
            ::core::result::Result::Ok(device) => device,
            ::core::result::Result::Err(cause) => {
                return graph::Outcome::not_started("random", cause);
            }
        };
        let net = NET.wire(graph::share(&clock), random);
        let net = match graph::start(net).await {
            ::core::result::Result::Ok(device) => device,
            ::core::result::Result::Err(cause) => {
                return graph::Outcome::not_started("net", cause);
            }
        };
        let http = HTTP.wire(graph::share(&net));
        let http = match graph::start(http).await {
            ::core::result::Result::Ok(device) => device,
            ::core::result::Result::Err(cause) => {
                return graph::Outcome::not_started("http", cause);
            }
        };
        let dns = DNS.wire(net);
        let dns = match graph::start(dns).await {
            ::core::result::Result::Ok(device) => device,
            ::core::result::Result::Err(cause) => {
                return graph::Outcome::not_started("dns", cause);
            }
        };
        let result = __main(http, dns, clock).await;
        graph::Outcome::of(result)
    }
    ::mirage_rt::entry!(IMAGE, unikernel);
};
