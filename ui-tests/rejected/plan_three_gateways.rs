mirage_rt::application! {
    name = "shop",
    networks(
        front(ip = "10.0.0.0/24", gateway = "10.0.0.1"),
        back(ip = "10.0.1.0/24", gateway = "10.0.1.1"),
        side(ip = "10.0.2.0/24", gateway = "10.0.2.1"),
    ),
    unikernels(
        web(front, back, side, tcp(http = 80)),
//~                ^^^^ MIR103
//~                      ^^^^ MIR103
    ),
    links(
        outside -> web.http,
    ),
}

fn main() {}
