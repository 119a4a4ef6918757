mirage_rt::application! {
    name = "shop",
    networks(restart(ip = "10.0.0.0/24")),
//~          ^^^^^^^ MIR107
    unikernels(
        web(restart = "no", tcp(http = 80)),
    ),
    links(outside -> web.http),
}

fn main() {}
