mirage_rt::application! {
    name = "shop",
    networks(
        back(ip = "10.0.1.0/24"),
    ),
    unikernels(
        web(back, tcp(http = 80)),
    ),
    links(
        outside -> web.http,
        web -> outside(udp = "192.0.2.7:53") as dns,
//~            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MIR102
    ),
}

fn main() {}
